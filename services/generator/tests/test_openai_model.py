import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest

from pathshala_generator.model import (
    ANSWER_TOKENS_MAX,
    BROKEN_OFF,
    MODERATION,
    TIMED_OUT,
    TOO_LARGE,
    UNREACHABLE,
    Question,
)
from pathshala_generator.openai_model import ANSWER_SIZE_MAX_BYTES, Manner
from pathshala_generator.prompt import lesson_question
from services.generator.tests.given import KEY, MODEL, PLAN, an_assignment, asking
from tests.counting import calls_of
from tests.stubs import openai_faults as faults
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import Fault

QUESTION = lesson_question(PLAN, an_assignment())


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


async def test_a_question_is_one_call_and_its_exchange_holds_what_was_sent_and_said(stub: StubOpenAI) -> None:
    async with asking(stub.url) as model:
        call = await model.ask(QUESTION)

    [asked] = stub.calls
    assert json.loads(call.request) == asked.body
    assert asked.body["model"] == model.name == MODEL
    assert asked.body["messages"] == QUESTION.messages
    assert asked.body["response_format"]["json_schema"] == {"name": "lesson", "strict": True, "schema": QUESTION.schema}
    assert asked.authorization == f"Bearer {KEY}"
    assert (call.provider, call.status, call.fault) == ("openai", 200, None)
    assert json.loads(call.answer)["choices"][0]["message"]["content"]
    assert call.seconds > 0
    assert KEY not in call.model_dump_json()


async def test_what_a_call_says_is_written_once_and_sent_as_it_was_written(stub: StubOpenAI) -> None:
    async with asking(stub.url) as model:
        with calls_of(json.dumps) as calls:
            call = await model.ask(QUESTION)

    ours = [body for body in calls["dumps"] if isinstance(body, dict) and "messages" in body]
    assert len(ours) == 1
    assert json.loads(call.request) == ours[0]


async def test_a_question_in_any_script_is_recorded_as_it_reads(stub: StubOpenAI) -> None:
    async with asking(stub.url) as model:
        call = await model.ask(Question([{"role": "user", "content": "क्रिया"}], QUESTION.schema))

    assert "क्रिया" in call.request


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

    async with asking(stub.url) as model:
        calls = [await model.ask(QUESTION) for _ in range(2)]

    assert [one.body.get("response_format", {}).get("type") for one in stub.calls] == asked
    assert [call.status for call in calls] == [200, 200]
    taken = [json.loads(call.request).get("response_format", {}).get("type") for call in calls]
    assert taken == [asked[-1]] * 2


@pytest.mark.parametrize(
    ("unknown", "sent"),
    [
        (set(), ["max_tokens", "max_tokens"]),
        ({"max_tokens"}, ["max_tokens", "max_completion_tokens", "max_completion_tokens"]),
        ({"max_tokens", "max_completion_tokens"}, ["max_tokens", "max_completion_tokens", None, None]),
    ],
    ids=["all", "the new name", "none"],
)
async def test_an_answer_s_tokens_are_limited_by_the_name_that_the_server_takes(
    stub: StubOpenAI, unknown: set[str], sent: list[str | None]
) -> None:
    stub.unknown = frozenset(unknown)

    async with asking(stub.url) as model:
        calls = [await model.ask(QUESTION) for _ in range(2)]

    limits = [{name: one.body[name] for name in one.body if "tokens" in name} for one in stub.calls]
    assert limits == [{name: ANSWER_TOKENS_MAX} if name else {} for name in sent]
    assert [call.status for call in calls] == [200, 200]


@pytest.mark.parametrize(
    "fault", [faults.ENDLESS, faults.ENDLESS_STREAM, faults.ENDLESS_ERROR], ids=["answer", "stream", "error"]
)
async def test_an_answer_without_end_is_hung_up_on_and_has_a_fault_of_its_own(stub: StubOpenAI, fault: Fault) -> None:
    stub.faults.append(fault)

    async with asking(stub.url) as model:
        call = await model.ask(QUESTION)
        await stub.until(lambda: stub.in_flight == 0)
        assert (await model.ask(QUESTION)).status == 200

    assert (call.status, call.fault, call.answer) == (None, TOO_LARGE, "")
    assert ANSWER_SIZE_MAX_BYTES < stub.endless_bytes < ANSWER_SIZE_MAX_BYTES + 8 * 2**20, "what sockets hold is little"


