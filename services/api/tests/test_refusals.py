"""Invalid input: always a 400 that names the field, never a 422, never the input again, and nothing is accepted."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.api.tests.given import PROBLEM_TYPE, Api, an_order, problem, raw_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}
CANARY = "canary-4711"
REQUIRED = ["subject", "topic", "user_id"]
BAD_NAMES = {
    "empty": "",
    "blank": " \t\u2003\u00a0 ",
    "with a NUL": f"{CANARY}\x00",
    "with a line break": f"{CANARY}\nb",
    "with an escape": f"{CANARY}\x1b[31m",
    "with a C1 control": f"{CANARY}\x9b",
    "overlong": CANARY * 19,
    "null": None,
    "a number": 4711,
    "a huge number": 10**400,
    "true": True,
    "an array": [CANARY],
    "an object": {"$where": CANARY},
    "half a surrogate pair": f"{CANARY}\ud800",
}


async def refused(api: Api, content: bytes, headers: Mapping[str, str] = JSON) -> dict[str, Any]:
    before = (await api.client.get("/lessons/tasks")).json()["total_tasks"]
    answer = await api.client.post("/lessons", content=content, headers=headers)
    body = problem(answer, 400, "invalid_request")
    assert CANARY not in answer.text
    assert "input" not in answer.json()
    assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == before
    return body


@pytest.mark.parametrize("field", REQUIRED)
async def test_a_missing_field_is_named(shared_api: Api, field: str) -> None:
    order = {name: value for name, value in an_order().items() if name != field}

    body = await refused(shared_api, json.dumps(order).encode())

    assert body["errors"] == [{"field": field, "message": "Field required"}]
    assert body["detail"] == f"{field}: Field required"


async def test_all_missing_fields_are_named_at_once(shared_api: Api) -> None:
    assert [fault["field"] for fault in (await refused(shared_api, b"{}"))["errors"]] == REQUIRED


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("value", BAD_NAMES.values(), ids=BAD_NAMES.keys())
async def test_a_bad_name_is_refused(shared_api: Api, field: str, value: object) -> None:
    body = await refused(shared_api, json.dumps(an_order() | {field: value}).encode())

    assert [fault["field"] for fault in body["errors"]] == [field]


@pytest.mark.parametrize("field", ["subject", "topic"])
@pytest.mark.parametrize(
    "value",
    [
        "\u3164",
        "\u2800 \u2800",
        "\uffa0\u115f",
        "\u0301",
        "\u0902\u0900",
        "\ufe0f",
        "\u034f",
        "\ue000",
        "\U000e0041",
        "\u200b\u3164\u0301",
        "<b></b>",
        "<br/>",
        "<!-- -->",
        "<img src=x onerror=y>",
        "&nbsp;",
        "&#x3164;",
        "**",
        "_ _",
        "# ``",
    ],
)
async def test_a_name_without_anything_to_see_and_say_is_refused(shared_api: Api, field: str, value: str) -> None:
    body = await refused(shared_api, json.dumps(an_order() | {field: value}).encode())

    assert [fault["field"] for fault in body["errors"]] == [field]


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, None, [], "\ud800"])
async def test_include_wikipedia_is_true_or_false(shared_api: Api, value: object) -> None:
    body = await refused(shared_api, json.dumps(an_order(include_wikipedia=value)).encode())

    assert body["errors"][0]["field"] == "include_wikipedia"


@pytest.mark.parametrize("value", ["", "e", "english", "en_GB", "en\n", "../etc", 5, None, "\ud800"])
async def test_a_language_is_a_tag(shared_api: Api, value: object) -> None:
    body = await refused(shared_api, json.dumps(an_order(language=value)).encode())

    assert body["errors"] == [
        {"field": "language", "message": "must be a BCP 47 language tag, such as en, hi or pt-BR"}
    ]


@pytest.mark.parametrize("value", ["", "expert", "Primary", "middle ", 3, None, ["adult"], "\ud800"])
async def test_a_level_is_one_of_those_that_the_problem_names(shared_api: Api, value: object) -> None:
    body = await refused(shared_api, json.dumps(an_order(level=value)).encode())

    assert body["errors"] == [{"field": "level", "message": "must be one of primary, middle, secondary, adult"}]


@pytest.mark.parametrize("subject", ["status", "tasks", "STATUS", " Tasks ", "\u017ftatus", "ta\u017fKs"])
async def test_a_subject_that_would_hide_a_path_is_refused_with_the_reason(shared_api: Api, subject: str) -> None:
    body = await refused(shared_api, json.dumps(an_order(subject)).encode())

    assert "this API's own paths" in body["detail"]


async def test_a_subject_with_a_slash_is_refused_with_the_reason(shared_api: Api) -> None:
    assert "slash" in (await refused(shared_api, json.dumps(an_order("a/b")).encode()))["detail"]


@pytest.mark.parametrize("field", ["subject", "topic"])
@pytest.mark.parametrize("name", [".", "..", " .. "])
async def test_a_name_that_clients_would_resolve_away_is_refused(shared_api: Api, field: str, name: str) -> None:
    assert "no URL" in (await refused(shared_api, json.dumps(an_order() | {field: name}).encode()))["detail"]


@pytest.mark.parametrize(
    "content",
    [b"", b" ", b"null", b"[]", b"5", b'"text"', b"true", b"{", CANARY.encode(), b"{'a': 1}", b'{"subject": NaN}'],
)
async def test_a_body_that_is_no_object_with_the_fields_is_refused(shared_api: Api, content: bytes) -> None:
    assert (await refused(shared_api, content))["errors"]


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 60_000,
        b'{"subject":' * 5_000,
        b'{"subject": ' + b"9" * 60_000 + b"}",
        b'{"subject": "\xff", "topic": "t", "user_id": "u"}',
        b"\x00\x01\x02",
    ],
    ids=["deep array", "deep object", "huge number", "not UTF-8", "binary"],
)
async def test_a_body_that_cannot_be_read_is_refused(shared_api: Api, content: bytes) -> None:
    assert "JSON" in (await refused(shared_api, content))["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "nonsense"},
    ],
)
async def test_a_body_that_is_not_called_json_is_refused(shared_api: Api, headers: Mapping[str, str]) -> None:
    body = await refused(shared_api, json.dumps(an_order()).encode(), headers)

    assert "Content-Type: application/json" in body["detail"]


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_bad_idempotency_key_is_refused(shared_api: Api, key: str) -> None:
    body = await refused(shared_api, json.dumps(an_order()).encode(), JSON | {"Idempotency-Key": key})

    assert body["errors"][0]["field"] == "idempotency-key"


async def test_a_hundred_thousand_brackets_are_too_large(shared_api: Api) -> None:
    answer = await shared_api.client.post("/lessons", content=b"[" * 100_000, headers=JSON)

    assert "65536 bytes" in problem(answer, 413, "body_too_large")["detail"]


async def test_ten_megabytes_are_refused_and_the_connection_goes_on(shared_api: Api) -> None:
    answer = await shared_api.client.post("/lessons", content=b" " * 10_000_000, headers=JSON)

    problem(answer, 413, "body_too_large")
    assert (await shared_api.client.get("/health/live")).status_code == 200


async def test_a_large_body_without_a_declared_length_is_refused(shared_api: Api) -> None:
    head = b"POST /lessons HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"

    answer = await raw_exchange(shared_api.address, [head, b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 5])

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert PROBLEM_TYPE.encode() in answer
    assert b"body_too_large" in answer


async def test_a_small_body_without_a_declared_length_is_accepted(shared_api: Api) -> None:
    head = b"POST /lessons HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    body = json.dumps(an_order()).encode()
    chunks = [f"{len(body):x}\r\n".encode(), body, b"\r\n0\r\n\r\n"]

    answer = await raw_exchange(shared_api.address, [head, b"Transfer-Encoding: chunked\r\n\r\n", *chunks])

    assert answer.startswith(b"HTTP/1.1 202 ")


async def test_a_body_of_exactly_the_limit_is_accepted(shared_api: Api) -> None:
    body = json.dumps(an_order()).encode().ljust(65_536)

    assert (await shared_api.client.post("/lessons", content=body, headers=JSON)).status_code == 202
    problem(await shared_api.client.post("/lessons", content=body + b" ", headers=JSON), 413, "body_too_large")
