"""docs/asyncapi.json: it is what the code says, and an AsyncAPI document by AsyncAPI's own JSON Schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from libs.common.tests.contract.generate import ASYNCAPI, SAMPLES
from pathshala_common.contract.asyncapi import ASYNCAPI_VERSION, asyncapi
from pathshala_common.contract.events import EVENTS
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology

SPECIFICATIONS = Path(__file__).parents[4] / ".venv" / "clients" / "node_modules" / "@asyncapi" / "specs" / "schemas"


@pytest.fixture(scope="module")
def official() -> jsonschema_rs.Draft7Validator:
    """The JSON Schema of AsyncAPI, as its makers publish it."""
    file = SPECIFICATIONS / f"{ASYNCAPI_VERSION}.json"
    assert file.exists(), "scripts/test sets up what holds AsyncAPI's schema, in .venv/clients"
    return jsonschema_rs.Draft7Validator(json.loads(file.read_text()))


def test_the_committed_document_is_what_the_code_says() -> None:
    assert json.loads(ASYNCAPI.read_text()) == asyncapi(), "run scripts/schemas and read what changed"


def test_it_is_an_asyncapi_document(official: jsonschema_rs.Draft7Validator) -> None:
    official.validate(asyncapi())


@pytest.mark.parametrize("part", ["info", "asyncapi"])
def test_the_official_schema_refuses_a_document_without(part: str, official: jsonschema_rs.Draft7Validator) -> None:
    assert not official.is_valid({name: said for name, said in asyncapi().items() if name != part})


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi()
    for reference in references(document):
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (said for name, said in node.items() if name == "$ref" and isinstance(said, str))
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(child)


def test_every_event_queue_and_delay_is_a_channel_and_every_service_takes_what_it_subscribes_to() -> None:
    topology, document = Topology(), asyncapi()
    queues = {queue.name for queue in topology.queues()} | {delay.name for delay in topology.delays()}

    keys = {event.ROUTING_KEY for event in EVENTS}
    assert document["channels"].keys() == keys | queues | {topology.hints_exchange}
    for service, events in SUBSCRIPTIONS.items():
        taken = document["operations"][f"{service}Takes"]["messages"]
        names = {one["$ref"].rpartition("/")[2] for one in taken}
        assert names == {event.__name__ for event in events}
        assert names == document["channels"][topology.queue(service)]["messages"].keys()


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_a_sample_of_each_event_is_as_its_message_says(sample: Path) -> None:
    document, name = asyncapi(), sample.name.partition(".")[0]
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}

    jsonschema_rs.Draft202012Validator(schema).validate(json.loads(sample.read_text()))
