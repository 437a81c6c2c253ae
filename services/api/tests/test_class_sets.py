"""Class sets over HTTP: ordered as JSON or as a table, watched, mended, cancelled, retried, within ceilings."""

import asyncio
import codecs
import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_api.class_sets.ordering import BEGUN_MAX, UNFINISHED_MAX
from pathshala_api.paper.stamp import stamps_in
from pathshala_common.contract.access_key import Role
from pathshala_common.contract.class_set import RowAsked, RowOrder, RowRefusal, SetRow, set_id_of
from pathshala_common.contract.events import ClassSetRequested, ProviderAnswered
from pathshala_common.contract.lesson import SuggestedOrder, Suggestion, whole_milliseconds
from pathshala_common.contract.provider_call import ProviderCall
from services.api.tests.given import Api, MovableClock, an_api
from services.api.tests.keyed import a_key, a_keyed_api, bearer
from tests.waiting import until_so

TABLE = 'Subject;Topic;Level;Language;Room\r\nenglish;verbs;Middle;en;7b\r\n\r\nenglish;"nouns; and names";;;\r\n'
ANSWER = '{"usage": {"prompt_tokens": 900, "completion_tokens": 100}}'


def lessons(count: int) -> list[dict[str, str]]:
    return [{"subject": "english", "topic": f"topic {number}"} for number in range(count)]


async def order(api: Api, *rows: dict[str, Any], **more: Any) -> str:
    """Order a class set; returns its id."""
    answer = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": list(rows), **more})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["set_url"]
    return str(answer.json()["set_id"])