async def test_a_compressed_answer_could_be_of_any_size_and_is_not_read(stub: StubOpenAI) -> None:
    stub.faults.append(faults.COMPRESSED)

    async with asking(stub.url) as model:
        assert (await model.ask(QUESTION)).fault == TOO_LARGE


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.rate_limited(retry_after="7"), 429),
        (faults.SERVER_ERROR, 500),
        (faults.error(503, "overloaded", "server_error"), 503),
        (faults.FILTERED_PROMPT, 400),
        (faults.QUOTA, 429),
        (faults.FORBIDDEN, 403),
        (faults.MODEL_NOT_FOUND, 404),
        (faults.NOT_JSON, 200),
        (faults.EMPTY_CHOICES, 200),
    ],
)
async def test_an_answer_that_is_none_is_an_exchange_too(stub: StubOpenAI, fault: Fault, status: int) -> None:
    stub.faults.append(fault)

    async with asking(stub.url) as model:
        call = await model.ask(QUESTION)

    assert call.status == status
    assert call.answer
    assert len(stub.calls) == 1


async def test_of_the_headers_only_the_wish_to_wait_is_recorded(stub: StubOpenAI) -> None:
    stub.faults.append(faults.rate_limited(retry_after="7", retry_after_ms="7000", set_cookie="session=1"))

    async with asking(stub.url) as model:
        call = await model.ask(QUESTION)

    assert call.headers == {"retry-after": "7", "retry-after-ms": "7000"}


