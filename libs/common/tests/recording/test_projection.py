"""The projection: events in any order and any number make one and the same task."""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationProgressed,
    GenerationStarted,
    LessonCancelled,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
    RetryScheduled,
    TaskResumed,
    TaskRetried,
)
from pathshala_common.contract.lesson import Absence, Article, Status, Task
from pathshala_common.recording.projection import begin, decisive, evolve
from tests.clock import NOON
from tests.stories.lessons import a_lesson, a_request

REQUEST = a_request()
CONTENT = a_lesson()
T = "task-1"
REQUESTED = LessonRequested(task_id=T, request=REQUEST)
GENERATED = LessonGenerated(task_id=T, request=REQUEST, content=CONTENT)
STORED = LessonStored(task_id=T, request=REQUEST, content=CONTENT, revision=1, stored_at=NOON)
CANCELLED = LessonCancelled(task_id=T, failed_at=NOON)
RETRIED = TaskRetried(task_id=T, retried_as="task-2")
FAILED = LessonFailed(task_id=T, service="store", code="deadline_exceeded", message="Too late.", failed_at=NOON)


def retry(service: str, attempt: int, telling: int = 0) -> RetryScheduled:
    return RetryScheduled(
        task_id=T,
        service=service,
        attempt=attempt,
        attempts_max=4,
        retry_at=NOON,
        delay_seconds=30,
        code="rate_limited",
        reason="the model is rate limited",
        telling=telling,
    )


def progressed(attempt: int, number: int, part: str, *, mending: bool = False) -> GenerationProgressed:
    return GenerationProgressed(task_id=T, attempt=attempt, attempts_max=4, number=number, part=part, mending=mending)


attempts = st.integers(min_value=1, max_value=4)
not_final: st.SearchStrategy[AnyEvent] = st.one_of(
    st.just(REQUESTED),
    st.just(GENERATED),
    st.builds(lambda n: EnrichmentStarted(task_id=T, attempt=n, source="wikipedia", query="verbs"), attempts),
    st.builds(lambda why: LessonEnriched(task_id=T, request=REQUEST, absence=why), st.sampled_from(Absence)),
    st.builds(lambda n: GenerationStarted(task_id=T, attempt=n, attempts_max=4, writer="offline"), attempts),
    st.builds(lambda n, number: progressed(n, number, "explanation"), attempts, st.integers(min_value=1, max_value=24)),
    st.builds(retry, st.sampled_from(["enricher", "generator", "store"]), attempts, st.integers(0, 12)),
    st.builds(TaskResumed, task_id=st.just(T), returns=attempts),
)
final = st.sampled_from([STORED, FAILED, CANCELLED])


def folded(events: Sequence[AnyEvent]) -> Task:
    task = begin([REQUESTED])
    assert task is not None
    return reduce(evolve, events, task)


@given(events=st.lists(not_final), data=st.data())
def test_the_order_of_events_that_are_not_final_does_not_matter(events: list[AnyEvent], data: st.DataObject) -> None:
    assert folded(events) == folded(data.draw(st.permutations(events)))


@given(events=st.lists(not_final), end=final, data=st.data())
def test_one_final_event_anywhere_gives_the_same_task(
    events: list[AnyEvent], end: AnyEvent, data: st.DataObject
) -> None:
    assert folded([*events, end]) == folded(data.draw(st.permutations([*events, end])))


@given(events=st.lists(st.one_of(not_final, final)))
def test_folding_every_event_twice_changes_nothing(events: list[AnyEvent]) -> None:
    assert folded([event for event in events for _ in range(2)]) == folded(events)
    assert reduce(evolve, events, folded(events)) == folded(events)


@given(before=st.lists(not_final), first=final, after=st.lists(st.one_of(not_final, final)))
def test_the_first_final_event_wins_and_nothing_changes_after_it(
    before: list[AnyEvent], first: AnyEvent, after: list[AnyEvent]
) -> None:
    assert folded([*before, first, *after]) == folded([first])


@given(events=st.lists(st.one_of(not_final, final)))
def test_the_status_only_ever_moves_forward(events: list[AnyEvent]) -> None:
    order = [Status.PENDING, Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED]
    seen = [folded(events[:n]).status for n in range(len(events) + 1)]
    assert [order.index(status) for status in seen] == sorted(order.index(status) for status in seen)


