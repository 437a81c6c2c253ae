import asyncio
import json
import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import pytest

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Check, Fault
from pathshala_common.contract.errors import PathshalaError, ProviderUnavailable, Reject, Retry
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.text.quoting import located
from pathshala_generator.model import Heard, Question, unheard
from pathshala_generator.model_writer import BEGUN_MAX, ModelWriter
from pathshala_generator.moderation import Moderator
from pathshala_generator.prompt import prompt_version
from services.generator.tests.given import (
    FIELDS,
    KEY,
    MODEL,
    PLAN,
    VERB,
    a_request,
    a_writer,
    an_assignment,
    asking,
    unrecorded,
    writing,
)
from tests.clock import PassingClock
from tests.stubs import openai_faults as faults
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import Fault as Misbehaviour
from tests.waiting import one_turn

DRAFT_FIELDS = ["title", "explanation", "activity", "question", "verse", "connection"]
FLAW = "FLAW"


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


def flawless(draft: Draft, _assignment: Basis) -> Iterable[Fault]:
    """A check of the test's own, so that it decides what is wrong."""
    shown = draft.model_dump(mode="json")
    return [Fault("own_voice", name, "has a flaw") for name in DRAFT_FIELDS if FLAW in json.dumps(shown[name])]


def on_topic(draft: Draft, _assignment: Basis) -> Iterable[Fault]:
    return [Fault("on_topic", None, "does not speak of its topic")] if "cheese" in draft.title else []


def evidence(draft: Draft, assignment: Basis) -> Iterable[Fault]:
    article = assignment.article
    quotes = [said.quote for said in draft.statements if said.quote]
    if article and not all(located(quote, article.summary) for quote in quotes):
        yield Fault("evidence", "explanation", "quotes what the article does not say")
    if article and not quotes:
        yield Fault("evidence", "explanation", "quotes nothing")


CHECKS: Mapping[str, Check] = {"own_voice": flawless, "on_topic": on_topic, "evidence": evidence}


def own_checks(_told: str) -> Mapping[str, Check]:
    return CHECKS


def answer(**fields: Any) -> Misbehaviour:
    """A lesson that is well but for these fields; `question` is the text of its first."""
    first = {"form": "open", "text": fields.pop("question", "Why is read a verb?"), "options": []}
    well = {
        "title": "How verbs work",
        "objectives": ["Find the verb of a sentence."],
        "explanation": [[{"text": "A verb tells what happens.", "quote": "A verb is a word"}]],
        "activity": "1. Find three verbs.",
        "minutes": 30,
        "materials": [],
        "questions": [{**first, "answer": "It tells what happens.", "proven_by": [1]}],
        "verse": 1,
        "connection": "The verse praises speech, and verbs carry it.",
    }
    return part(**(well | fields))


def part(**fields: Any) -> Misbehaviour:
    """These fields alone."""
    return Misbehaviour(message={"content": json.dumps(fields)})


def asked_fields(stub: StubOpenAI) -> list[list[str]]:
    return [call.body["response_format"]["json_schema"]["schema"]["required"] for call in stub.calls]


async def test_a_lesson_that_is_well_costs_one_call_and_says_how_it_came_about(stub: StubOpenAI) -> None:
    recorded: list[ProviderCall] = []

    async with writing(stub.url, checks=own_checks) as writer:
        written = await writer.write(an_assignment(), recorded.append)

    assert len(stub.calls) == len(recorded) == 1
    assert asked_fields(stub) == [FIELDS]
    assert "verbs" in written.draft.title
    quotes = [said.quote for said in written.draft.statements if said.quote]
    assert len(quotes) == 2
    assert all(quote in VERB.summary for quote in quotes)
    assert (written.repaired_fields, written.checks_passed) == ((), ("own_voice", "on_topic", "evidence"))
    assert written.prompt_version == prompt_version(PLAN)
    assert (writer.name, writer.model) == ("openai", MODEL)


async def test_the_lesson_is_in_the_language_of_the_request(stub: StubOpenAI) -> None:
    async with writing(stub.url) as writer:
        written = await writer.write(an_assignment(a_request("भाषा", "क्रिया", language="hi"), None), unrecorded)

    assert written.draft.language == "hi"
    assert "क्रिया" in written.draft.title


