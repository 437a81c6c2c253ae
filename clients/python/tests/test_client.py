"""Both clients against a real house."""

import asyncio
from contextlib import aclosing
from typing import assert_type

import pytest

from clients.python.tests.forgetful import forgetful
from pathshala_client import AsyncClient, Client, StillRunning, TaskFailed, Unreachable, problems
from pathshala_client.bodies.lessons import Accepted
from pathshala_client.bodies.tasks import LessonData
from tests.console.pages import paused
from tests.house.houses import House
from tests.servers.loopback import free_port

TABLE = b"subject,topic,level\nenglish,verbs,middle\nenglish,nouns,nobody\n"


def test_it_orders_waits_and_reads(house: Client) -> None:
    ordered = [house.create(subject="english", topic="verbs", user_id="asha", idempotency_key="one") for _ in range(2)]
    assert_type(ordered[0], Accepted)
    assert ordered[0]["task_id"] == ordered[1]["task_id"]

    lesson = house.wait(ordered[0]["task_id"])
    assert_type(lesson, LessonData)
    assert house.lesson("english", "verbs", level="middle")["title"] == lesson["title"]
    assert "answer" not in house.pupil_lesson("english", "verbs")["questions"][0]
    assert [entry["topic"] for entry in house.each_lesson(words="verbs")] == ["verbs"]
    assert [entry["version"] for entry in house.each_version("english", "verbs")] == ["1.0"]
    assert house.proof("english", "verbs")["citations"]
    assert [change["status"] for change in house.changes(ordered[0]["task_id"])] == ["completed"]
    assert [event["position"] for event in house.events(ordered[0]["task_id"])][:2] == [1, 2]
    assert house.tasks(user_id="asha", limit=1)["tasks"] == [next(house.each_task(user_id="asha"))]
    assert house.session()["auth"] == "off"

    file = house.export("english", "verbs", "md", sheet="pupil")
    assert (file.name, file.media_type) == ("verbs-1.0.md", "text/markdown")
    assert lesson["title"].encode() in file.content
    cartridge = house.pack(format="imscc", title="All", lessons=[{"subject": "english", "topic": "verbs"}])
    assert (cartridge.name, cartridge.content[:2]) == ("All.imscc", b"PK")


def test_it_refuses_by_code_and_says_what_would_do(house: Client) -> None:
    with pytest.raises(problems.LessonNotFound, match="no such lesson"):
        house.lesson("no", "lesson/with a slash")
    with pytest.raises(problems.InvalidRequest) as raised:
        house.create(subject="english", topic="", user_id="asha")
    assert raised.value.body["errors"][0]["field"] == "topic"
    refused = house.create(subject="english", topic="verbs", user_id="asha", language="ta")
    with pytest.raises(TaskFailed) as failed:
        house.wait(refused["task_id"])
    assert failed.value.code == "language_unavailable"
    assert failed.value.suggestion is not None
    assert failed.value.suggestion["order"]["language"] == "en"


def test_it_edits_and_none_is_overwritten(house: Client) -> None:
    house.wait(house.create(subject="science", topic="rain", user_id="mira")["task_id"])
    draft = house.check("science", "rain", changes={"title": "Rain"})
    assert draft["edited_fields"] == ["title"]
    edited = house.edit(
        "science", "rain", "1.0", user_id="mira", changes={"title": "Rain"}, note="shorter", level="middle"
    )
    assert (edited["version"], edited["made_of"]["note"]) == ("1.1", "shorter")
    with pytest.raises(problems.VersionChanged) as raised:
        house.edit("science", "rain", "1.0", user_id="ravi", changes={"title": "Water"})
    assert [change["field"] for change in raised.value.body["changes"]] == ["title"]
    assert [change["field"] for change in house.diff("science", "rain", "1.0", "1.1")["changes"]] == ["title"]

    assert house.approve("science", "rain", "1.1", user_id="mira", approved=True)["approved"] is not None
    assert house.rate("science", "rain", "1.1", user_id="asha", stars=4, reason="clear")["rating"]["count"] == 1
    assert house.ratings("science", "rain", "1.1")["ratings"][0]["stars"] == 4
    wish = house.rewrite("science", "rain", "1.1", user_id="mira", part="verse", wish="another verse, please")
    assert house.wait(wish["task_id"])["version"] == "1.2"
    assert house.roll_back("science", "rain", "1.2", user_id="mira", version="1.0")["version"] == "1.3"
    assert house.lesson("science", "rain", approved=True)["version"] == "1.1"


