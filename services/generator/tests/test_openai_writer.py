import asyncio
import logging
import traceback
from collections.abc import AsyncIterator

import pytest

from pathshala_common.contract.errors import PathshalaError, ProviderUnavailable, Reject, Retry, SettingsError
from pathshala_generator.draft import explanation_of
from services.generator.tests.given import KEY, MODEL, a_request, a_writer, an_assignment, unrecorded
from tests.stubs import openai_faults as faults
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import Fault


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


async def test_a_lesson_is_written_about_the_topic_with_one_call(stub: StubOpenAI) -> None:
    writer = a_writer(stub.url)

    draft = (await writer.write(an_assignment(a_request("भाषा", "क्रिया", language="hi")), unrecorded)).draft

    assert draft.title == "Understanding क्रिया"
    assert draft.language == "hi"
    [call] = stub.calls
    assert call.body["model"] == writer.model == MODEL
    assert call.body["response_format"]["type"] == "json_schema"
    assert call.body["response_format"]["json_schema"]["strict"] is True
    assert call.authorization == f"Bearer {KEY}"
    await writer.close()


@pytest.mark.parametrize(
    ("refuses", "asked"),
    [
        ({"json_schema"}, ["json_schema", "json_object", "json_object"]),
        ({"json_schema", "json_object"}, ["json_schema", "json_object", None, None]),
    ],
    ids=["no schema", "no format"],
)
async def test_a_format_that_the_server_refuses_is_given_up_once_for_all(
    stub: StubOpenAI, refuses: set[str], asked: list[str | None]
) -> None:
    stub.refuses = frozenset(refuses)
    writer = a_writer(stub.url)

    for _ in range(2):
        assert (await writer.write(an_assignment(), unrecorded)).draft.title == "Understanding verbs"

    assert [call.body.get("response_format", {}).get("type") for call in stub.calls] == asked
    await writer.close()


async def test_fences_around_the_answer_do_no_harm(stub: StubOpenAI) -> None:
    stub.fenced = True
    writer = a_writer(stub.url)

    assert (await writer.write(an_assignment(), unrecorded)).draft.title == "Understanding verbs"
    await writer.close()


async def test_an_answer_is_cleaned_of_what_is_no_text(stub: StubOpenAI) -> None:
    content = (
        r'{"title": "A\nB", "explanation": "\u0000x\r\ny\u001b\ud800", "activity": "<b>a</b>", "question": "q\t?"}'
    )
    stub.faults.append(Fault(message={"content": content}))
    writer = a_writer(stub.url)

    draft = (await writer.write(an_assignment(), unrecorded)).draft

    assert (draft.title, explanation_of(draft), draft.activity, draft.question) == ("A B", "x\ny", "<b>a</b>", "q ?")
    await writer.close()


FATES = [
    ("rate limited", faults.rate_limited(retry_after="7"), Retry, "rate_limited"),
    ("server error", faults.SERVER_ERROR, Retry, "provider_error"),
    ("hang up", faults.HANG_UP, Retry, "provider_error"),
    ("out of service", faults.error(503, "overloaded", "server_error"), ProviderUnavailable, "provider_down"),
    ("cut", faults.CUT, Retry, "invalid_answer"),
    ("wrong json", faults.WRONG_JSON, Retry, "invalid_answer"),
    ("missing field", faults.MISSING_FIELD, Retry, "invalid_answer"),
    ("blank", faults.BLANK, Retry, "invalid_answer"),
    ("no choices", faults.EMPTY_CHOICES, Retry, "invalid_answer"),
    ("not an API", faults.NOT_JSON, Retry, "invalid_answer"),
    ("null", Fault(body="null"), Retry, "invalid_answer"),
    ("too long", Fault(body=" " * 1_100_000), Retry, "invalid_answer"),
    ("refusal", faults.REFUSAL, Reject, "model_refused"),
    ("filtered answer", faults.FILTERED, Reject, "content_filtered"),
    ("filtered prompt", faults.FILTERED_PROMPT, Reject, "content_filtered"),
    ("no quota", faults.QUOTA, Reject, "quota_exhausted"),
    ("wrong key", faults.UNAUTHORIZED, Reject, "provider_refused_key"),
    ("forbidden", faults.FORBIDDEN, Reject, "provider_refused_key"),
    ("no model", faults.MODEL_NOT_FOUND, Reject, "model_not_found"),
    ("bad request", faults.BAD_REQUEST, Reject, "provider_rejected_request"),
]


