"""/openapi.json: it can be followed, promises what is kept, and shows examples."""

from typing import Any

import pytest
from pydantic import BaseModel

from pathshala_api import access_schemas, class_set_schemas, schemas, version_schemas
from pathshala_api.examples import EXAMPLES
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.problem_descriptions import ProblemBody
from services.api.tests.documents import operations, parts
from services.api.tests.given import Api, an_order

OPERATIONS = {
    ("post", "/lessons"): "create_lesson",
    ("post", "/lessons/rewrites"): "rewrite_part",
    ("get", "/lessons/status/{task_id}"): "get_task",
    ("get", "/lessons/status/{task_id}/events"): "list_task_events",
    ("get", "/lessons/status/{task_id}/stream"): "stream_task",
    ("get", "/lessons/stream"): "stream_tasks",
    ("delete", "/lessons/status/{task_id}"): "cancel_task",
    ("post", "/lessons/status/{task_id}/retry"): "retry_task",
    ("get", "/lessons/tasks"): "list_tasks",
    ("delete", "/lessons/tasks"): "cancel_tasks",
    ("post", "/lessons/tasks/retry"): "retry_tasks",
    ("get", "/operator/dead-letters"): "list_dead_letters",
    ("get", "/operator/dead-letters/{letter_id}"): "get_dead_letter",
    ("post", "/operator/dead-letters/redrive"): "redrive_dead_letters",
    ("delete", "/operator/dead-letters"): "drop_dead_letters",
    ("get", "/operator/queues"): "list_queues",
    ("get", "/operator/circuits"): "list_circuits",
    ("get", "/operator/generators"): "list_generators",
    ("get", "/operator/writing"): "get_writing",
    ("put", "/operator/writing"): "set_writing",
    ("get", "/operator/doctor"): "examine_house",
    ("get", "/operator/settings"): "list_settings",
    ("get", "/operator/pulse"): "get_pulse",
    ("post", "/operator/tasks/{task_id}/replay"): "replay_task",
    ("post", "/operator/webhooks/{task_id}/redeliver"): "redeliver_webhook",
    ("get", "/lessons"): "list_editions",
    ("get", "/lessons/versions"): "list_versions",
    ("post", "/lessons/versions"): "create_version",
    ("post", "/lessons/check"): "check_draft",
    ("post", "/lessons/rollback"): "roll_back_lesson",
    ("get", "/lessons/diff"): "diff_versions",
    ("put", "/lessons/approval"): "set_approval",
    ("put", "/lessons/rating"): "rate_version",
    ("get", "/lessons/ratings"): "list_ratings",
    ("get", "/lessons/proof"): "get_proof",
    ("post", "/lessons/pack"): "pack_lessons",
    ("get", "/lessons/{subject}/{topic}"): "get_lesson",
    ("get", "/session"): "get_session",
    ("post", "/session"): "create_session",
    ("delete", "/session"): "delete_session",
    ("post", "/lessons/status/{task_id}/stream-token"): "create_stream_token",
    ("get", "/operator/keys"): "list_keys",
    ("post", "/operator/keys"): "create_key",
    ("delete", "/operator/keys/{key_id}"): "revoke_key",
    ("post", "/class-sets"): "create_class_set",
    ("get", "/class-sets"): "list_class_sets",
    ("get", "/class-sets/{set_id}"): "get_class_set",
    ("delete", "/class-sets/{set_id}"): "cancel_class_set",
    ("get", "/class-sets/{set_id}/pack"): "pack_class_set",
    ("get", "/class-sets/{set_id}/stream"): "stream_class_set",
    ("post", "/class-sets/{set_id}/retry"): "retry_class_set",
    ("post", "/class-sets/{set_id}/items/{row}"): "mend_class_set_item",
    ("get", "/health/live"): "get_liveness",
    ("get", "/health/ready"): "get_readiness",
}
NO_CONTENT = "204"
FILES = {
    "get_lesson": {"application/json", *(one.media_type for one in LessonFormat)},
    "pack_lessons": {"application/vnd.ims.imsccv1p3", "text/x-gift"},
    "pack_class_set": {"application/zip", "application/vnd.ims.imsccv1p3", "text/x-gift"},
}
"""The media types of answers that may be files."""

SUCCESSES = {
    "create_version": "201",
    "roll_back_lesson": "201",
    "check_draft": "200",
    "replay_task": "200",
    "pack_lessons": "200",
    "create_session": "200",
    "delete_session": NO_CONTENT,
    "create_stream_token": "200",
    "create_key": "201",
    "revoke_key": NO_CONTENT,
}
MODELS: list[type[BaseModel]] = [
    schemas.LessonOrder,
    schemas.RewriteOrder,
    schemas.Accepted,
    schemas.TaskStatus,
    schemas.TaskChange,
    schemas.TaskList,
    schemas.BulkAnswer,
    schemas.TaskEvent,
    schemas.LessonVersion,
    schemas.PupilVersion,
    schemas.LessonProof,
    schemas.PackOrder,
    version_schemas.VersionList,
    schemas.ChangedVersion,
    version_schemas.VersionEdit,
    version_schemas.DraftEdit,
    version_schemas.CheckedDraft,
    version_schemas.RollBack,
    version_schemas.ApprovalOrder,
    version_schemas.RatingOrder,
    version_schemas.VersionReview,
    version_schemas.RatingList,
    version_schemas.VersionDiff,
    schemas.EditionList,
    access_schemas.KeyOrder,
    access_schemas.NewKey,
    access_schemas.KeyList,
    access_schemas.SessionBody,
    access_schemas.StreamToken,
    ProblemBody,
    class_set_schemas.ClassSetOrder,
    class_set_schemas.ClassSetAccepted,
    class_set_schemas.ClassSetStatus,
    class_set_schemas.ClassSetList,
    class_set_schemas.ItemOrder,
    class_set_schemas.ClassSetItem,
]


