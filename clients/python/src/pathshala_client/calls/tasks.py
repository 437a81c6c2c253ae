"""The calls about tasks: a lesson is ordered, followed, waited for, cancelled and asked for anew."""

from typing import Literal, TypedDict, Unpack

from pathshala_client.asking import by_key, change, get, json_of, segment
from pathshala_client.bodies.lessons import Accepted, LessonOrder, Status
from pathshala_client.bodies.tasks import BulkAnswer, LessonData, TaskChange, TaskEntry, TaskEvent, TaskList, TaskStatus
from pathshala_client.faults import TaskFailed
from pathshala_client.following import Following
from pathshala_client.steps import Call, Flow, Tell, now

EVENTS_MAX = 1_000
FINAL: set[Status] = {"completed", "failed"}


class TaskFilter(TypedDict, total=False):
    """The tasks that are meant: those of a user, or on a subject and topic, which need each other."""

    user_id: str
    subject: str
    topic: str


class TaskSearch(TaskFilter, total=False):
    """The same, and how they stand."""

    status: Literal["pending", "in_progress", "completed", "failed"]


def create(*, idempotency_key: str | None = None, **order: Unpack[LessonOrder]) -> Call[Accepted]:
    """Order a lesson. However often it has to be sent, it is one order, by its Idempotency-Key."""
    accepted: Accepted = yield from json_of(change("POST", "/lessons", body=order, headers=by_key(idempotency_key)))
    return accepted


def task(task_id: str) -> Call[TaskStatus]:
    """Read where a task stands."""
    status: TaskStatus = yield from json_of(get(path_of(task_id)))
    return status


def changes(task_id: str) -> Flow[TaskChange]:
    """Tell the present state of a task, then each change, until it has ended. Restarts of the house are waited for."""
    following = _following(task_id)
    while True:
        state: TaskChange = yield from following.next()
        yield Tell(state)
        if state["status"] in FINAL:
            return


def wait(task_id: str, *, timeout: float | None = None) -> Call[LessonData]:
    """Wait for the lesson of a task, for `timeout` seconds at the most.

    Raises TaskFailed with the reason and, where there is one, an order that would do; StillRunning when time is over.
    """
    until = None if timeout is None else (yield from now()) + timeout
    following = _following(task_id, until)
    while True:
        state: TaskChange = yield from following.next()
        if state["status"] in FINAL:
            break
    ended = yield from task(task_id)
    if ended["lesson_data"] is None:
        raise TaskFailed(ended)
    return ended["lesson_data"]


def cancel(task_id: str) -> Call[TaskStatus]:
    """End a task: it has failed then, with the code `cancelled`."""
    status: TaskStatus = yield from json_of(change("DELETE", path_of(task_id)))
    return status


def retry(task_id: str) -> Call[Accepted]:
    """Ask anew for the lesson of a failed task, by a task of its own; asked twice, by the same one."""
    accepted: Accepted = yield from json_of(change("POST", f"{path_of(task_id)}/retry"))
    return accepted


def events(task_id: str, *, after: int = 0, recordings: bool = False) -> Flow[TaskEvent]:
    """Tell the log of a task, behind a position; with `recordings`, also what services outside were asked and said."""
    while True:
        page: list[TaskEvent] = yield from json_of(
            get(f"{path_of(task_id)}/events", after=after, recordings=recordings or None)
        )
        for event in page:
            yield Tell(event)
            after = event["position"]
        if not page:
            return


def tasks(*, limit: int | None = None, cursor: str | None = None, **search: Unpack[TaskSearch]) -> Call[TaskList]:
    """Read a page of the tasks that are kept, newest first, with how many there are of each status."""
    page: TaskList = yield from json_of(get("/lessons/tasks", limit=limit, cursor=cursor, **search))
    return page


def each_task(**search: Unpack[TaskSearch]) -> Flow[TaskEntry]:
    """Tell of all tasks that are kept, newest first, page by page."""
    cursor = None
    while True:
        page = yield from tasks(cursor=cursor, **search)
        for entry in page["tasks"]:
            yield Tell(entry)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def cancel_tasks(*, confirm: int | None = None, **which: Unpack[TaskFilter]) -> Call[BulkAnswer]:
    """Count the unfinished tasks that match; cancel them if `confirm` is their count."""
    found: BulkAnswer = yield from json_of(
        change("DELETE", "/lessons/tasks", {"confirm": confirm, **which}, is_repeatable=confirm is None)
    )
    return found


def retry_tasks(
    *, confirm: int | None = None, error_code: str | None = None, **which: Unpack[TaskFilter]
) -> Call[BulkAnswer]:
    """Count the failed tasks that match; ask for their lessons anew if `confirm` is their count."""
    query = {"confirm": confirm, "error_code": error_code, **which}
    found: BulkAnswer = yield from json_of(change("POST", "/lessons/tasks/retry", query, is_repeatable=confirm is None))
    return found


def path_of(task_id: str) -> str:
    """The address of a task's status."""
    return f"/lessons/status/{segment(task_id)}"


def _following(task_id: str, until: float | None = None) -> Following:
    path = path_of(task_id)
    return Following(path, f"{path}/stream", until)