def test_a_task_tells_what_happens_now() -> None:
    story: list[tuple[AnyEvent, str]] = [
        (EnrichmentStarted(task_id=T, attempt=1, source="wikipedia", query="verbs"), "Reading Wikipedia: verbs"),
        (
            LessonEnriched(task_id=T, request=REQUEST, absence=Absence.NOT_FOUND),
            "Going on without Wikipedia: it has no such article",
        ),
        (GenerationStarted(task_id=T, attempt=1, attempts_max=4, writer="offline"), "Writing"),
        (progressed(1, 1, "explanation"), "Writing the explanation"),
        (progressed(1, 2, "activity", mending=True), "Mending the activity"),
        (
            retry("generator", 1, telling=1),
            "Waiting, with a try every 30 s or sooner: the model is rate limited",
        ),
        (retry("generator", 1), "Waiting 30 s: the model is rate limited"),
        (GenerationStarted(task_id=T, attempt=2, attempts_max=4, writer="offline"), "Writing, attempt 2 of 4"),
        (progressed(2, 1, "title"), "Writing the title, attempt 2 of 4"),
        (GENERATED, "Storing the lesson"),
    ]
    task = folded([REQUESTED])
    assert (task.status, task.progress.message) == (Status.PENDING, "Waiting to be taken up")
    for event, message in story:
        task = evolve(task, event)
        assert (task.status, task.progress.message) == (Status.IN_PROGRESS, message)
    task = evolve(task, STORED)
    assert (task.status, task.revision, task.lesson, task.completed_at) == (Status.COMPLETED, 1, CONTENT, NOON)


def test_a_cancel_is_a_failure_of_its_own_code() -> None:
    task = folded([CANCELLED])
    assert (task.status, task.error_code, task.error_message) == (
        Status.FAILED,
        "cancelled",
        "The lesson was cancelled.",
    )


@given(before=st.lists(not_final), end=st.sampled_from([FAILED, CANCELLED]), after=st.lists(not_final))
def test_a_task_that_was_retried_names_the_other_and_stays_as_it_is(
    before: list[AnyEvent], end: AnyEvent, after: list[AnyEvent]
) -> None:
    again = TaskRetried(task_id=T, retried_as="task-3")
    log = [REQUESTED, *before, end, RETRIED, *after, again]
    assert folded(log) == folded([end]).model_copy(update={"retried_as": "task-2"})
    chosen = decisive([type(event) for event in log])
    assert chosen is not None
    assert folded([log[index] for index in chosen]) == folded(log)


def test_a_failure_says_why() -> None:
    task = folded([FAILED])
    assert (task.status, task.error_code, task.error_message) == (Status.FAILED, "deadline_exceeded", "Too late.")
    assert task.lesson is None


def test_a_task_begins_with_the_first_event_that_says_what_was_asked_for() -> None:
    started = GenerationStarted(task_id=T, attempt=1, attempts_max=4, writer="offline")
    assert begin([started, FAILED]) is None
    assert begin([started, GENERATED]) == Task(task_id=T, request=REQUEST)


@pytest.mark.parametrize(
    ("asked", "found", "message"),
    [
        ("en-GB", "en", "Read Wikipedia: Verb"),
        ("hi", "en", "विकिपीडिया पढ़ा गया: Verb (हिन्दी में लेख नहीं मिला, दूसरी भाषा का लेख लिया गया)"),
        ("pt-BR", "en", "Read Wikipedia: Verb (in English; none was found in Portuguese)"),
        ("xx-Latn", "en", "Read Wikipedia: Verb (in English; none was found in xx-Latn)"),
    ],
)
def test_an_article_in_another_language_than_was_asked_for_is_told_of(asked: str, found: str, message: str) -> None:
    request = REQUEST.model_copy(update={"language": asked})
    article = Article(
        title="Verb", summary="A word.", url="https://en.example/", language=found, revision_id=1, licence="CC"
    )
    task = folded([LessonEnriched(task_id=T, request=request, article=article)])
    assert task.progress.message == message


@given(events=st.lists(st.one_of(not_final, final)))
def test_the_decisive_events_of_a_log_fold_to_the_same_task(events: list[AnyEvent]) -> None:
    chosen = decisive([type(event) for event in events])
    assert chosen is None or of_log([events[index] for index in chosen]) == of_log(events)


def test_of_a_task_that_has_ended_only_its_request_and_its_first_end_are_decisive() -> None:
    started = GenerationStarted(task_id=T, attempt=1, attempts_max=4, writer="offline")
    log = [type(event) for event in (started, REQUESTED, GENERATED, FAILED, STORED)]
    assert decisive(log) == [1, 3]
    assert decisive(log[:3]) is None
    assert decisive([LessonStored]) == [0]


def of_log(events: Sequence[AnyEvent]) -> Task | None:
    begun = begin(events)
    return reduce(evolve, events, begun) if begun else None


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(minutes=10), timedelta(days=400)])
def test_no_task_ends_before_it_began_whatever_the_clock_says(behind: timedelta) -> None:
    end = REQUEST.requested_at - behind
    task = Task(task_id=T, request=REQUEST)
    failed = LessonFailed(task_id=T, service="store", code="x", message="x", failed_at=end)
    stored = LessonStored(task_id=T, request=REQUEST, content=CONTENT, revision=1, stored_at=end)

    assert {evolve(task, event).completed_at for event in (failed, stored)} == {REQUEST.requested_at}
