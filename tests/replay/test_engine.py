"""The engine: a faithful handler tells what was told, a broken one is named with the first event that is different."""

from collections.abc import Sequence

import pytest

from pathshala.replay.comparison import Field, Mark
from pathshala.replay.engine import Result, Tables, replay
from pathshala.replay.steps import Step
from pathshala.replay.view import summary
from pathshala_common.contract.events import LessonFailed, ProviderAnswered, RetryScheduled
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.ports.store import Logged
from tests.clock import NOON
from tests.replay.stories import RATE_LIMITED, SECOND, TASK, Story, call, started, tables, written


def marks(results: Sequence[Result]) -> list[tuple[str, str]]:
    return [(line.mark, line.envelope.type) for result in results for line in result.lines]


def different(log: Sequence[Logged], handlers: Tables) -> list[tuple[str, str, list[str]]]:
    return [
        (line.mark, line.envelope.type, [field.path for field in line.fields])
        for result in replay(log, handlers)
        for line in result.different
    ]


def first(log: Sequence[Logged], handlers: Tables) -> str | None:
    return summary(replay(log, handlers), []).first


def rate_limited(attempt: int = 1) -> RetryScheduled:
    return RetryScheduled(
        task_id=TASK,
        service="generator",
        attempt=attempt,
        attempts_max=4,
        retry_at=NOON + 7 * SECOND,
        delay_seconds=3.21,
        code=RATE_LIMITED.code,
        reason=RATE_LIMITED.reason,
    )


def test_handlers_that_are_as_they_were_tell_what_was_told() -> None:
    results = replay(written().log, tables())

    assert [str(result.step) for result in results] == [
        "1 LessonRequested -> enricher",
        "2 LessonEnriched -> generator",
        "5 LessonGenerated -> store",
    ]
    assert marks(results) == [
        ("same", "LessonEnriched"),
        ("same", "GenerationStarted"),
        ("same", "ProviderAnswered"),
        ("same", "LessonGenerated"),
        ("same", "LessonStored"),
    ]
    assert str(summary(results, [])) == "3 steps, 5 events replayed, 0 differences"


def test_a_broken_enricher_is_named_with_its_event_and_field() -> None:
    log = written().log
    assert different(log, tables(absence=Absence.UNAVAILABLE)) == [("differs", "LessonEnriched", ["absence"])]
    said = first(log, tables(absence=Absence.UNAVAILABLE))
    assert said == "LessonEnriched (event 2) of step 1 LessonRequested -> enricher: absence"


def test_a_broken_generator_is_named_with_both_values() -> None:
    results = replay(written().log, tables(title=str.upper))
    [line] = [line for result in results for line in result.different]
    assert line.fields == [Field("content.title", "Verbs", "VERBS")]
    assert first(written().log, tables(title=str.upper)) == (
        "LessonGenerated (event 5) of step 2 LessonEnriched -> generator: content.title"
    )


def test_a_handler_that_fails_now_tells_a_retry_instead() -> None:
    def fail(_answer: str) -> str:
        raise KeyError

    assert different(written().log, tables(title=fail)) == [
        ("missing", "LessonGenerated", []),
        ("extra", "RetryScheduled", []),
    ]


def test_a_question_that_is_another_now_is_a_difference_though_it_is_answered_as_then() -> None:
    assert different(written().log, tables(request="write well")) == [
        ("differs", "ProviderAnswered", ["exchange.request"])
    ]


def test_each_attempt_is_replayed_with_its_own_answers() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.answered(enriched, call("429"))
    story.tell(rate_limited(), "generator", enriched)
    story.started(enriched, 2)
    story.answered(enriched, call("Verbs"), 2)
    story.stored(story.generated(enriched))

    results = replay(story.log, tables())

    assert [(result.step.attempt, [line.envelope.type for line in result.lines]) for result in results[1:3]] == [
        (1, ["GenerationStarted", "ProviderAnswered", "RetryScheduled"]),
        (2, ["GenerationStarted", "ProviderAnswered", "LessonGenerated"]),
    ]
    assert not any(result.different or result.gap for result in results)