async def shown(api: Api, set_id: str) -> dict[str, Any]:
    answer = await api.client.get(f"/class-sets/{set_id}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def when(api: Api, set_id: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until a set stands so; returns how."""
    found: dict[str, Any] = {}

    async def stands() -> bool:
        found.update(await shown(api, set_id))
        return reached(found)

    await until_so(stands)
    return found


def counted(**expected: int) -> Callable[[dict[str, Any]], bool]:
    return lambda body: {status: count for status, count in body["counts"].items() if count} == expected


def tasks(body: dict[str, Any], status: str = "pending") -> list[str]:
    return [item["task_id"] for item in body["items"] if item["status"] == status]


async def call_a_model(api: Api, task_id: str, attempt: int = 1) -> None:
    call = ProviderCall.recorded("openai", "{}", seconds=1, status=200, answer=ANSWER)
    await api.record(ProviderAnswered(task_id=task_id, attempt=attempt, service="generator", call=call))


async def test_a_set_is_accepted_at_once_and_each_of_its_rows_becomes_an_ordinary_task(api: Api) -> None:
    set_id = await order(api, *lessons(3), title="Class 7b")

    body = await when(api, set_id, counted(pending=3))
    for task_id in tasks(body):
        await api.complete(task_id)
    done = await when(api, set_id, lambda body: body["status"] == "finished")

    assert [item["version"] for item in done["items"]] == ["1.0"] * 3
    assert (done["percent"], done["title"], done["counts"]["completed"]) == (100, "Class 7b", 3)
    for item in done["items"]:
        assert (await api.client.get(item["lesson_url"])).status_code == 200
    request = await api.request(done["items"][0]["task_id"])
    assert (request.user_id, request.class_set) == ("asha", set_id)


async def test_rows_that_cannot_be_ordered_are_named_with_what_would_do_and_harm_no_other(api: Api) -> None:
    rows = [
        {"subject": "english", "topic": "verbs"},
        {"subject": "maths/science", "topic": "light", "language": "Hindi", "level": "secundary"},
        {"subject": "English", "topic": " Verbs "},
        {"subject": "english", "topic": "\u200b"},
        {"subject": "status", "topic": "of matter"},
    ]
    answer = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": rows, "colour": "red"})

    body = answer.json()
    assert (answer.status_code, body["accepted"]) == (202, 1)
    assert body["warnings"] == ["'colour' is no field of a class set: ignored"]
    refused = {one["row"]: one for one in body["refused"]}
    assert refused.keys() == {2, 3, 4, 5}
    assert {one["error_code"] for one in refused.values()} == {"invalid_row", "duplicate_row"}
    suggested = {row: one["suggestion"] and one["suggestion"]["order"] for row, one in refused.items()}
    assert suggested[2] == {
        "subject": "maths and science",
        "topic": "light",
        "user_id": "asha",
        "include_wikipedia": True,
        "language": "hi",
        "level": "secondary",
    }
    assert (suggested[3]["topic"], suggested[3]["level"]) == ("Verbs", "primary")
    assert suggested[4] is None
    assert suggested[5]["subject"] == "the status"
    for row, wanted in suggested.items():
        if wanted:
            mended = await api.client.post(f"/class-sets/{body['set_id']}/items/{row}", json=wanted)
            assert mended.status_code == 202, mended.text
    assert (await when(api, body["set_id"], counted(pending=4, refused=1)))["items"][3]["error_code"] == "invalid_row"


@pytest.mark.parametrize("written", [
    TABLE.encode(),
    codecs.BOM_UTF8 + TABLE.encode(),
    TABLE.replace(";", "\t").replace("\t and", "; and").encode("utf-16"),
    TABLE.replace("; and", " AND").replace(";", ",").replace(" AND", "; and").replace("\r\n", "\n").encode(),
])  # fmt: skip
async def test_a_table_is_read_as_spreadsheets_save_it(api: Api, written: bytes) -> None:
    answer = await api.client.post(
        "/class-sets?user_id=asha&title=7b", content=written, headers={"Content-Type": "text/csv; charset=utf-8"}
    )

    assert answer.status_code == 202, answer.text
    assert answer.json()["refused"] == []
    assert answer.json()["warnings"] == ["'room' is no column of a class set: ignored"]
    found = await shown(api, answer.json()["set_id"])
    assert [(item["row"], item["topic"], item["level"]) for item in found["items"]] == [
        (2, "verbs", "middle"),
        (4, "nouns; and names", "middle"),
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("subject,topic\nenglish,caf\u00e9\n".encode("latin-1"), "line 2"),
        (b"", "empty"),
        (b"subject,topic\n", "0 lessons"),
        (b"topic,level\nverbs,middle\n", "subject is missing"),
        (b'subject,topic\nenglish,"verbs\n', "no CSV"),
        (b"subject,topic\n" + b"english,verbs\n" * 501, "501 lessons"),
        ("subject,topic".encode("utf-16-le"), "null bytes"),
    ],
)
async def test_what_is_no_table_is_refused_and_says_what_to_do(api: Api, written: bytes, said: str) -> None:
    answer = await api.client.post("/class-sets?user_id=asha", content=written, headers={"Content-Type": "text/csv"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert said in answer.json()["detail"]


async def test_an_order_of_five_hundred_is_taken_and_one_more_is_not(api: Api) -> None:
    many = {"user_id": "asha", "lessons": lessons(500)}

    assert (await api.client.post("/class-sets", json=many)).json()["accepted"] == 500
    more = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": lessons(501)})
    assert (more.status_code, more.json()["errors"][0]["field"]) == (400, "lessons")
    huge = await api.client.post("/class-sets", content=b"x" * 600_000, headers={"Content-Type": "text/csv"})
    assert huge.status_code == 413


async def test_the_same_key_gives_the_same_set_and_another_order_with_it_is_refused(api: Api) -> None:
    body, key = {"user_id": "asha", "lessons": lessons(2)}, {"Idempotency-Key": "7b"}

    answers = await asyncio.gather(*(api.client.post("/class-sets", json=body, headers=key) for _ in range(5)))
    other = await api.client.post("/class-sets", json={**body, "lessons": lessons(3)}, headers=key)

    assert {answer.json()["set_id"] for answer in answers} == {answers[0].json()["set_id"]}
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len((await api.client.get("/class-sets?user_id=asha")).json()["class_sets"]) == 1


async def test_the_same_key_gives_the_set_that_another_release_made_however_it_refused_a_row(api: Api) -> None:
    rows = [{"subject": "english", "topic": "verbs"}, {"subject": "english", "topic": "nouns", "level": "secundary"}]
    refused = SetRow(
        row=2,
        asked=RowAsked(subject="english", topic="nouns", level="secundary"),
        refusal=RowRefusal(code="invalid_row", message="In the words of another release."),
    )
    ordered = SetRow(row=1, order=RowOrder(subject="english", topic="verbs"), tries=1)
    set_id = set_id_of("asha", "7b")
    await api.record(
        ClassSetRequested(
            task_id=set_id, user_id="asha", rows=(ordered, refused), requested_at=whole_milliseconds(api.clock.now())
        )
    )
    key = {"Idempotency-Key": "7b"}

    again = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": rows}, headers=key)
    rows[1]["level"] = "midle"
    other = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": rows}, headers=key)

    assert (again.status_code, again.json()["set_id"]) == (202, set_id)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_no_more_of_a_set_is_on_its_way_than_there_is_room_for(api: Api) -> None:
    set_id = await order(api, *lessons(UNFINISHED_MAX + 10))

    body = await when(api, set_id, counted(pending=UNFINISHED_MAX, waiting=10))
    [first, *_] = tasks(body)
    await api.complete(first)

    await when(api, set_id, counted(completed=1, pending=UNFINISHED_MAX, waiting=9))


async def test_who_waits_is_answered_when_something_changes_and_who_has_it_is_told_so(api: Api) -> None:
    set_id = await order(api, *lessons(1))
    body = await when(api, set_id, counted(pending=1))
    first = await api.client.get(f"/class-sets/{set_id}")
    tag = {"If-None-Match": first.headers["etag"]}

    unchanged = await api.client.get(f"/class-sets/{set_id}", headers=tag)
    waiting = asyncio.create_task(api.client.get(f"/class-sets/{set_id}", headers={**tag, "Prefer": "wait=30"}))
    await api.complete(tasks(body)[0])
    told = await waiting

    assert unchanged.status_code == 304
    assert (told.status_code, told.headers["preference-applied"]) == (200, "wait=30")
    assert told.json()["counts"]["completed"] == 1


async def test_a_set_is_known_when_its_tasks_are_forgotten(tmp_path: Path) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, clock=clock) as api:
        set_id = await order(api, *lessons(2))
        done, lost = tasks(await when(api, set_id, counted(pending=2)))
        await api.complete(done)
        await api.fail(lost)
        before = await when(api, set_id, lambda body: body["status"] == "finished")
    clock.ahead = timedelta(hours=2)
    async with an_api(tmp_path, clock=clock) as api:
        await api.store.delete_finished(clock.now(), limit=10)
        assert await api.store.task(done) is None
        after = await shown(api, set_id)
        clock.ahead = timedelta(days=31)
        forgotten = await api.client.get(f"/class-sets/{set_id}")

    assert after == before
    assert after["items"][1]["error_code"] == "writer_refused"
    assert (forgotten.status_code, forgotten.json()["code"]) == (404, "class_set_not_found")


async def test_a_failed_row_is_mended_by_the_order_that_was_suggested_and_only_such_a_row(api: Api) -> None:
    set_id = await order(api, *lessons(2))
    body = await when(api, set_id, counted(pending=2))
    first, second = tasks(body)
    wanted = SuggestedOrder(
        subject="english", topic="nouns", user_id="asha", include_wikipedia=True, language="en", level="middle"
    )
    await api.complete(first)
    await api.fail_suggesting(second, Suggestion(words="Try nouns.", order=wanted))
    body = await when(api, set_id, lambda body: body["status"] == "finished")

    suggested = body["items"][1]["suggestion"]["order"]
    mended = await api.client.post(f"/class-sets/{set_id}/items/2", json=suggested)
    again = await api.client.post(f"/class-sets/{set_id}/items/2", json=suggested)
    refused = await api.client.post(f"/class-sets/{set_id}/items/1", json=suggested | {"topic": "articles"})
    twice = await api.client.post(f"/class-sets/{set_id}/items/2", json=suggested | {"topic": "topic 0"})
    missing = await api.client.post(f"/class-sets/{set_id}/items/9", json=suggested)

    assert (mended.status_code, mended.json()["topic"]) == (202, "nouns")
    assert (again.status_code, again.json()["topic"]) == (202, "nouns")
    assert [(one.status_code, one.json()["code"]) for one in (refused, twice, missing)] == [
        (409, "row_not_failed"),
        (409, "row_not_failed"),
        (404, "row_not_found"),
    ]
    body = await when(api, set_id, counted(completed=1, pending=1))
    assert body["status"] == "running"
    assert tasks(body) != [second]
    await api.complete(tasks(body)[0])
    await when(api, set_id, lambda body: body["status"] == "finished" and body["counts"]["completed"] == 2)


async def test_a_cancelled_set_orders_no_more_and_a_retry_orders_what_has_no_lesson(api: Api) -> None:
    set_id = await order(api, *lessons(UNFINISHED_MAX + 2))
    body = await when(api, set_id, counted(pending=UNFINISHED_MAX, waiting=2))
    await api.complete(tasks(body)[0])

    cancelled = await api.client.delete(f"/class-sets/{set_id}")
    assert cancelled.json()["stopped"]["code"] == "cancelled"
    body = await when(api, set_id, lambda body: body["status"] == "finished")
    assert body["counts"]["completed"] == 1
    assert body["counts"]["completed"] + body["counts"]["failed"] + body["counts"]["refused"] == len(body["items"])
    count = (await api.client.post(f"/class-sets/{set_id}/retry")).json()["matched"]
    wrong = await api.client.post(f"/class-sets/{set_id}/retry?confirm={count - 1}")
    done = await api.client.post(f"/class-sets/{set_id}/retry?confirm={count}")

    assert (count, wrong.json()["code"], done.json()["done"]) == (UNFINISHED_MAX + 1, "count_changed", count)
    await when(api, set_id, lambda body: body["counts"]["pending"] == UNFINISHED_MAX and body["stopped"] is None)


async def test_a_set_that_reaches_its_ceiling_orders_no_more_and_says_so(api: Api) -> None:
    set_id = await order(api, *lessons(9), calls_max=7)
    body = await when(api, set_id, counted(pending=BEGUN_MAX, waiting=9 - BEGUN_MAX))

    for task_id in tasks(body):
        await call_a_model(api, task_id)
        await call_a_model(api, task_id, attempt=2)
        await api.complete(task_id)
    done = await when(api, set_id, lambda body: body["status"] == "finished")

    assert (done["counts"]["completed"], done["counts"]["refused"]) == (BEGUN_MAX, 9 - BEGUN_MAX)
    assert done["stopped"]["code"] == done["items"][-1]["error_code"] == "set_ceiling_reached"
    assert (done["ceiling"]["calls"], done["ceiling"]["calls_left"]) == (8, 0)


async def test_at_the_ceiling_of_a_month_orders_are_answered_402_with_what_is_left_until_it_turns(
    tmp_path: Path,
) -> None:
    async with an_api(tmp_path, user_month_cost_max=0.003, price_prompt=1.0, price_completion=1.0) as api:
        set_id = await order(api, *lessons(9))
        body = await when(api, set_id, counted(pending=BEGUN_MAX, waiting=9 - BEGUN_MAX))
        for task_id in tasks(body):
            await call_a_model(api, task_id)
            await api.complete(task_id)
        done = await when(api, set_id, lambda body: body["status"] == "finished")
        one = await api.client.post("/lessons", json={"user_id": "asha", "subject": "english", "topic": "verbs"})
        other = await api.client.post("/lessons", json={"user_id": "ravi", "subject": "english", "topic": "verbs"})
        more = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": lessons(1)})
        api.clock.ahead = timedelta(days=32)
        later = await api.client.post("/lessons", json={"user_id": "asha", "subject": "english", "topic": "verbs"})

    assert done["stopped"]["code"] == "user_ceiling_reached"
    assert done["ceiling"]["cost"] == 0.004
    assert [(answer.status_code, answer.json()["code"]) for answer in (one, more)] == [(402, "ceiling_reached")] * 2
    assert (one.json()["cost_left"], one.json()["currency"]) == (0, "USD")
    assert one.json()["turns_at"].endswith("-01T00:00:00.000Z")
    assert (other.status_code, later.status_code) == (202, 202)


async def test_a_pack_has_the_newest_of_all_lessons_and_names_what_is_missing_and_why(api: Api) -> None:
    set_id = await order(api, *lessons(2), {"subject": "a/b", "topic": "light"}, title="Class 7b")
    [first, second] = tasks(await when(api, set_id, counted(pending=2, refused=1)))
    empty = await api.client.get(f"/class-sets/{set_id}/pack")
    await api.complete(first)
    await api.fail(second, message="The model | refused.")
    await api.a_lesson("english", "topic 0")
    await when(api, set_id, lambda body: body["status"] == "finished")

    answer = await api.client.get(f"/class-sets/{set_id}/pack")
    again = await api.client.get(f"/class-sets/{set_id}/pack")
    cartridge = await api.client.get(f"/class-sets/{set_id}/pack?format=imscc")

    assert (empty.status_code, empty.json()["code"]) == (409, "nothing_to_pack")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == again.content
    assert zipfile.ZipFile(io.BytesIO(cartridge.content)).testzip() is None
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        assert set(pack.namelist()) == {
            "README.md",
            *(f"001-topic-0/{name}" for name in ("pupil.html", "teacher.html", "lesson.md", "questions.gift")),
            "all-questions.gift",
            "all-lessons.imscc",
        }
        text = pack.read("README.md").decode()
        assert pack.read("all-lessons.imscc") == cartridge.content
    assert "1 of 3 lessons" in text
    assert "| 1.1 |" in text
    assert "The model / refused." in text
    assert "subject: must not contain a slash" in text
    assert "a and b" in text


async def test_a_user_has_so_many_open_sets_and_lists_them_newest_first(api: Api) -> None:
    made = [await order(api, *lessons(1)) for _ in range(10)]
    one_more = await api.client.post("/class-sets", json={"user_id": "asha", "lessons": lessons(1)})

    page = (await api.client.get("/class-sets?user_id=asha&limit=6")).json()
    rest = (await api.client.get(f"/class-sets?user_id=asha&limit=6&cursor={page['next_cursor']}")).json()

    assert (one_more.status_code, one_more.json()["code"]) == (429, "too_many_class_sets")
    listed = [one["set_id"] for one in page["class_sets"] + rest["class_sets"]]
    assert set(listed) == set(made)
    assert rest["next_cursor"] is None


async def test_teachers_order_sets_and_nobody_else_learns_of_them(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path) as api:
        teacher = bearer(await a_key(api.store, api, "asha", Role.TEACHER))
        pupil = bearer(await a_key(api.store, api, "ravi", Role.USER))
        other = bearer(await a_key(api.store, api, "mira", Role.TEACHER))
        body = {"user_id": "asha", "lessons": lessons(1)}
        asked: Callable[[dict[str, str]], Awaitable[httpx2.Response]] = lambda headers: api.client.post(  # noqa: E731
            "/class-sets", json=body, headers=headers
        )
        made, refused, foreign = await asked(teacher), await asked(pupil), await asked(other)
        url = made.json()["set_url"]

        assert [(one.status_code, one.json().get("code")) for one in (made, refused, foreign)] == [
            (202, None),
            (403, "role_required"),
            (403, "wrong_user"),
        ]
        assert (await api.client.get(url, headers=teacher)).status_code == 200
        for headers in (pupil, other):
            answer = await api.client.get(url, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "class_set_not_found")
            assert (await api.client.get("/class-sets", headers=headers)).json()["class_sets"] == []


async def test_a_pack_of_approved_versions_has_the_newest_of_these_and_names_the_lessons_that_have_none(
    api: Api,
) -> None:
    set_id = await order(api, *lessons(2))
    for task_id in tasks(await when(api, set_id, counted(pending=2))):
        await api.complete(task_id)
    await api.a_lesson("english", "topic 0")
    pack = f"/class-sets/{set_id}/pack?approved=true"
    nothing = await api.client.get(pack)
    named = {"subject": "english", "topic": "topic 0", "language": "en", "level": "middle", "version": "1.0"}
    await api.client.put("/lessons/approval", params=named, json={"user_id": "tara", "approved": True})

    answer = await api.client.get(pack)
    questions = await api.client.get(f"{pack}&format=gift")

    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_pack")
    assert "approved" in nothing.json()["detail"]
    assert len(stamps_in(questions.text)) == 1
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("README.md").decode()
        assert {name.partition("/")[0] for name in archive.namelist() if "/" in name} == {"001-topic-0"}
    assert "It has 1 of 2 lessons.\nEach is in the newest of its versions that a teacher approved." in text
    assert "| 1.0 | 001-topic-0 |" in text
    assert "| 2 | english: topic 1 | no version of it is approved | have a teacher approve one" in text
