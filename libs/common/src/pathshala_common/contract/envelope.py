"""The envelope: a CloudEvents 1.0 wrapper in structured JSON. What is stored, sent and replayed is the same bytes.

Ids derive from cause, type and index (and from the attempt, for events that tell of one), so work that is
done twice repeats its ids and every reader drops the repeat.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from pathshala_common.contract.errors import ContractError, TooNewError
from pathshala_common.contract.events import EVENT_BY_NAME, AnyEvent
from pathshala_common.contract.lesson import Moment

CONTENT_TYPE = "application/cloudevents+json"
MESSAGE_SIZE_MAX_BYTES = 1_048_576
ID_LENGTH_MAX = 64
TYPE_PREFIX = "pathshala."
SOURCE_PREFIX = "/pathshala/"
ID_NAMESPACE = UUID("6f1de3a2-51b5-5c0e-9d0a-0f1f8b6f7a11")

_NAME = re.compile(re.escape(TYPE_PREFIX) + r"([A-Z][A-Za-z]{0,63})")
_VERSION = re.compile(r"[0-9]{1,9}")
_moment = TypeAdapter[datetime](Moment)


@dataclass(frozen=True, slots=True)
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
    name, time = type(event).__name__, _moment.validate_python(event.happened_at or now)
    parts = [cause.id if cause else event.task_id, name, str(index)]
    if event.PER_ATTEMPT:
        parts.append(str(attempt))
    identity = str(uuid5(ID_NAMESPACE, "/".join(parts)))
    head = {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE_PREFIX + source,
        "type": TYPE_PREFIX + name,
        "subject": event.task_id,
        "time": time.isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "dataschema": f"urn:pathshala:{name}:{event.VERSION}",
        "correlationid": event.task_id,
    }
    if cause:
        head["causationid"] = cause.id
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    raw = f'{opening}, "data": {event.model_dump_json()}}}'.encode()
    return Envelope(identity, head["source"], time, cause.id if cause else None, event, raw)


def decode(raw: bytes, *, size_max_bytes: int = MESSAGE_SIZE_MAX_BYTES) -> Envelope:
    """Read an envelope back. Raises ContractError, saying what is wrong, for anything that is not one of ours.

    Raises TooNewError if all is well but for the event, which a later version told.
    """
    if len(raw) > size_max_bytes:
        raise ContractError(f"too large: {len(raw)} bytes, at most {size_max_bytes}")
    try:
        head = json.loads(raw)
    except (ValueError, RecursionError) as error:
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
