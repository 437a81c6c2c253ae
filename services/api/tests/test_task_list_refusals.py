"""GET /lessons/tasks, asked badly: always a 400 that says what is wrong."""

import base64

import pytest

from services.api.tests.given import Api, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("limit", "0", "invalid_request"),
        ("limit", "-1", "invalid_request"),
        ("limit", "1001", "invalid_request"),
        ("limit", "9" * 5_000, "invalid_request"),
        ("limit", "ten", "invalid_request"),
        ("status", "done", "invalid_request"),
        ("status", "", "invalid_request"),
        ("status", "PENDING", "invalid_request"),
        ("user_id", " ", "invalid_request"),
        ("user_id", "\x00", "invalid_request"),
        ("subject", "english", "invalid_request"),
        ("topic", "verbs", "invalid_request"),
        ("cursor", "zzz", "invalid_cursor"),
        ("cursor", "é", "invalid_cursor"),
        ("cursor", "/w==", "invalid_cursor"),
        ("cursor", encoded("yesterday x"), "invalid_cursor"),
        ("cursor", encoded("9999-12-31T23:59:59-23:59 x"), "invalid_cursor"),
        ("cursor", encoded("0001-01-01T00:00:00+23:59 x"), "invalid_cursor"),
        ("cursor", "a" * 201, "invalid_request"),
    ],
)
async def test_a_bad_question_is_a_400(shared_api: Api, name: str, value: str, code: str) -> None:
    body = problem(await shared_api.client.get("/lessons/tasks", params={name: value}), 400, code)

    assert len(value) < 8 or value[:20] not in str(body)
