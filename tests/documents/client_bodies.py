"""The types of both clients as they follow from the description; `python -m tests.documents.client_bodies` writes them.

`scripts/clients` is that.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any, NamedTuple

from pathshala_api.problem_codes import KINDS, OF_EVERY_ROUTE
from services.api.tests.documents import operations, parts
from services.api.tests.given import an_api

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "clients/python/src/pathshala_client"
TYPESCRIPT = ROOT / "clients/javascript/bodies.d.ts"

PLACES = {
    "content": {"get_lesson"},
    "lessons": {"lessons"},
    "tasks": {"tasks"},
    "versions": {"versions"},
    "class_sets": {"class sets"},
    "sessions": {"sessions"},
}
"""The modules, each with the tags or ids of its operations. A body that several need stands in the first of these."""

WRITTEN_BY = "Written by `scripts/clients`, from the description of the API; a test holds it to that."
WIDTH = 120


class Dialect(NamedTuple):
    """A way to write types."""

    scalars: Mapping[str, str]
    literal: Callable[[Sequence[str]], str]
    array: str
    record: str
    anything: str


PYTHON_TYPES = Dialect(
    {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"},
    lambda values: f"Literal[{', '.join(values)}]",
    "list[{}]",
    "dict[str, {}]",
    "Any",
)
SCRIPT_TYPES = Dialect(
    {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"},
    " | ".join,
    "Array<{}>",
    "Record<string, {}>",
    "any",
)
NOT_BODIES = {"LessonText", "LessonFile", "ProblemBody"}

Schemas = Mapping[str, Mapping[str, Any]]


def files(document: Mapping[str, Any]) -> Mapping[Path, str]:
    """All that is written, by where it stands."""
    schemas = document["components"]["schemas"]
    placed = _placed(document)
    python = {
        PYTHON / "bodies" / f"{place}.py": _module(place, names, schemas, placed) for place, names in placed.items()
    }
    everything = [name for names in placed.values() for name in names]
    python[PYTHON / "problems.py"] = _problems(document)
    formatted = {path: _formatted(text) for path, text in python.items()}
    return {**formatted, TYPESCRIPT: _declarations(everything, schemas)}


def _formatted(text: str) -> str:
    """Lay code out as all code here is."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "format", "--config", str(ROOT / "pyproject.toml"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _placed(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Say which bodies stand in which module."""
    schemas, found = document["components"]["schemas"], dict[str, list[str]]()
    seen = set(NOT_BODIES)
    for place, subjects in PLACES.items():
        wanted = [
            _named(said) for *_, said in operations(dict(document)) if subjects & {*said["tags"], said["operationId"]}
        ]
        found[place] = [name for named in wanted for name in _with_needs(named, schemas, seen)]
    return found


def _with_needs(names: Sequence[str], schemas: Schemas, seen: set[str]) -> Iterator[str]:
    """Give bodies that were not seen before, each behind those that it is made of."""
    for name in names:
        if name not in seen:
            seen.add(name)
            yield from _with_needs(_named(schemas[name]), schemas, seen)
            yield name


def _named(node: Any) -> list[str]:
    """Give the names of the schemas that a part of the document refers to."""
    return [part["$ref"].rpartition("/")[2] for part in parts(node) if isinstance(part.get("$ref"), str)]


def _module(place: str, names: Sequence[str], schemas: Schemas, placed: Mapping[str, Sequence[str]]) -> str:
    bodies = [_python_body(name, schemas[name]) for name in names]
    text = "\n\n\n".join(body for name, body in zip(names, bodies, strict=True) if "properties" in schemas[name])
    aliases = "\n".join(body for name, body in zip(names, bodies, strict=True) if "properties" not in schemas[name])
    imports = list[str]()
    typing = [f"from typing import {', '.join(sorted(_typing(aliases + text)))}"]
    for other, others in sorted(placed.items()):
        used = [name for name in others if other != place and re.search(rf"\b{name}\b", _code(aliases + text))]
        if used:
            imports.append(f"from pathshala_client.bodies.{other} import {', '.join(sorted(used))}")
    said = f'"""The bodies of requests and answers about {place.replace("_", " ")}.\n\n{WRITTEN_BY}\n"""'
    return "\n\n".join(filter(None, [said, *typing, "\n".join(imports), aliases])) + f"\n\n\n{text}\n"


def _typing(text: str) -> set[str]:
    return {name for name in ("Any", "Literal", "NotRequired", "TypedDict") if re.search(rf"\b{name}\b", text)}


def _code(text: str) -> str:
    """Leave out what is said for people."""
    return re.sub(r'"""(.|\n)*?"""', "", text)


