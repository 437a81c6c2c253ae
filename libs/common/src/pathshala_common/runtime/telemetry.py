"""Logs: one line an event, with the task that it is about, for people or for collectors."""

import asyncio
import logging
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any

from pathshala_common.contract.ports.handlers import Context
from pathshala_common.logs import get_logger, structlog

log = get_logger()

about: ContextVar[Context | None] = ContextVar("about", default=None)
"""The event that each line is about, while one is set."""

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the HTTP request that each line is about, while one is answered."""

NOISY_LOGGERS = ("aio_pika", "pymongo", "httpx2", "httpcore2", "openai")


def configure(level: str, log_format: str) -> None:
    """Send our own and every library's log lines to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        _say_what_about,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if log_format == "json"
        else [
            # Its own choice, rich, prints the values of all variables, of requests and keys too.
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of what any client may send, as often as it likes.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    # Each of its errors is told again, with what it means, by the adapter that meets it.
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)


def _say_what_about(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (asked := request_id.get()) is not None:
        entry = {"request_id": asked, **entry}
    if (context := about.get()) is None:
        return entry
    envelope = context.envelope
    return {"task_id": envelope.task_id, "event_type": envelope.type, "attempt": context.attempt, **entry}


def tell_of_loop_fault(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Log what an event loop met outside all tasks. Its own way prints the arguments of callbacks."""
    told = "a callback failed" if "handle" in context else context.get("message")
    log.error("fault in the event loop", told=told, exc_info=context.get("exception") or False)
