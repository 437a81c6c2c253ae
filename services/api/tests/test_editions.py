"""Editions over HTTP: which lesson is given, which there are, and what a reader is told who asks for another."""

from typing import Any

import pytest

from services.api.tests.given import CONTENT, Api, problem

HINDI: dict[str, Any] = {"language": "hi", "level": "primary"}
ENGLISH: dict[str, Any] = {"language": "en", "level": "adult"}
RAIN = "/lessons/science/rain"
ABOUT = {"subject": "Science", "topic": "RAIN"}


async def read(api: Api, **chosen: str) -> str:
    """Read the lesson on rain that is chosen. Returns its task and version."""
    answer = await api.client.get(RAIN, params=chosen)
    assert answer.status_code == 200, answer.text
    return f"{answer.json()['task_id']} {answer.json()['version']}"


async def two_editions(api: Api) -> tuple[str, str, str]:
    """Store three lessons on rain: two in Hindi for pupils, and then one in English for adults."""
    return (
        await api.a_lesson("science", "rain", **HINDI),
        await api.a_lesson("science", "rain", **HINDI),
        await api.a_lesson("science", "rain", **ENGLISH),
    )


async def test_each_edition_is_read_by_its_language_and_level_and_the_newest_of_all_without(api: Api) -> None:
    first, second, english = await two_editions(api)

    assert await read(api) == f"{english} 1.0"
    assert await read(api, **HINDI) == f"{second} 1.1"
    assert await read(api, **ENGLISH) == f"{english} 1.0"
    assert await read(api, **HINDI, version="1.0") == f"{first} 1.0"
    third = await api.a_lesson("science", "rain", **HINDI)
    assert await read(api) == f"{third} 1.2"
    assert await read(api, **ENGLISH) == f"{english} 1.0"


async def test_one_of_both_chooses_the_newest_that_matches(api: Api) -> None:
    _, second, english = await two_editions(api)
    others = await api.a_lesson("science", "rain", language="hi", level="adult")

    assert await read(api, language="hi") == f"{others} 1.0"
    assert await read(api, level="adult") == f"{others} 1.0"
    assert await read(api, level="primary") == f"{second} 1.1"
    assert await read(api, language="EN") == f"{english} 1.0"
    assert await read(api, language="hi", version="1.0") == f"{others} 1.0"


async def test_a_version_without_an_edition_is_of_the_newest_one_s(api: Api) -> None:
    _, _, english = await two_editions(api)

    assert await read(api, version="1.0") == f"{english} 1.0"
    body = problem(await api.client.get(RAIN, params={"version": "1.1"}), 404, "version_not_found")
    assert "language en, level adult" in body["detail"]
    assert "1 version," in body["detail"]
    assert [(one["language"], one["versions"]) for one in body["editions"]] == [("en", 1), ("hi", 2)]


async def test_the_address_of_a_lesson_names_its_edition(api: Api) -> None:
    for task_id in await two_editions(api):
        body = await api.status(task_id)
        lesson = (await api.client.get(body["lesson_url"])).json()
        assert lesson["task_id"] == task_id
        assert lesson["version"] == body["lesson_data"]["version"]


@pytest.mark.parametrize(
    "chosen",
    [{"language": "de"}, {"level": "middle"}, {"language": "hi", "level": "adult"}, {**HINDI, "language": "en"}],
)
async def test_an_edition_that_is_not_there_is_a_404_that_names_those_that_are(
    api: Api, chosen: dict[str, str]
) -> None:
    await two_editions(api)

    for path, more in ((RAIN, {}), (RAIN, {"version": "1.0"}), ("/lessons/versions", ABOUT)):
        body = problem(await api.client.get(path, params=more | chosen), 404, "edition_not_found")
        assert "language en, level adult; language hi, level primary" in body["detail"]
        assert "POST /lessons" in body["detail"]
        for edition in body["editions"]:
            assert (await api.client.get(edition["url"])).json()["version"] == edition["version"]


async def test_of_many_editions_a_404_names_the_first_and_counts_the_rest(api: Api) -> None:
    for number in range(12):
        await api.a_lesson("science", "rain", language=f"a{chr(ord('a') + number)}")

    detail = problem(await api.client.get(RAIN, params=HINDI), 404, "edition_not_found")["detail"]
    assert detail.count("level middle") == 10
    assert "; and 2 more" in detail