@pytest.mark.parametrize("flaw", [f"As an AI, {FLAW}", ""], ids=["refused by a check", "empty"])
async def test_one_field_with_a_fault_is_asked_for_again_alone_and_the_rest_stays(stub: StubOpenAI, flaw: str) -> None:
    stub.faults.extend([answer(activity=flaw), part(activity="1. Clap at each verb.", title="Not asked for")])

    async with writing(stub.url, checks=own_checks) as writer:
        written = await writer.write(an_assignment(), unrecorded)

    assert asked_fields(stub) == [FIELDS, ["activity"]]
    assert written.draft.activity == "1. Clap at each verb."
    assert written.draft.title == "How verbs work"
    assert written.repaired_fields == ("activity",)
    assert written.usage is not None
    assert written.usage.calls == 2


async def test_a_lesson_off_its_topic_is_written_anew_and_told_why(stub: StubOpenAI) -> None:
    stub.faults.append(answer(title="The history of cheese"))

    async with writing(stub.url, checks=own_checks) as writer:
        written = await writer.write(an_assignment(), unrecorded)

    assert asked_fields(stub) == [FIELDS, FIELDS]
    assert "refused: the lesson does not speak of its topic" in stub.calls[1].body["messages"][1]["content"]
    assert "cheese" not in json.dumps(stub.calls[1].body)
    assert "verbs" in written.draft.title
    assert written.repaired_fields == tuple(FIELDS)


@pytest.mark.parametrize("repairs_max", [0, 1, 2, 3])
async def test_what_cannot_be_mended_in_bounds_is_refused_by_the_names_of_its_checks(
    stub: StubOpenAI, repairs_max: int
) -> None:
    stub.faults.extend([answer(title="Of cheese", question=f"{FLAW}?")] * 9)

    async with writing(stub.url, checks=own_checks, repairs_max=repairs_max) as writer:
        with pytest.raises(Reject) as refused:
            await writer.write(an_assignment(), unrecorded)

    assert len(stub.calls) == 1 + repairs_max
    assert refused.value.code == "lesson_refused"
    assert refused.value.reason == (
        "the question has a flaw (own_voice), and the lesson does not speak of its topic (on_topic)"
    )


async def test_an_unreadable_repair_mends_nothing_and_counts(stub: StubOpenAI) -> None:
    stub.faults.extend([answer(activity=FLAW), faults.WRONG_JSON, part(activity="1. Clap at each verb.")])

    async with writing(stub.url, checks=own_checks) as writer:
        written = await writer.write(an_assignment(), unrecorded)

    assert asked_fields(stub) == [FIELDS, ["activity"], ["activity"]]
    assert written.draft.activity == "1. Clap at each verb."


async def test_a_provider_that_wants_to_wait_during_a_repair_is_obeyed(stub: StubOpenAI) -> None:
    stub.faults.extend([answer(activity=FLAW), faults.rate_limited(retry_after="7")])

    async with writing(stub.url, checks=own_checks) as writer:
        with pytest.raises(Retry) as failed:
            await writer.write(an_assignment(), unrecorded)

    assert (failed.value.code, failed.value.after_seconds) == ("rate_limited", 7)


TRUE = {"text": "A verb conveys an action.", "quote": "conveys an action"}
INVENTED = {"text": "Verbs were found in 1871.", "quote": "verbs were discovered in 1871"}


async def test_an_invented_quote_is_first_asked_for_again(stub: StubOpenAI) -> None:
    stub.faults.extend([answer(explanation=[[TRUE, INVENTED]]), part(explanation=[[TRUE]])])

    async with writing(stub.url, checks=own_checks) as writer:
        written = await writer.write(an_assignment(), unrecorded)

    assert asked_fields(stub) == [FIELDS, ["explanation"]]
    assert [said.quote for said in written.draft.statements] == ["conveys an action"]


async def test_a_quote_that_stays_invented_is_dropped_if_the_lesson_stands_without_it(stub: StubOpenAI) -> None:
    stub.faults.extend([answer(explanation=[[TRUE, INVENTED]])] * 3)

    async with writing(stub.url, checks=own_checks) as writer:
        written = await writer.write(an_assignment(), unrecorded)

    assert [said.quote for said in written.draft.statements] == ["conveys an action", None]
    assert written.checks_passed == tuple(CHECKS)


async def test_a_lesson_that_rests_on_invented_quotes_alone_is_refused(stub: StubOpenAI) -> None:
    stub.faults.extend([answer(explanation=[[INVENTED]])] * 3)

    async with writing(stub.url, checks=own_checks) as writer:
        with pytest.raises(Reject, match="evidence"):
            await writer.write(an_assignment(), unrecorded)


