"""Imports what the services do, in the process that theirs are forked from. None of it may start a thread."""

from importlib import import_module

for name in (
    "pathshala_api.compose",
    "pathshala_enricher.compose",
    "pathshala_generator.compose",
    "pathshala_generator.openai_model",
    "pathshala_notifier.compose",
    "pathshala_store.compose",
    "pathshala_common.broker.rabbitmq.broker",
    "pathshala_common.store.mongodb.store",
    "pathshala_common.store.sqlite.store",
    "pathshala.cli",
    "pathshala.run.embedded",
    "httpcore2",
    "pydantic.v1",
):
    import_module(name)