def _python_body(name: str, schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return f"{name} = {_type(schema, PYTHON_TYPES)}"
    needed = schema.get("required", ())
    fields = [
        f"    {field}: {kind if field in needed else f'NotRequired[{kind}]'}"
        for field, kind in ((field, _type(said, PYTHON_TYPES)) for field, said in schema["properties"].items())
    ]
    return "\n".join([f"class {name}(TypedDict):", f'    """{_said(_first_paragraph(schema))}"""', "", *fields])


def _said(text: str) -> str:
    """Lay out a docstring in a class."""
    return fill(text, WIDTH - 10, subsequent_indent="    ")


def _first_paragraph(schema: Mapping[str, Any]) -> str:
    return " ".join(str(schema["description"]).partition("\n\n")[0].split())


def _type(schema: Mapping[str, Any], dialect: Dialect) -> str:
    """Write the type of a schema."""
    match schema:
        case {"$ref": str(ref)}:
            written = ref.rpartition("/")[2]
        case {"anyOf": [*options]}:
            written = _joined([_type(option, dialect) for option in options], dialect)
        case {"enum": [*values]}:
            written = dialect.literal([json.dumps(value) for value in values])
        case {"const": value}:
            written = dialect.literal([json.dumps(value)])
        case {"type": "array", "items": items}:
            written = dialect.array.format(_type(items, dialect))
        case {"type": "object"}:
            of_any = schema.get("additionalProperties")
            written = dialect.record.format(_type(of_any if isinstance(of_any, dict) else {}, dialect))
        case {"type": str(kind)}:
            written = dialect.scalars[kind]
        case _:
            written = dialect.anything
    return written


def _joined(types: Sequence[str], dialect: Dialect) -> str:
    """Join the types of a union. A list of words that any text may stand beside is text."""
    is_open = dialect.scalars["string"] in types
    return " | ".join(dict.fromkeys(one for one in types if not (is_open and '"' in one)))


def _problems(document: Mapping[str, Any]) -> str:
    """Write a class for each code that an operation of the clients may answer."""
    tags = set().union(*PLACES.values())
    codes = {code for *_, said in operations(dict(document)) if tags & set(said["tags"]) for code in _codes(said)}
    head = [
        '"""Problems by their codes: an exception for each that a request of the client may be answered with.',
        "",
        WRITTEN_BY,
        '"""',
        "",
        "from pathshala_client.faults import Problem",
    ]
    classes = [
        [
            "",
            "",
            f"class {''.join(part.capitalize() for part in code.split('_'))}(Problem):",
            f'    """{_said(f"{KINDS[code].status.value}: {KINDS[code].when}")}"""',
            "",
            f'    code = "{code}"',
            *_assigned("remedy", KINDS[code].remedy),
        ]
        for code in sorted(codes | OF_EVERY_ROUTE)
    ]
    return "\n".join([*head, *(line for one in classes for line in one), ""])


def _assigned(name: str, text: str) -> Iterator[str]:
    """Assign a text, in as many lines as it needs."""
    if len(name) + len(text) < WIDTH - 9:
        yield f"    {name} = {json.dumps(text)}"
        return
    lines = fill(text, WIDTH - 12).split("\n")
    yield f"    {name} = ("
    yield from (f"        {json.dumps(f'{line} ')}" for line in lines[:-1])
    yield f"        {json.dumps(lines[-1])}"
    yield "    )"


def _codes(operation: Mapping[str, Any]) -> Iterator[str]:
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            yield from content.get("examples", {}).keys() & KINDS.keys()


def _declarations(names: Sequence[str], schemas: Schemas) -> str:
    """Write the same for TypeScript, and for JSDoc."""
    head = f"// The bodies of requests and answers. {WRITTEN_BY}\n"
    return "\n".join([head, *(_script_body(name, schemas[name]) for name in names)])


def _script_body(name: str, schema: Mapping[str, Any]) -> str:
    said = f"/** {_first_paragraph(schema)} */"
    if "properties" not in schema:
        return f"{said}\nexport type {name} = {_type(schema, SCRIPT_TYPES)};\n"
    needed = schema.get("required", ())
    fields = [
        line
        for field, body in schema["properties"].items()
        for line in (
            *([f"  /** {_first_paragraph(body)} */"] if "description" in body else []),
            f"  {field}{'' if field in needed else '?'}: {_type(body, SCRIPT_TYPES)};",
        )
    ]
    return "\n".join([said, f"export interface {name} {{", *fields, "}", ""])


async def described() -> Mapping[str, Any]:
    """The description, as a house of this version serves it."""
    with TemporaryDirectory() as folder:
        async with an_api(Path(folder)) as api:
            document: Mapping[str, Any] = (await api.client.get("/openapi.json")).json()
            return document


if __name__ == "__main__":
    for file, text in files(asyncio.run(described())).items():
        file.write_text(text, encoding="utf-8")