@pytest.mark.parametrize(
    ("fault", "kind", "code"), [fate for _, *fate in FATES], ids=[name.replace(" ", "-") for name, *_ in FATES]
)
async def test_a_misbehaving_server_costs_one_call_and_has_a_named_fate_without_secrets(
    stub: StubOpenAI,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    kind: type[Retry | Reject],
    code: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    stub.faults.append(fault)
    writer = a_writer(stub.url)

    with pytest.raises(PathshalaError) as failed:
        await writer.write(an_assignment(), unrecorded)

    fate = failed.value
    assert type(fate) is kind
    assert fate.code == code
    shown = "".join(traceback.format_exception(fate)) + caplog.text
    assert KEY not in shown
    assert "SECRET-BODY" not in shown
    assert fate.__context__ is None
    assert len(stub.calls) == 1
    await writer.close()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (faults.rate_limited(retry_after="7"), 7.0),
        (faults.rate_limited(retry_after_ms="250"), 0.25),
        (faults.rate_limited(retry_after="Mon, 23 Nov 2026 09:10:00 GMT"), 600.0),
        (faults.rate_limited(), None),
    ],
)
async def test_the_servers_wish_to_wait_is_passed_on(stub: StubOpenAI, fault: Fault, seconds: float | None) -> None:
    stub.faults.append(fault)
    writer = a_writer(stub.url)

    with pytest.raises(Retry) as failed:
        await writer.write(an_assignment(), unrecorded)

    assert failed.value.after_seconds == seconds
    await writer.close()


async def test_a_call_that_stalls_ends_at_its_timeout_and_is_hung_up(stub: StubOpenAI) -> None:
    stub.faults.append(faults.STALL)
    writer = a_writer(stub.url, call_timeout_seconds=0.2)

    with pytest.raises(Retry) as failed:
        await writer.write(an_assignment(), unrecorded)

    assert failed.value.code == "provider_timeout"
    await stub.until(lambda: stub.aborted == 1)
    await writer.close()


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with StubOpenAI() as gone:
        url = gone.url
    writer = a_writer(url)

    with pytest.raises(ProviderUnavailable) as failed:
        await writer.write(an_assignment(), unrecorded)

    assert failed.value.code == "provider_unreachable"
    await writer.close()


async def test_a_thousand_calls_are_on_their_way_at_once(stub: StubOpenAI) -> None:
    stub.faults.extend([faults.STALL] * 1_000)
    writer = a_writer(stub.url, concurrency=1_000, call_timeout_seconds=60)

    writing = [asyncio.create_task(writer.write(an_assignment(), unrecorded)) for _ in range(1_000)]
    await stub.until(lambda: stub.in_flight == 1_000, within_seconds=50)
    for one in writing:
        one.cancel()

    await stub.until(lambda: stub.aborted == 1_000, within_seconds=50)
    await asyncio.gather(*writing, return_exceptions=True)
    await writer.close()


async def test_beyond_the_limit_calls_wait_their_turn_and_none_fails(stub: StubOpenAI) -> None:
    stub.delay_seconds = 0.01
    writer = a_writer(stub.url, concurrency=3)

    drafts = await asyncio.gather(*(writer.write(an_assignment(), unrecorded) for _ in range(30)))

    assert len(drafts) == 30
    assert stub.in_flight_max == 3
    await writer.close()


async def test_without_a_key_a_local_server_is_still_asked(stub: StubOpenAI) -> None:
    writer = a_writer(stub.url, key=None)

    await writer.write(an_assignment(), unrecorded)

    assert stub.calls[0].authorization == "Bearer no-key"
    await writer.close()


@pytest.mark.parametrize("key", [f"{KEY}\nX: y", f"{KEY}\u2026", "क"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(SettingsError) as refused:
        a_writer(None, key=key)

    assert key not in str(refused.value)


@pytest.mark.parametrize("url", ["localhost:9000/v1", "ftp://host/v1", "http://", "http://host:99999/v1"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL"):
        a_writer(url)
