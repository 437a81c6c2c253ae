"""The methods of both clients, once."""

import os

from pathshala_client import calls
from pathshala_client.operation import Operation, Series

VERSION = "0.2.0"
DEFAULT_URL = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 60.0
"""A house that is away, or asks to wait, is waited for so long."""


class Operations:
    """All that can be asked of a house."""

    create = Operation(calls.tasks.create)
    task = Operation(calls.tasks.task)
    wait = Operation(calls.tasks.wait)
    changes = Series(calls.tasks.changes)
    cancel = Operation(calls.tasks.cancel)
    retry = Operation(calls.tasks.retry)
    events = Series(calls.tasks.events)
    tasks = Operation(calls.tasks.tasks)
    each_task = Series(calls.tasks.each_task)
    cancel_tasks = Operation(calls.tasks.cancel_tasks)
    retry_tasks = Operation(calls.tasks.retry_tasks)

    lessons = Operation(calls.lessons.lessons)
    each_lesson = Series(calls.lessons.each_lesson)
    lesson = Operation(calls.lessons.lesson)
    pupil_lesson = Operation(calls.lessons.pupil_lesson)
    proof = Operation(calls.lessons.proof)
    export = Operation(calls.lessons.export)
    pack = Operation(calls.lessons.pack)

    versions = Operation(calls.lessons.versions)
    each_version = Series(calls.lessons.each_version)
    diff = Operation(calls.versions.diff)
    check = Operation(calls.versions.check)
    edit = Operation(calls.versions.edit)
    rewrite = Operation(calls.versions.rewrite)
    roll_back = Operation(calls.versions.roll_back)
    approve = Operation(calls.versions.approve)
    rate = Operation(calls.versions.rate)
    ratings = Operation(calls.versions.ratings)

    create_class_set = Operation(calls.class_sets.create_class_set)
    create_class_set_of_table = Operation(calls.class_sets.create_class_set_of_table)
    class_set = Operation(calls.class_sets.class_set)
    class_sets = Operation(calls.class_sets.class_sets)
    each_class_set = Series(calls.class_sets.each_class_set)
    class_set_changes = Series(calls.class_sets.class_set_changes)
    wait_for_class_set = Operation(calls.class_sets.wait_for_class_set)
    cancel_class_set = Operation(calls.class_sets.cancel_class_set)
    retry_class_set = Operation(calls.class_sets.retry_class_set)
    mend_class_set_row = Operation(calls.class_sets.mend_class_set_row)
    class_set_pack = Operation(calls.class_sets.class_set_pack)

    session = Operation(calls.sessions.session)
    request = Operation(calls.sessions.request)


def address(url: str | None) -> str:
    """Give the address of the house: the one given, or that of PATHSHALA_URL, or that of a house on this machine.

    Raises ValueError for what is no address.
    """
    found = url or os.environ.get("PATHSHALA_URL") or DEFAULT_URL
    if not found.startswith(("http://", "https://")):
        raise ValueError(f"{found} is no http or https address")
    return found.rstrip("/")


def headers(key: str | None) -> dict[str, str]:
    """Give the headers of all requests, with the key that is given, or that of PATHSHALA_KEY."""
    found = key or os.environ.get("PATHSHALA_KEY")
    told = {"Accept": "application/json", "User-Agent": f"pathshala-client/{VERSION}"}
    return {**told, "Authorization": f"Bearer {found}"} if found else told