def test_it_orders_class_sets_and_mends_them(house: Client) -> None:
    ordered = house.create_class_set_of_table(TABLE, user_id="mira", title="7b")
    [refused] = ordered["refused"]
    assert refused["suggestion"] is None or refused["row"] == 3
    house.mend_class_set_row(ordered["set_id"], 3, subject="english", topic="nouns", level="primary")
    ended = house.wait_for_class_set(ordered["set_id"])
    assert ended["counts"]["completed"] == 2
    assert house.class_set(ordered["set_id"])["items"] == ended["items"]
    assert ordered["set_id"] in {head["set_id"] for head in house.each_class_set()}
    assert house.class_set_pack(ordered["set_id"]).content[:2] == b"PK"
    assert house.retry_class_set(ordered["set_id"]) == {"matched": 0, "more": False, "done": 0}
    with pytest.raises(problems.ClassSetNotFound):
        house.cancel_class_set("none")


def test_it_cancels_and_asks_anew(house: Client) -> None:
    paused(house.url, wanted=True)
    task_id = house.create(subject="english", topic="adverbs", user_id="ravi")["task_id"]
    with pytest.raises(StillRunning):
        house.wait(task_id, timeout=0)
    assert house.cancel_tasks(user_id="ravi")["matched"] == 1
    assert house.cancel(task_id)["error_code"] == "cancelled"
    with pytest.raises(TaskFailed, match="cancel"):
        house.wait(task_id)
    again = house.retry(task_id)
    assert again["task_id"] == house.retry(task_id)["task_id"]
    paused(house.url, wanted=False)
    assert house.wait(again["task_id"])["title"]


def test_an_order_whose_answers_were_lost_is_one_task(house: Client) -> None:
    with forgetful(house.url, lost=2) as way, Client(way) as client:
        made = client.create(subject="science", topic="ice", user_id="lost")
    assert [entry["task_id"] for entry in house.each_task(user_id="lost")] == [made["task_id"]]


def test_without_a_key_it_would_be_two_so_it_is_not_sent_again(house: Client) -> None:
    order = {"subject": "science", "topic": "snow", "user_id": "keyless"}
    with forgetful(house.url, lost=1) as way, Client(way) as client:
        with pytest.raises(Unreachable):
            client.request("POST", "/lessons", body=order)
        client.request("POST", "/lessons", body=order)
    assert len(list(house.each_task(user_id="keyless"))) == 2


def test_it_follows_a_task_through_a_restart(house: Client, embedded_house: House) -> None:
    paused(house.url, wanted=True)
    changes = house.changes(house.create(subject="english", topic="adjectives", user_id="asha")["task_id"])
    seen = [next(changes)["status"]]
    embedded_house.services["pathshala"].kill()
    embedded_house.restart("pathshala")
    paused(house.url, wanted=False)
    seen += [change["status"] for change in changes]
    assert seen[0] in {"pending", "in_progress"}
    assert seen[-1] == "completed"


async def test_it_is_awaited_just_as_well(awaited: AsyncClient) -> None:
    topics = ["comets", "stars", "planets"]
    ordered = await asyncio.gather(
        *(awaited.create(subject="science", topic=topic, user_id="asha", include_wikipedia=False) for topic in topics)
    )
    lessons = await asyncio.gather(*(awaited.wait(one["task_id"]) for one in ordered))
    assert_type(lessons[0], LessonData)
    assert [lesson["version"] for lesson in lessons] == ["1.0"] * 3
    async with aclosing(awaited.changes(ordered[0]["task_id"])) as changes:
        assert [change["status"] async for change in changes] == ["completed"]
    assert {entry["topic"] async for entry in awaited.each_lesson()} >= set(topics)
    with pytest.raises(problems.LessonNotFound):
        await awaited.lesson("no", "lesson")
    accepted = await awaited.create_class_set(user_id="mira", lessons=[{"subject": "science", "topic": "stars"}])
    assert (await awaited.wait_for_class_set(accepted["set_id"], timeout=60))["counts"]["completed"] == 1


async def test_a_house_that_does_not_answer_is_said_to_be_away() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with Client(nowhere, patience=0) as house, pytest.raises(Unreachable, match=nowhere):
        house.session()
    async with AsyncClient(nowhere, patience=0) as awaited:
        with pytest.raises(Unreachable, match=nowhere):
            await awaited.session()


def test_address_and_key_are_those_of_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHSHALA_URL", "https://house.example/")
    monkeypatch.setenv("PATHSHALA_KEY", "ps_key")
    with Client() as house:
        assert house.url == "https://house.example"
    with pytest.raises(ValueError, match="no http or https address"):
        Client("house.example")