def test_a_second_attempt_that_told_nothing_but_its_end_is_one() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.answered(enriched, call("429"))
    story.tell(rate_limited(), "generator", enriched)
    failed = LessonFailed(task_id=TASK, service="generator", code="gone", message="Gone.", failed_at=NOON)
    story.tell(failed, "generator", enriched)

    assert [result.step.attempt for result in replay(story.log, tables(asks=0))] == [1, 1, 2]


def test_what_chance_and_the_clock_decide_is_not_compared() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.answered(enriched, call("429"))
    story.tell(rate_limited(), "generator", enriched)

    [line] = [line for line in replay(story.log, tables())[1].lines if line.envelope.type == "RetryScheduled"]

    assert line.mark is Mark.SAME
    assert line.recorded is not None
    assert line.replayed is not None
    assert line.recorded.raw != line.replayed.raw


def test_being_held_is_the_doing_of_others_and_not_compared() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.tell(rate_limited(), "generator", enriched)
    story.tell(rate_limited(), "generator", enriched)
    story.log.pop(3)  # a second one of the same attempt is how a hold is told
    story.answered(enriched, call("Verbs"))
    story.generated(enriched)

    results = replay(story.log, tables())

    assert ("same", "LessonGenerated") in marks(results)
    assert not any(result.different for result in results[:2])


@pytest.mark.parametrize("asks", [2, 3])
def test_what_was_not_recorded_is_refused_by_name(asks: int) -> None:
    [_, generating, _] = replay(written().log, tables(asks=asks))
    assert generating.gap == "request 2 to a service outside has no recorded answer"
    assert generating.lines == ()


def test_a_recording_that_was_cut_is_refused_by_name() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.answered(enriched, call("Verbs", cut=True))
    story.generated(enriched)

    assert (
        replay(story.log, tables())[1].gap
        == "the recording of request 1 to openai is not whole: its words were left out, or cut to their limit"
    )


def test_a_handler_cannot_hide_a_gap() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.generated(enriched)

    assert replay(story.log, tables())[1].gap == "request 1 to a service outside has no recorded answer"


def test_an_answer_that_is_not_asked_for_any_more_is_missing() -> None:
    assert ("missing", "ProviderAnswered", []) in different(written().log, tables(asks=0, title=lambda _: "Verbs"))


def test_a_field_that_the_recorded_event_is_too_old_to_have_is_no_difference() -> None:
    story = written()
    old = story.log[2].envelope
    raw = old.raw.replace(b',"precedents":[]', b"")
    assert raw != old.raw
    story.log[2] = Logged(3, type(old)(old.id, old.source, old.time, old.causation_id, old.event, raw))

    results = replay(story.log, tables())

    assert not any(result.different for result in results)
    assert results[1].lines[0].added == ["precedents"]


def test_only_wanted_steps_are_run() -> None:
    def wanted(step: Step) -> bool:
        return step.service == "generator"

    assert [result.step.service for result in replay(written().log, tables(), wanted)] == ["generator"]


def test_an_event_that_nothing_came_of_is_no_step() -> None:
    story = Story()
    story.requested()
    assert replay(story.log, tables()) == []


def test_a_revision_is_counted_from_the_one_that_was_given() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.answered(enriched, call("Verbs"))
    story.stored(story.generated(enriched), revision=7)
    assert not any(result.different for result in replay(story.log, tables()))


def test_a_lesson_that_came_after_the_end_is_not_stored() -> None:
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    late = LessonFailed(task_id=TASK, service="store", code="deadline_exceeded", message="Late.", failed_at=NOON)
    story.tell(late, "store")
    story.answered(enriched, call("Verbs"))
    story.generated(enriched)

    results = replay(story.log, tables())

    assert results[-1].step.service == "store"
    assert not any(result.lines and result.different for result in results)


def test_the_events_of_a_step_are_told_at_the_time_of_then() -> None:
    log = written().log
    told = replay(log, tables())[1].lines
    assert [line.replayed.time - NOON for line in told if line.replayed] == [2 * SECOND, 4 * SECOND, 4 * SECOND]
    assert isinstance(told[1].envelope.event, ProviderAnswered)
    assert started() == told[0].envelope.event