def test_it_describes_every_path_and_no_other(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"]
    assert document["info"]["version"]
    described = {(method, path): operation["operationId"] for method, path, operation in operations(document)}
    assert described == OPERATIONS


def test_it_describes_what_a_callback_url_is_sent(document: dict[str, Any]) -> None:
    sent = document["webhooks"]["task_ended"]["post"]
    body = sent["requestBody"]["content"]["application/json"]["schema"]
    assert (
        body
        == document["paths"]["/lessons/status/{task_id}"]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
    )
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} == {each["name"] for each in sent["parameters"]}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)]

    assert references
    for reference in references:
        node = document
        assert reference.startswith("#/")
        for step in reference[2:].split("/"):
            node = node[step]


def test_no_schema_is_left_that_nobody_refers_to(document: dict[str, Any]) -> None:
    used = {part["$ref"].rpartition("/")[2] for part in parts(document) if isinstance(part.get("$ref"), str)}

    assert document["components"]["schemas"].keys() == used


def test_it_never_promises_a_422(document: dict[str, Any]) -> None:
    assert "422" not in str(document)
    assert "ValidationError" not in str(document)


def test_every_answer_is_described(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        success = SUCCESSES.get(operation["operationId"], "202" if method == "post" else "200")
        assert {success, "4XX", "5XX"} <= operation["responses"].keys(), path
        if success == NO_CONTENT:
            continue
        if operation["operationId"] in FILES:
            content = operation["responses"][success]["content"]
            assert content.keys() == FILES[operation["operationId"]]
            assert all(said["schema"] for said in content.values())
            continue
        kind, schema = (
            ("text/event-stream", "itemSchema") if path.endswith("stream") else ("application/json", "schema")
        )
        assert operation["responses"][success]["content"].keys() == {kind}
        assert operation["responses"][success]["content"][kind][schema]
        for errors in ("4XX", "5XX"):
            described = operation["responses"][errors]
            assert described["description"]
            assert described["content"].keys() == {"application/problem+json"}
        assert operation["description"]
        assert operation["operationId"]


def test_operation_ids_differ(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(set(ids)) == len(ids)


def test_every_placeholder_of_a_path_is_a_parameter(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        named = {part["name"] for part in operation.get("parameters", []) if part["in"] == "path"}
        assert named == {piece.partition("}")[0] for piece in path.split("{")[1:]}


def test_the_accepting_answer_names_its_headers(document: dict[str, Any]) -> None:
    accepted = document["paths"]["/lessons"]["post"]["responses"]["202"]

    assert accepted["headers"].keys() == {"Location", "Retry-After"}


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    assert {model.__name__ for model in MODELS} == EXAMPLES.keys()
    for name, example in EXAMPLES.items():
        assert document["components"]["schemas"][name]["examples"] == [example]


def test_it_says_which_levels_there_are_and_how_a_language_is_named(document: dict[str, Any]) -> None:
    described = document["components"]["schemas"]
    order = described["LessonOrder"]["properties"]

    assert described["Level"]["enum"] == ["primary", "middle", "secondary", "adult"]
    assert (order["level"]["$ref"], order["level"]["default"]) == ("#/components/schemas/Level", "middle")
    assert "6 to 10" in order["level"]["description"]
    assert "BCP 47" in order["language"]["description"]
    for field in ("language", "level"):
        for example in order[field]["examples"]:
            schemas.LessonOrder.model_validate(EXAMPLES["LessonOrder"] | {field: example})


@pytest.mark.parametrize("model", MODELS)
def test_an_example_is_what_its_schema_says(model: type[BaseModel]) -> None:
    example = EXAMPLES[model.__name__]

    assert model.model_validate(example).model_dump(mode="json", exclude_unset=True) == example


async def test_real_answers_have_the_fields_that_are_described(api: Api) -> None:
    described = (await api.client.get("/openapi.json")).json()["components"]["schemas"]
    await api.a_lesson("english", "verbs")
    task_id = await api.a_lesson("english", "verbs")
    answers = {
        "TaskStatus": f"/lessons/status/{task_id}",
        "TaskList": "/lessons/tasks",
        "LessonVersion": "/lessons/english/verbs",
        "LessonProof": "/lessons/proof?subject=english&topic=verbs",
        "VersionList": "/lessons/versions?subject=english&topic=verbs",
        "EditionList": "/lessons",
        "Readiness": "/health/ready",
    }
    for name, path in answers.items():
        assert (await api.client.get(path)).json().keys() == described[name]["properties"].keys(), name
    [event, *_] = (await api.client.get(f"/lessons/status/{task_id}/events")).json()
    assert event.keys() == described["TaskEvent"]["properties"].keys()
    accepted = await api.client.post("/lessons", json=an_order(colour="red"))
    assert accepted.json().keys() == described["Accepted"]["properties"].keys()
    refused = await api.client.post("/lessons", json={})
    assert refused.json().keys() == described["ProblemBody"]["properties"].keys()
