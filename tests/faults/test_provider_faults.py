"""Model and encyclopedia misbehave: calls end in time and in bounds, failures have reasons, lessons are labelled."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pathshala_common.contract.events import GenerationStarted, RetryScheduled
from pathshala_common.contract.lesson import Absence, Status
from tests.faults.record import RABBITMQ, Measured, fault_in_each
from tests.faults.rooms import a_room, addresses
from tests.stubs import openai_faults as model_faults
from tests.stubs import wikipedia as wikipedia_faults
from tests.stubs.openai import StubOpenAI, asked_for
from tests.stubs.wikipedia import StubWikipedia
from tests.waiting import until_so
from tests.yardstick import Timed, timed

ATTEMPTS_MAX = 3
RETRY_AFTER_SECONDS = 3
QUICK: dict[str, Any] = {
    "writer": "openai",
    "openai_api_key": "sk-test",
    "attempts_max": ATTEMPTS_MAX,
    "retry_delay_seconds": 1,
    "llm_timeout_seconds": 1.5,
}

# What each misbehaviour comes to: the code that the person sees, and whether asking again may help.
PASSING = {
    "limited": (model_faults.rate_limited(retry_after=str(RETRY_AFTER_SECONDS)), "rate_limited"),
    "limited silently": (model_faults.rate_limited(), "rate_limited"),
    "server error": (model_faults.SERVER_ERROR, "provider_error"),
    "hang up": (model_faults.HANG_UP, "provider_error"),
    "stall": (model_faults.STALL, "provider_timeout"),
    "no json": (model_faults.NOT_JSON, "invalid_answer"),
    "no choices": (model_faults.EMPTY_CHOICES, "invalid_answer"),
    "cut": (model_faults.CUT, "invalid_answer"),
    "wrong json": (model_faults.WRONG_JSON, "invalid_answer"),
    "missing field": (model_faults.MISSING_FIELD, "invalid_answer"),
    "blank": (model_faults.BLANK, "invalid_answer"),
}
PERMANENT = {
    "refusal": (model_faults.REFUSAL, "model_refused"),
    "filtered": (model_faults.FILTERED, "content_filtered"),
    "unauthorized": (model_faults.UNAUTHORIZED, "provider_refused_key"),
    "no model": (model_faults.MODEL_NOT_FOUND, "model_not_found"),
    "bad request": (model_faults.BAD_REQUEST, "provider_rejected_request"),
    "quota": (model_faults.QUOTA, "quota_exhausted"),
}


def calls_about(model: StubOpenAI, topic: str) -> list[float]:
    """When the model was asked about a topic."""
    return [call.at for call in model.calls if asked_for(call.body["messages"])[0] == topic]


@fault_in_each(17, slow=RABBITMQ)
async def test_a_model_that_misbehaves_is_asked_in_bounds_and_the_task_says_why_it_failed(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    faults = PASSING | PERMANENT
    async with StubOpenAI() as model:
        model.faults_of = {topic: fault for topic, (fault, _) in faults.items()}
        given = addresses(deployment, request, tmp_path) | QUICK
        async with a_room(openai_base_url=model.url, **given) as room:
            task_ids = dict(zip(faults, await asyncio.gather(*map(room.ask, faults)), strict=True))
            tasks = {topic: await room.end(task_id) for topic, task_id in task_ids.items()}
            logs = {topic: await room.log(task_id) for topic, task_id in task_ids.items()}
            innocent = await room.end(await room.ask("innocent"))

            async def all_dead() -> bool:
                return len(await room.all_dead_codes("generator")) >= len(faults)

            await until_so(all_dead)  # a failure is told before its letter is kept
            dead = await room.all_dead_codes("generator")
        calls = {topic: calls_about(model, topic) for topic in faults}
    waits = [later - earlier for earlier, later in pairwise(calls["limited"])]
    delays = [
        envelope.event.delay_seconds
        for topic in PASSING.keys() - {"limited"}
        for envelope in logs[topic]
        if isinstance(envelope.event, RetryScheduled)
    ]
    measured(
        misbehaviours=len(faults),
        most_calls_of_one_task=max(map(len, calls.values())),
        attempts_cap=ATTEMPTS_MAX,
        different_delays=len(set(delays)),
        least_wait_after_retry_after_3_s=round(min(waits), 2),
        most_calls_after_a_permanent_error=max(len(calls[topic]) for topic in PERMANENT),
    )
    assert {topic: task.error_code for topic, task in tasks.items()} == {
        topic: code for topic, (_, code) in faults.items()
    }
    assert all(task.error_message for task in tasks.values())
    assert {topic: len(calls[topic]) for topic in PASSING} == dict.fromkeys(PASSING, ATTEMPTS_MAX)
    assert {topic: len(calls[topic]) for topic in PERMANENT} == dict.fromkeys(PERMANENT, 1)
    assert min(waits) >= RETRY_AFTER_SECONDS
    assert len(delays) == (len(PASSING) - 1) * (ATTEMPTS_MAX - 1)
    assert len(set(delays)) > 1, "without jitter all come back at once"
    assert sorted(dead) == sorted(code for _, code in faults.values())
    assert innocent.status is Status.COMPLETED


@fault_in_each(6, slow=RABBITMQ)
async def test_a_call_that_outlasts_its_limit_is_cancelled_retried_in_bounds_and_failed_with_a_reason(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    async with StubOpenAI() as model:
        model.faults_of = {"stall": model_faults.STALL}
        given = addresses(deployment, request, tmp_path) | QUICK
        async with a_room(openai_base_url=model.url, **given) as room:
            task_id = await room.ask("stall")
            task, log = await room.end(task_id), await room.log(task_id)
            await model.until(lambda: model.aborted == ATTEMPTS_MAX and model.in_flight == 0)
    begun = [envelope for envelope in log if isinstance(envelope.event, GenerationStarted)]
    measured(calls=len(model.calls), cancelled_upstream=model.aborted, attempts_cap=ATTEMPTS_MAX)
    assert (task.status, task.error_code) == (Status.FAILED, "provider_timeout")
    assert task.error_message == f"The language model took too long to answer (after {ATTEMPTS_MAX} attempts)"
    assert len(begun) == len(model.calls) == ATTEMPTS_MAX


@fault_in_each(6)
async def test_a_call_that_outlasts_its_task_is_cancelled_at_the_task_s_deadline(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    async with StubOpenAI() as model:
        model.faults_of = {"stall": model_faults.STALL}
        given = addresses(deployment, request, tmp_path) | QUICK | {"llm_timeout_seconds": 60}
        async with a_room(openai_base_url=model.url, task_deadline_seconds=1.5, **given) as room:
            task = await room.end(await room.ask("stall"))
            await model.until(lambda: model.aborted == 1 and model.in_flight == 0)
    assert task.completed_at is not None
    late = (task.completed_at - task.request.deadline).total_seconds()
    measured(cancelled_upstream=model.aborted, failed_seconds_after_deadline=round(late, 2))
    assert (task.status, task.error_code) == (Status.FAILED, "deadline_exceeded")
    assert task.error_message
    assert len(model.calls) == 1
    assert late <= 5


WIKIPEDIA = {
    "429": (wikipedia_faults.rate_limited("60"), Absence.UNAVAILABLE),
    "500": (wikipedia_faults.SERVER_ERROR, Absence.UNAVAILABLE),
    "stall": (wikipedia_faults.STALL, Absence.TIMED_OUT),
    "redirect": (wikipedia_faults.elsewhere("http://127.0.0.1:9/evil"), Absence.UNAVAILABLE),
    "huge body": (wikipedia_faults.HUGE, Absence.UNAVAILABLE),
    "garbage": (wikipedia_faults.GARBAGE, Absence.UNAVAILABLE),
    "hang up": (wikipedia_faults.HANG_UP, Absence.UNAVAILABLE),
    "false gzip": (wikipedia_faults.NOT_GZIP, Absence.UNAVAILABLE),
    "forbidden": (wikipedia_faults.FORBIDDEN, Absence.UNAVAILABLE),
    "maxlag": (wikipedia_faults.MAXLAG, Absence.UNAVAILABLE),
}


@fault_in_each(19, slow=RABBITMQ)
async def test_without_a_usable_encyclopedia_the_lesson_comes_and_says_so(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    taken, bytes_taken = list[Timed](), 0
    limits = {"wikipedia_lookup_seconds": 0.4, "enrichment_wait_seconds": 4, "retry_delay_seconds": 0.2}
    given = addresses(deployment, request, tmp_path) | limits
    for name, (fault, absence) in WIKIPEDIA.items():
        async with StubWikipedia() as wikipedia:
            wikipedia.always = fault
            async with a_room(wikipedia_url=wikipedia.url_template, **given) as room:
                with timed() as one:
                    task = await room.end(await room.ask(f"verbs {name}", "english", include_wikipedia=True))
                taken.append(one)
                bytes_taken = max(bytes_taken, wikipedia.bytes_sent)
        assert task.status is Status.COMPLETED, name
        assert task.lesson is not None
        assert task.lesson.wikipedia_info is None
        assert (task.lesson.quality.grounded, task.lesson.quality.ungrounded_reason) == (False, absence), name
    slowest = max(one.seconds for one in taken)
    measured(misbehaviours=len(WIKIPEDIA), slowest_lesson_seconds=round(slowest, 2), most_bytes_taken=bytes_taken)
    assert [one for one in taken if one.seconds > one.stretched(6)] == []
    assert bytes_taken <= 16 * 2**20
