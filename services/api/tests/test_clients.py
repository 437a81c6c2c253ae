"""The clients have the types and problems of the description, and a method for each operation but an operator's."""

from collections.abc import Mapping
from typing import Any

import pytest

from pathshala_client.house import Operations
from pathshala_client.operation import Operation, Series
from services.api.tests.documents import operations
from tests.documents.client_bodies import PLACES, files

METHODS = {
    "create_lesson": "create",
    "get_task": "task",
    "stream_task": "changes",
    "cancel_task": "cancel",
    "retry_task": "retry",
    "list_task_events": "events",
    "list_tasks": "tasks",
    "cancel_tasks": "cancel_tasks",
    "retry_tasks": "retry_tasks",
    "list_editions": "lessons",
    "get_lesson": "lesson",
    "get_proof": "proof",
    "pack_lessons": "pack",
    "list_versions": "versions",
    "create_version": "edit",
    "check_draft": "check",
    "rewrite_part": "rewrite",
    "roll_back_lesson": "roll_back",
    "diff_versions": "diff",
    "set_approval": "approve",
    "rate_version": "rate",
    "list_ratings": "ratings",
    "create_class_set": "create_class_set",
    "list_class_sets": "class_sets",
    "get_class_set": "class_set",
    "cancel_class_set": "cancel_class_set",
    "pack_class_set": "class_set_pack",
    "retry_class_set": "retry_class_set",
    "mend_class_set_item": "mend_class_set_row",
    "get_session": "session",
}
LEFT_OUT = {
    "stream_tasks": "for pages that show all of a user's tasks; request() gives none of it, since it has no end",
    "stream_class_set": "its events have the rows that changed; a long poll has the whole set, and is as quick",
    "create_session": "a browser's",
    "delete_session": "a browser's",
    "create_stream_token": "for an EventSource, which can send no key",
}


@pytest.mark.asyncio(loop_scope="module")
async def test_types_and_problems_are_what_the_description_says(document: Mapping[str, Any]) -> None:
    expected = files(document)
    assert [path.name for path, text in expected.items() if path.read_text() != text] == [], "run scripts/clients"


@pytest.mark.asyncio(loop_scope="module")
async def test_each_operation_has_a_method(document: dict[str, Any]) -> None:
    tags = set[str]().union(*PLACES.values())
    described = {said["operationId"] for *_, said in operations(document) if tags & set(said["tags"])}
    assert described == METHODS.keys() | LEFT_OUT.keys()
    assert [name for name in METHODS.values() if not isinstance(vars(Operations)[name], Operation | Series)] == []