async def test_usage_and_cost_are_those_of_all_calls_together(stub: StubOpenAI) -> None:
    stub.faults.append(answer(activity=FLAW))
    recorded: list[ProviderCall] = []

    async with writing(stub.url, checks=own_checks, prices=Prices(0.5, 2.0, "INR")) as writer:
        usage = (await writer.write(an_assignment(), recorded.append)).usage

    told = [json.loads(call.answer)["usage"] for call in recorded]
    prompt, completion = (sum(one[name] for one in told) for name in ("prompt_tokens", "completion_tokens"))
    assert usage is not None
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (2, prompt, completion)
    assert usage.seconds == round(sum(call.seconds for call in recorded), 3)
    assert usage.cost == pytest.approx((prompt * 0.5 + completion * 2.0) / 1_000_000)
    assert usage.currency == "INR"


class Recording:
    """A model that gives recorded calls again, and asks nobody."""

    def __init__(self, calls: list[ProviderCall]) -> None:
        self.name, self._left = MODEL, list(calls)

    async def ask(self, _question: Question, _heard: Heard = unheard) -> ProviderCall:
        return self._left.pop(0)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [answer(activity=FLAW)],
        [answer(title="Of cheese")] * 3,
        [faults.rate_limited(retry_after="Mon, 23 Nov 2026 09:10:00 GMT")],
        [faults.STALL],
        [faults.REFUSAL],
        [Misbehaviour(body=" " * 300_000)],
    ],
    ids=["well", "repaired", "refused", "limited", "stalled", "declined", "too long"],
)
async def test_recorded_exchanges_come_to_the_same_outcome_without_a_network(
    stub: StubOpenAI, said: list[Misbehaviour]
) -> None:
    stub.faults.extend(said)
    recorded: list[ProviderCall] = []

    async with writing(stub.url, checks=own_checks, call_timeout_seconds=0.5) as writer:
        lived = await _outcome(writer, recorded)
    kept = [ProviderCall.model_validate_json(call.model_dump_json()) for call in recorded]
    replayed = await _outcome(a_writer(Recording(kept), own_checks), [])

    assert replayed == lived


async def _outcome(writer: ModelWriter, recorded: list[ProviderCall]) -> object:
    try:
        return await writer.write(an_assignment(), recorded.append)
    except (Retry, Reject) as fate:
        return type(fate), fate.code, fate.reason, getattr(fate, "after_seconds", None)


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
    ("null", Misbehaviour(body="null"), Retry, "invalid_answer"),
    ("too long", Misbehaviour(body=" " * 1_100_000), Retry, "invalid_answer"),
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
    fault: Misbehaviour,
    kind: type[Retry | Reject],
    code: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    stub.faults.append(fault)

    async with writing(stub.url) as writer:
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


async def test_a_topic_that_the_provider_flags_is_refused_before_anything_is_written(stub: StubOpenAI) -> None:
    stub.flags = frozenset({"verbs"})
    recorded: list[ProviderCall] = []

    async with asking(stub.url) as model:
        writer = ModelWriter(model, PLAN, PassingClock(), moderator=Moderator(model))
        with pytest.raises(Reject) as refused:
            await writer.write(an_assignment(), recorded.append)

    assert refused.value.code == "topic_refused"
    assert stub.calls == []
    assert len(recorded) == 1


async def test_a_provider_without_moderation_is_asked_for_it_once(stub: StubOpenAI) -> None:
    recorded: list[ProviderCall] = []

    async with asking(stub.url) as model:
        writer = ModelWriter(model, PLAN, PassingClock(), moderator=Moderator(model))
        usages = [(await writer.write(an_assignment(), recorded.append)).usage for _ in range(2)]

    assert [call.status for call in recorded] == [404, 200, 200]
    assert [usage.calls for usage in usages if usage] == [1, 1]


async def test_of_many_lessons_that_begin_at_once_few_are_asked_for_in_one_turn_of_the_loop() -> None:
    turn, asked_in = 0, Counter[int]()

    class NotedModel:
        name = MODEL

        async def ask(self, _question: Question, _heard: Heard = unheard) -> ProviderCall:
            asked_in[turn] += 1
            raise Reject("noted", "that is all")

    writer, lessons = a_writer(NotedModel()), 10 * BEGUN_MAX
    beginning = [asyncio.create_task(writer.write(an_assignment(), unrecorded)) for _ in range(lessons)]
    while not all(task.done() for task in beginning):
        turn += 1
        await one_turn()

    assert [type(task.exception()) for task in beginning] == [Reject] * lessons
    assert max(asked_in.values()) <= BEGUN_MAX
    assert len(asked_in) <= lessons / BEGUN_MAX + 1