@pytest.mark.parametrize("key", [KEY, 'sk-canary-"quoted"-0123456789'])
async def test_a_key_that_the_server_repeats_is_neither_recorded_nor_logged(
    stub: StubOpenAI, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    caplog.set_level(logging.DEBUG)
    stub.faults.append(faults.UNAUTHORIZED)

    async with asking(stub.url, key=key) as model:
        call = await model.ask(QUESTION)

    assert stub.calls[0].authorization == f"Bearer {key}"
    assert "[key]" in call.answer
    assert "canary" not in call.model_dump_json() + caplog.text


async def test_a_call_that_stalls_ends_at_its_timeout_and_is_hung_up(stub: StubOpenAI) -> None:
    stub.faults.append(faults.STALL)

    async with asking(stub.url, call_timeout_seconds=0.2) as model:
        call = await model.ask(QUESTION)

    assert (call.status, call.fault) == (None, TIMED_OUT)
    assert call.seconds >= 0.2
    await stub.until(lambda: stub.aborted == 1)


async def test_a_connection_that_breaks_is_told_from_one_that_cannot_be_made(stub: StubOpenAI) -> None:
    stub.faults.append(faults.HANG_UP)
    async with StubOpenAI() as gone:
        nowhere = gone.url

    async with asking(stub.url) as model, asking(nowhere) as lost:
        assert (await model.ask(QUESTION)).fault == BROKEN_OFF
        assert (await lost.ask(QUESTION)).fault == UNREACHABLE


async def test_a_thousand_calls_are_on_their_way_at_once(stub: StubOpenAI) -> None:
    stub.faults.extend([faults.STALL] * 1_000)

    async with asking(stub.url, concurrency=1_000, call_timeout_seconds=60) as model:
        calls = [asyncio.create_task(model.ask(QUESTION)) for _ in range(1_000)]
        await stub.until(lambda: stub.in_flight == 1_000)
        for call in calls:
            call.cancel()
        await stub.until(lambda: stub.aborted == 1_000)
        await asyncio.gather(*calls, return_exceptions=True)


async def test_beyond_the_limit_calls_wait_their_turn_and_none_fails(stub: StubOpenAI) -> None:
    stub.delay_seconds = 0.01

    async with asking(stub.url, concurrency=3) as model:
        calls = await asyncio.gather(*(model.ask(QUESTION) for _ in range(30)))

    assert {call.status for call in calls} == {200}
    assert stub.in_flight_max == 3


async def test_without_a_key_a_local_server_is_still_asked(stub: StubOpenAI) -> None:
    async with asking(stub.url, key=None) as model:
        await model.ask(QUESTION)

    assert stub.calls[0].authorization == "Bearer no-key"


async def test_a_moderation_is_an_exchange_of_its_own_kind(stub: StubOpenAI) -> None:
    stub.flags = frozenset({"bomb"})

    async with asking(stub.url) as model:
        call = await model.moderate("how to build a bomb")

    assert (call.provider, call.status) == (MODERATION, 200)
    assert stub.moderated == ["how to build a bomb"]
    assert stub.calls == []


STREAMED = Manner(stream_seconds_max=60)


async def test_an_answer_that_is_streamed_is_recorded_as_if_it_had_come_at_once(stub: StubOpenAI) -> None:
    stub.pieces = 40
    heard: list[str] = []

    async with asking(stub.url) as model, asking(stub.url, manner=STREAMED) as streaming:
        call, streamed = await model.ask(QUESTION), await streaming.ask(QUESTION, heard.append)

    assert [one.body.get("stream") for one in stub.calls] == [None, True]
    assert (streamed.status, streamed.fault) == (200, None)
    at_once, put_together = (json.loads(one.answer) for one in (call, streamed))
    assert put_together["usage"]["total_tokens"] > 0
    assert put_together["choices"][0]["finish_reason"] == "stop"
    said, again = (json.loads(one["choices"][0]["message"]["content"]) for one in (at_once, put_together))
    assert said.keys() == again.keys()
    assert heard == list(QUESTION.schema["properties"])


async def test_a_slow_answer_is_waited_for_as_long_as_it_shows_life(stub: StubOpenAI) -> None:
    stub.pieces, stub.piece_seconds = 12, 0.2

    async with asking(stub.url, call_timeout_seconds=1.5, manner=STREAMED) as model:
        call = await model.ask(QUESTION)

    assert (call.status, call.fault) == (200, None)
    assert call.seconds > 1.5


async def test_an_answer_that_shows_life_for_ever_ends_at_the_bound_of_the_whole(stub: StubOpenAI) -> None:
    stub.pieces, stub.piece_seconds = 10_000, 0.05

    async with asking(stub.url, call_timeout_seconds=30, manner=Manner(stream_seconds_max=0.3)) as model:
        call = await model.ask(QUESTION)
        await stub.until(lambda: stub.in_flight == 0)

    assert (call.status, call.fault) == (None, TIMED_OUT)


async def test_a_stream_that_falls_silent_ends_at_the_bound_of_its_silence(stub: StubOpenAI) -> None:
    stub.pieces, stub.piece_seconds = 4, 60

    async with asking(stub.url, call_timeout_seconds=0.2, manner=STREAMED) as model:
        assert (await model.ask(QUESTION)).fault == TIMED_OUT


async def test_a_server_that_does_not_stream_is_heard_all_the_same(stub: StubOpenAI) -> None:
    async with asking(stub.url, manner=STREAMED) as model:
        assert (await model.ask(QUESTION)).status == 200


async def test_what_else_the_server_refuses_is_given_up_once_for_all(stub: StubOpenAI) -> None:
    stub.unknown = frozenset({"stream_options", "temperature"})

    async with asking(stub.url, manner=Manner(temperature=0.5, stream_seconds_max=60)) as model:
        calls = [await model.ask(QUESTION) for _ in range(2)]

    sent = [{"stream", "temperature"} & one.body.keys() for one in stub.calls]
    assert [set(one) for one in sent[-2:]] == [set(), set()]
    assert len(stub.calls) == 4
    assert [call.status for call in calls] == [200, 200]


async def test_tokens_and_temperature_are_those_that_are_set_and_the_latter_rises_with_warmth(stub: StubOpenAI) -> None:
    async with asking(stub.url, manner=Manner(tokens_max=700, temperature=0.4)) as model:
        for warmth in (0, 1, 2, 9):
            await model.ask(Question(QUESTION.messages, QUESTION.schema, warmth=warmth))
        await model.ask(Question(QUESTION.messages, QUESTION.schema, tokens_max=90))

    assert [one.body["temperature"] for one in stub.calls] == [0.4, 0.7, 1.0, 1.2, 0.4]
    assert [one.body["max_tokens"] for one in stub.calls] == [700] * 4 + [90]
