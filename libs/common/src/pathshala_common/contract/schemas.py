"""The JSON Schema of every event in its envelope, generated from the models; `scripts/schemas` writes them."""

from collections.abc import Mapping
from typing import Any

from pathshala_common.contract.envelope import ID_LENGTH_MAX, TYPE_PREFIX
from pathshala_common.contract.events import EVENTS, Event

IDENTITY = {"type": "string", "minLength": 1, "maxLength": ID_LENGTH_MAX}
REQUIRED = ["specversion", "id", "source", "type", "subject", "time", "dataschema", "correlationid", "data"]


def schema_name(event: type[Event]) -> str:
    """The file that holds an event's schema."""
    return f"{event.__name__}.v{event.VERSION}.json"


def schemas() -> Mapping[str, dict[str, Any]]:
    """Every schema by the name of its file."""
    return {schema_name(event): envelope_schema(event) for event in EVENTS}


def envelope_schema(event: type[Event], references: str = "#/$defs/{model}") -> dict[str, Any]:
    """The schema of an event in its envelope. `references` says where in a document its `$defs` are put."""
    data = event.model_json_schema(ref_template=references)
    definitions = data.pop("$defs", {})
    name = event.__name__
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pathshala:{name}:{event.VERSION}",
        "title": name,
        "description": event.__doc__,
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": IDENTITY,
            "source": {"type": "string", "description": "/pathshala/ and the service that tells of the event"},
            "type": {"const": TYPE_PREFIX + name},
            "subject": {"type": "string", "description": "the task id"},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": {"const": f"urn:pathshala:{name}:{event.VERSION}"},
            "correlationid": {"type": "string", "description": "the task id"},
            "causationid": {**IDENTITY, "description": "the id of the event that led to this one"},
            "data": data,
        },
        "required": REQUIRED,
        "$defs": definitions,
    }
