"""The calls about class sets: many lessons by one order, watched, mended and packed as one."""

from typing import Literal, TypedDict, Unpack

from pathshala_client.asking import by_key, change, get, json_of, query_of, segment
from pathshala_client.bodies.class_sets import (
    ClassSetAccepted,
    ClassSetHead,
    ClassSetItem,
    ClassSetList,
    ClassSetOrder,
    ClassSetStatus,
    ItemOrder,
)
from pathshala_client.bodies.tasks import BulkAnswer
from pathshala_client.calls.lessons import LessonFile, file_of
from pathshala_client.following import Following
from pathshala_client.steps import Call, Flow, Request, Tell, now

PATH = "/class-sets"
PackFormat = Literal["zip", "imscc", "gift"]


class TableOrder(TypedDict, total=False):
    """An order that is a table: whose it is, what to call it, and what its language models may take."""

    user_id: str
    title: str
    calls_max: int
    cost_max: float


def create_class_set(*, idempotency_key: str | None = None, **order: Unpack[ClassSetOrder]) -> Call[ClassSetAccepted]:
    """Order many lessons at once. Rows that cannot be ordered harm no other, and stand under `refused`."""
    accepted: ClassSetAccepted = yield from json_of(change("POST", PATH, body=order, headers=by_key(idempotency_key)))
    return accepted


def create_class_set_of_table(
    table: bytes, *, idempotency_key: str | None = None, **order: Unpack[TableOrder]
) -> Call[ClassSetAccepted]:
    """Order the lessons of a table as a spreadsheet saves it: its first row names the columns."""
    headers = {"Content-Type": "text/csv", **by_key(idempotency_key)}
    accepted: ClassSetAccepted = yield from json_of(Request("POST", PATH, query_of(order), headers, table))
    return accepted


def class_set(set_id: str) -> Call[ClassSetStatus]:
    """Read how a class set stands, row by row."""
    status: ClassSetStatus = yield from json_of(get(path_of(set_id)))
    return status


def class_sets(
    *, user_id: str | None = None, limit: int | None = None, cursor: str | None = None
) -> Call[ClassSetList]:
    """Read a page of class sets, newest first."""
    page: ClassSetList = yield from json_of(get(PATH, user_id=user_id, limit=limit, cursor=cursor))
    return page


def each_class_set(*, user_id: str | None = None) -> Flow[ClassSetHead]:
    """Tell of all class sets that are kept, newest first, page by page."""
    cursor = None
    while True:
        page = yield from class_sets(user_id=user_id, cursor=cursor)
        for head in page["class_sets"]:
            yield Tell(head)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def class_set_changes(set_id: str) -> Flow[ClassSetStatus]:
    """Tell how a class set stands, and again at each change, until it has ended."""
    following = Following(path_of(set_id))
    while True:
        state: ClassSetStatus = yield from following.next()
        yield Tell(state)
        if state["status"] == "finished":
            return


def wait_for_class_set(set_id: str, *, timeout: float | None = None) -> Call[ClassSetStatus]:
    """Wait until a class set has ended, for `timeout` seconds at the most. Raises StillRunning when time is over.

    Rows may have failed: `counts` says how many, and each says why.
    """
    following = Following(path_of(set_id), until=None if timeout is None else (yield from now()) + timeout)
    while True:
        state: ClassSetStatus = yield from following.next()
        if state["status"] == "finished":
            return state


def cancel_class_set(set_id: str) -> Call[ClassSetStatus]:
    """Order no more of a class set, and cancel what is unfinished. Lessons stay."""
    status: ClassSetStatus = yield from json_of(change("DELETE", path_of(set_id)))
    return status


def retry_class_set(set_id: str, *, confirm: int | None = None) -> Call[BulkAnswer]:
    """Count the rows that failed or were not ordered any more; order them anew if `confirm` is their count."""
    found: BulkAnswer = yield from json_of(
        change("POST", f"{path_of(set_id)}/retry", {"confirm": confirm}, is_repeatable=confirm is None)
    )
    return found


def mend_class_set_row(set_id: str, row: int, **order: Unpack[ItemOrder]) -> Call[ClassSetItem]:
    """Order a row that was refused or failed by another order: by that of its suggestion, say."""
    item: ClassSetItem = yield from json_of(
        change("POST", f"{path_of(set_id)}/items/{row}", body=order, is_repeatable=False)
    )
    return item


def class_set_pack(
    set_id: str,
    format: PackFormat = "zip",  # noqa: A002 - as the API calls it
    *,
    approved: bool = False,
) -> Call[LessonFile]:
    """Read all completed lessons of a class set as one file, each in its newest version, or its newest approved one."""
    return (yield from file_of(get(f"{path_of(set_id)}/pack", format=format, approved=approved or None)))


def path_of(set_id: str) -> str:
    """The address of a class set."""
    return f"{PATH}/{segment(set_id)}"
