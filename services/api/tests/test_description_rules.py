"""The rules that hold for every operation and every schema of the description, whoever adds one."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pathshala_api
import pathshala_common
from pathshala_api.description import TAGS
from pathshala_api.problem_codes import KINDS, OF_EVERY_ROUTE
from pathshala_api.problems import FRAMEWORK
from services.api.tests.documents import operations, parts

OPERATION_ID = re.compile(r"[a-z]+(_[a-z]+)+")
TOLD_TWICE = frozenset({"const", "default", "title"})
PROBLEM = "application/problem+json"


def test_every_operation_has_an_id_of_plain_words_that_no_other_has(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not OPERATION_ID.fullmatch(name)] == []


def test_every_operation_has_one_tag_of_those_that_have_texts(document: dict[str, Any]) -> None:
    used = [operation.get("tags", []) for _, _, operation in operations(document)]

    assert {tag["name"]: tag["description"] for tag in document["tags"]} == TAGS
    assert all(len(tags) == 1 for tags in used)
    assert {tag for tags in used for tag in tags} == TAGS.keys()


def test_every_operation_says_in_a_line_what_it_does_and_more_below(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert 10 < len(operation["summary"]) <= 120, (method, path)
        assert operation["description"], (method, path)


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    undescribed = [
        (operation["operationId"], parameter["name"])
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]

    assert undescribed == []


def test_every_schema_and_every_property_is_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    assert list(undescribed(schemas)) == []


def undescribed(schemas: dict[str, Any]) -> Iterator[str]:
    """Name the properties that have no description, neither of their own nor by the schema that they refer to."""
    for name, schema in schemas.items():
        for field, said in schema.get("properties", {}).items():
            if not said.get("description") and "$ref" not in said:
                yield f"{name}.{field}"


def test_moments_and_addresses_say_their_format(document: dict[str, Any]) -> None:
    expected = {"_at": "date-time", "_url": "uri-reference", "deadline": "date-time", "until": "date-time"}
    for name, schema in document["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            wanted = next((form for ending, form in expected.items() if field.endswith(ending)), None)
            forms = [part.get("format") for part in said.get("anyOf", [said]) if part.get("type") == "string"]
            if wanted and forms:
                assert forms == [wanted] or set(forms) <= {"uri"}, (name, field)


def test_every_body_is_described_by_a_schema_with_a_name(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            for described in answer.get("content", {}).values():
                schema = described.get("schema") or described.get("itemSchema")
                assert any("$ref" in part for part in parts(schema)), (method, path, status)


def test_every_operation_names_its_own_problems_with_an_example_of_each(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get(PROBLEM)
            if content is None or not status.isdigit():
                continue
            assert content["examples"], (method, path, status)
            for code, example in content["examples"].items():
                assert example["value"]["code"] == code
                assert example["value"]["status"] == int(status) == KINDS[code].status
                assert code in content["schema"]["properties"]["code"]["enum"]


def test_every_code_is_of_every_route_or_of_some(document: dict[str, Any]) -> None:
    named = {
        code
        for _, _, operation in operations(document)
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get(PROBLEM, {}).get("examples", {})
    }

    assert named | OF_EVERY_ROUTE == KINDS.keys()
    assert document["components"]["schemas"]["ProblemBody"]["properties"]["code"]["enum"] == list(KINDS)


SAID = re.compile(r'HTTPStatus\.([A-Z_]+),\s*"([a-z_]+)"')


def test_every_code_that_is_written_somewhere_is_in_the_table_with_its_status() -> None:
    answered = {
        (HTTPStatus[said[1]], said[2])
        for package in (pathshala_api, pathshala_common)
        for file in Path(package.__path__[0]).rglob("*.py")
        for said in SAID.finditer(file.read_text())
    }

    assert {(KINDS[code].status if code in KINDS else None, code) for _, code in answered} == answered
    written = {code for _, code in answered} | {code for code, _ in FRAMEWORK.values()}
    assert KINDS.keys() - written == {"too_many_tasks_of_user", "too_many_tasks"}
