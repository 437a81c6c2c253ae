"""The envelope: a CloudEvents 1.0 wrapper in structured JSON. What is stored, sent and replayed is the same bytes.

Ids derive from cause, type and index (and from the attempt, for events that tell of one), so work that is
done twice repeats its ids and every reader drops the repeat.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from json import JSONEncoder
from typing import Any, NoReturn
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from pathshala_common.contract.derived_id import derived_id
from pathshala_common.contract.errors import ContractError, TooNewError
from pathshala_common.contract.events import EVENT_BY_NAME, AnyEvent, LessonRequested, RewriteRequested
from pathshala_common.contract.lesson import Lesson, Moment, Task, whole_milliseconds

CONTENT_TYPE = "application/cloudevents+json"
MESSAGE_SIZE_MAX_BYTES = 1_048_576
ID_LENGTH_MAX = 64
TYPE_PREFIX = "pathshala."
SOURCE_PREFIX = "/pathshala/"
ORDERED_BY = "api"
ID_NAMESPACE = UUID("6f1de3a2-51b5-5c0e-9d0a-0f1f8b6f7a11")

_NAME = re.compile(re.escape(TYPE_PREFIX) + r"([A-Z][A-Za-z]{0,63})")
_VERSION = re.compile(r"[0-9]{1,9}")
_moment = TypeAdapter[datetime](Moment)
_quoted = JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Envelope:
    """One event on its way: who said what, when, and because of what. `raw` is the bytes that travel."""

    id: str
    source: str
    time: datetime
    causation_id: str | None
    event: AnyEvent
    raw: bytes = field(repr=False)

    @property
    def task_id(self) -> str:
        """The task that the event is about; also the correlation id of all its events."""
        return self.event.task_id

    @property
    def service(self) -> str:
        """The service that told it, as that one named itself."""
        return self.source.removeprefix(SOURCE_PREFIX)

    @property
    def type(self) -> str:
        """The event's name."""
        return type(self.event).__name__


def wrap(
    event: AnyEvent,
    *,
    source: str,
    now: datetime,
    cause: Envelope | None = None,
    index: int = 0,
    attempt: int = 1,
) -> Envelope:
    """Wrap an event that `source` tells of, `now` unless the event says when it happened.

    `index` counts the events of this type from the same cause.
    """
    name, happened_at = type(event).__name__, event.happened_at
    time = whole_milliseconds(now) if happened_at is None else happened_at
    identity = _derived_id(event, name, cause, index, attempt)
    origin, task = SOURCE_PREFIX + source, f'"{event.task_id}"'  # whose pattern leaves nothing to be escaped
    because = f', "causationid": {_quoted(cause.id)}' if cause else ""
    head = (
        f'{{"specversion": "1.0", "id": "{identity}", "source": {_quoted(origin)}, "type": "{TYPE_PREFIX}{name}", '
        f'"subject": {task}, "time": "{time.isoformat(timespec="milliseconds")}", '
        f'"datacontenttype": "application/json", "dataschema": "urn:pathshala:{name}:{event.VERSION}", '
        f'"correlationid": {task}{because}, "data": '
    )
    raw = b"%b%b}" % (head.encode(), _adapter(type(event)).dump_json(event))
    return Envelope(identity, origin, time, cause.id if cause else None, event, raw)


@cache
def _adapter(event: type[AnyEvent]) -> TypeAdapter[AnyEvent]:
    """Writes an event as bytes; as text, a long one would be copied twice more."""
    return TypeAdapter(event)


def requested_of(task: Task, version: Lesson | None = None) -> Envelope:
    """Give the event that a task begins with: the same bytes each time. One that orders a part needs its version."""
    event: LessonRequested | RewriteRequested = LessonRequested(task_id=task.task_id, request=task.request)
    if version is not None:
        event = RewriteRequested(
            task_id=task.task_id, request=task.request, content=version.content, examined=version.examined
        )
    return wrap(event, source=ORDERED_BY, now=task.request.requested_at)


def _derived_id(event: AnyEvent, name: str, cause: Envelope | None, index: int, attempt: int) -> str:
    """Give the id whose name is the cause, the type and the index, and the attempt."""
    attempts = f"/{attempt}" if event.PER_ATTEMPT else ""
    named = f"{cause.id if cause else event.task_id}/{name}/{index}{attempts}"
    return derived_id(ID_NAMESPACE, named)


def decode(raw: bytes, *, size_max_bytes: int = MESSAGE_SIZE_MAX_BYTES) -> Envelope:
    """Read an envelope back. Raises ContractError, saying what is wrong, for anything that is not one of ours.

    Raises TooNewError if all is well but for the event, which a later version told.
    """
    if len(raw) > size_max_bytes:
        raise ContractError(f"too large: {len(raw)} bytes, at most {size_max_bytes}")
    try:
        head = from_json(raw)
    except ValueError as error:
        raise ContractError(f"not JSON: {error}") from error
    if not isinstance(head, dict) or head.get("specversion") != "1.0":
        raise ContractError("not a CloudEvents 1.0 envelope")
    event = _event(head)
    time = _time(head)
    if head.get("subject") != event.task_id or head.get("correlationid") != event.task_id:
        raise ContractError("subject and correlationid must be the task id")
    return Envelope(
        _short(head, "id"),
        _short(head, "source"),
        time,
        _short(head, "causationid") if "causationid" in head else None,
        event,
        raw,
    )


def _event(head: dict[str, Any]) -> AnyEvent:
    """Find the event's class and validate its data."""
    name = str(head.get("type")).removeprefix(TYPE_PREFIX)
    event_type = EVENT_BY_NAME.get(name)
    version = str(head.get("dataschema")).rpartition(":")[2]
    if event_type is None:
        _cannot_read(head, f"unknown event type {name[:100]!r}")
    if not _VERSION.fullmatch(version) or int(version) > event_type.VERSION:
        _cannot_read(head, f"{name} version {version[:20]!r}; this reader knows up to {event_type.VERSION}")
    try:
        return event_type.model_validate(head.get("data"))
    except ValidationError as error:
        _refuse(name, error)


def _cannot_read(head: dict[str, Any], reason: str) -> NoReturn:
    """Tell an event of a later version, whose envelope is as ever, from what is none of ours."""
    name = _NAME.fullmatch(str(head.get("type")))
    schema = name and re.fullmatch(rf"urn:pathshala:{name[1]}:[1-9][0-9]{{0,8}}", str(head.get("dataschema")))
    if not schema or not isinstance(head.get("data"), dict):
        raise ContractError(reason)
    if head.get("subject") != _short(head, "correlationid") or not _short(head, "source").startswith(SOURCE_PREFIX):
        raise ContractError(reason)
    _short(head, "id")
    raise TooNewError(reason, _time(head))


def _time(head: dict[str, Any]) -> datetime:
    try:
        return _moment.validate_python(head.get("time"))
    except ValidationError as error:
        raise ContractError("the envelope's time is not one") from error


def _refuse(name: str, error: ValidationError) -> NoReturn:
    """Say which fields are wrong, without repeating what stood in them."""
    faults = "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'data'}: {fault['msg']}"
        for fault in error.errors(include_input=False)[:5]
    )
    raise ContractError(f"{name} is not valid: {faults}") from None


def _short(head: dict[str, Any], name: str) -> str:
    """Read an attribute that names something: a short string that every database can hold."""
    value = head.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= ID_LENGTH_MAX or not value.isprintable():
        raise ContractError(f"{name} must be a string of 1 to {ID_LENGTH_MAX} printable characters")
    return value
