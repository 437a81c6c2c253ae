"""Writes what is generated from the events: `python -m libs.common.tests.contract.generate`, by `scripts/schemas`.

A schema is written anew. A sample is written once, when there is none of an event's version, and stays as it is: it is
what a log of that day holds.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pathshala_common.contract.asyncapi import asyncapi
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import EVENTS, AnyEvent
from pathshala_common.contract.schemas import schema_name, schemas

SAMPLES = Path(__file__).parent / "samples"
SCHEMAS = Path(__file__).parents[4] / "docs" / "schemas"
ASYNCAPI = SCHEMAS.with_name("asyncapi.json")
TOLD_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FIT = ("550e8400-e29b-41d4-a716-446655440000", "https://en.wikipedia.org/wiki/Verb", "en", "a text")
"""Texts, of which the first that a schema's pattern takes is its example."""


def sample(event: type[AnyEvent]) -> bytes:
    """An event with an example in every field, as it travels."""
    schema = event.model_json_schema()
    data = _example(schema, schema.get("$defs", {}))
    return wrap(event.model_validate(data), source="sample", now=TOLD_AT).raw


def _example(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    """Make a value with one of everything in it."""
    match schema:
        case {"$ref": name}:
            return _example(definitions[name.rpartition("/")[2]], definitions)
        case {"anyOf": [first, *_]}:
            return _example(first, definitions)
        case {"type": "object"}:
            fields = schema.get("properties", {})
            return {name: _example(field, definitions) for name, field in fields.items()}
        case {"type": "array"}:
            return [_example(schema["items"], definitions)]
        case {"type": "string"}:
            return _text(schema)
        case _:
            return max(1, schema.get("minimum", 1))


def _text(schema: Mapping[str, Any]) -> str:
    texts: Sequence[str] = schema.get("enum", FIT)
    if schema.get("format") == "date-time":
        texts = [TOLD_AT.isoformat()]
    return next(text for text in texts if re.search(schema.get("pattern", ""), text))


def _written() -> Iterator[Path]:
    for name, schema in schemas().items():
        yield SCHEMAS / name
        (SCHEMAS / name).write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
    yield ASYNCAPI
    ASYNCAPI.write_text(json.dumps(asyncapi(), indent=2, ensure_ascii=False) + "\n")
    for event in EVENTS:
        file = SAMPLES / schema_name(event)
        if not file.exists():
            yield file
            file.write_bytes(sample(event) + b"\n")


if __name__ == "__main__":
    for path in _written():
        print(path)  # noqa: T201 - what was written