async def test_a_language_or_level_that_is_none_is_a_400(api: Api) -> None:
    for path, more in ((RAIN, {}), ("/lessons", {}), ("/lessons/versions", ABOUT)):
        for wrong in ({"language": "x"}, {"language": "in Hindi"}, {"level": "Primary"}, {"level": ""}):
            body = problem(await api.client.get(path, params=more | wrong), 400, "invalid_request")
            assert "must be" in body["detail"]


async def test_the_versions_of_an_edition_are_its_own_and_say_which_it_is(api: Api) -> None:
    first, second, english = await two_editions(api)

    newest, hindi = [
        (await api.client.get("/lessons/versions", params=ABOUT | more)).json() for more in ({}, {"language": "hi"})
    ]

    assert (newest["language"], newest["level"]) == ("en", "adult")
    assert [entry["task_id"] for entry in newest["versions"]] == [english]
    assert (hindi["language"], hindi["level"]) == ("hi", "primary")
    assert [entry["task_id"] for entry in hindi["versions"]] == [second, first]
    assert {(entry["language"], entry["level"]) for entry in hindi["versions"]} == {("hi", "primary")}
    assert hindi["editions"] == newest["editions"]
    assert [(one["language"], one["level"], one["version"], one["versions"]) for one in hindi["editions"]] == [
        ("en", "adult", "1.0", 1),
        ("hi", "primary", "1.1", 2),
    ]


async def test_an_etag_is_of_the_edition_that_is_given(api: Api) -> None:
    await two_editions(api)
    tag = (await api.client.get(RAIN, params=HINDI)).headers["etag"]

    assert (await api.client.get(RAIN, params=HINDI, headers={"If-None-Match": tag})).status_code == 304
    assert (await api.client.get(RAIN, headers={"If-None-Match": tag})).status_code == 200


async def editions(api: Api, **asked: Any) -> list[str]:
    body = (await api.client.get("/lessons", params=asked)).json()
    return [f"{one['topic']} {one['language']} {one['version']} of {one['versions']}" for one in body["editions"]]


async def test_editions_are_listed_and_searched(api: Api) -> None:
    *_, newest = await two_editions(api)
    await api.a_lesson("Géographie", "La Neige", CONTENT.model_copy(update={"title": "L'hiver"}), language="fr")

    assert await editions(api) == ["La Neige fr 1.0 of 1", "rain en 1.0 of 1", "rain hi 1.1 of 2"]
    assert await editions(api, words="geographie HIVER") == ["La Neige fr 1.0 of 1"]
    assert await editions(api, language="hi", level="primary") == ["rain hi 1.1 of 2"]
    assert await editions(api, words="snow") == []
    [found] = (await api.client.get("/lessons", params=ENGLISH)).json()["editions"]
    assert found["task_id"] == newest
    assert (await api.client.get(found["url"])).json()["task_id"] == newest


async def test_the_list_of_editions_has_pages(api: Api) -> None:
    for number in range(5):
        await api.a_lesson("science", f"topic {number}")

    pages: list[list[str]] = []
    cursor = None
    while cursor is not None or not pages:
        asked = {"limit": "2", "words": "science"} | ({"cursor": cursor} if cursor else {})
        body = (await api.client.get("/lessons", params=asked)).json()
        pages.append([edition["topic"] for edition in body["editions"]])
        cursor = body["next_cursor"]

    assert pages == [["topic 4", "topic 3"], ["topic 2", "topic 1"], ["topic 0"]]


async def test_an_empty_house_lists_nothing(api: Api) -> None:
    assert (await api.client.get("/lessons")).json() == {"editions": [], "next_cursor": None}


async def test_a_bad_question_about_editions_is_a_400(api: Api) -> None:
    for wrong in ({"limit": "0"}, {"limit": "101"}, {"words": "x" * 201}):
        problem(await api.client.get("/lessons", params=wrong), 400, "invalid_request")
    problem(await api.client.get("/lessons", params={"cursor": "x"}), 400, "invalid_cursor")
