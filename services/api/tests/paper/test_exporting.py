"""Lessons over HTTP in every format: by Accept and by ?format=, tagged, for pupils without answers; and their proof."""

from importlib.util import find_spec

import pytest
import pytest_asyncio

from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.html import policy
from pathshala_api.paper.stamp import stamps_in
from services.api.tests.given import Api, problem
from services.api.tests.paper.cartridge_rules import faults
from services.api.tests.paper.gift_reader import read_gift
from services.api.tests.paper.given import CONTENT, QUESTIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADDRESS = "/lessons/english/paper"
VERSION = f"{ADDRESS}?language=en&level=middle&version=1.0"
TYPES = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "gift": "text/x-gift; charset=utf-8",
    "imscc": "application/vnd.ims.imsccv1p3",
}
ANSWER = "To tell what happens."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(shared_api: Api) -> Api:
    await shared_api.a_lesson("english", "paper", CONTENT)
    return shared_api


@pytest.mark.parametrize("name", TYPES)
async def test_each_format_is_had_by_its_name_and_by_accept(api: Api, name: str) -> None:
    named = await api.client.get(ADDRESS, params={"format": name}, headers={"Accept": "image/png"})
    accepted = await api.client.get(ADDRESS, headers={"Accept": TYPES[name].partition(";")[0]})

    assert named.status_code == accepted.status_code == 200
    assert named.headers["content-type"] == accepted.headers["content-type"] == TYPES[name]
    assert named.content == accepted.content
    assert "Accept" in named.headers["vary"]


async def test_who_asks_for_nothing_gets_json_and_a_browser_a_page(api: Api) -> None:
    plain = await api.client.get(ADDRESS, headers={"Accept": "*/*"})
    page = await api.client.get(ADDRESS, headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})

    assert plain.json()["title"] == CONTENT.title
    assert page.text.startswith("<!doctype html>")
    assert page.headers["content-security-policy"] == f"{policy()}; frame-ancestors 'none'"
    assert page.headers["content-disposition"].startswith('inline; filename="paper-1.0.html"')


async def test_each_format_has_a_tag_and_a_named_version_never_changes(api: Api) -> None:
    tags = set()
    for name in TYPES:
        for sheet in ("pupil", "both"):
            path = f"{VERSION}&format={name}&sheet={sheet}"
            whole = await api.client.get(path)
            again = await api.client.get(path, headers={"If-None-Match": whole.headers["etag"]})
            head = await api.client.head(path)

            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == whole.headers["etag"] == head.headers["etag"]
            assert "Accept" in again.headers["vary"]
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-length"] == whole.headers.get("content-length", head.headers["content-length"])
            assert "immutable" in whole.headers["cache-control"]
            tags.add(whole.headers["etag"])
    assert len(tags) == 1 + 2 * (len(TYPES) - 1)
    assert (await api.client.get(ADDRESS, params={"format": "html"})).headers["cache-control"] == "no-cache"


async def test_what_cannot_be_had_is_a_406_that_says_what_can(api: Api) -> None:
    answer = await api.client.get(ADDRESS, headers={"Accept": "image/png, application/json;q=0"})

    body = problem(answer, 406, "not_acceptable")
    assert {"json", "html", "md", "gift", "imscc"} <= body["formats"].keys()
    assert "Accept" in answer.headers["vary"]
    problem(await api.client.get(ADDRESS, params={"format": "doc"}), 400, "invalid_request")


@pytest.mark.parametrize(("name", "module"), [("docx", "docx"), ("pdf", "weasyprint")])
async def test_a_format_of_an_extra_says_what_to_install(api: Api, name: str, module: str) -> None:
    answer = await api.client.get(ADDRESS, params={"format": name})

    if find_spec(module) is None:
        assert f"pathshala[{name}]" in problem(answer, 406, "format_not_installed")["detail"]
        media_type = LessonFormat(name).media_type
        problem(await api.client.get(ADDRESS, headers={"Accept": media_type}), 406, "format_not_installed")
        other = await api.client.get(ADDRESS, headers={"Accept": f"{media_type}, text/markdown;q=0.1"})
        assert other.headers["content-type"] == TYPES["md"]
    else:
        assert answer.status_code == 200
        assert answer.content[:2] in {b"PK", b"%P"}


async def test_a_pupil_s_view_has_no_answer_in_any_format(api: Api) -> None:
    for name in ("json", "html", "md"):
        answer = await api.client.get(ADDRESS, params={"format": name, "view": "pupil"})
        assert QUESTIONS[3].text in answer.text
        assert ANSWER not in answer.text
        assert ANSWER in (await api.client.get(ADDRESS, params={"format": name})).text
    for name in ("gift", "imscc"):
        named = await api.client.get(ADDRESS, params={"view": "pupil", "format": name})
        taken = await api.client.get(
            ADDRESS, params={"view": "pupil"}, headers={"Accept": LessonFormat(name).media_type}
        )
        assert "gift" not in problem(named, 406, "not_acceptable")["formats"]
        problem(taken, 406, "not_acceptable")
    both = await api.client.get(ADDRESS, params={"view": "pupil", "format": "html", "sheet": "both"})
    assert ANSWER not in both.text


async def test_the_sheets_come_apart(api: Api) -> None:
    pupil, teacher = [
        (await api.client.get(ADDRESS, params={"format": "md", "sheet": sheet})).text for sheet in ("pupil", "teacher")
    ]

    assert ANSWER not in pupil
    assert "Find five verbs" in pupil
    assert ANSWER in teacher
    assert "Find five verbs" not in teacher


async def test_a_file_names_the_event_that_keeps_the_lesson(api: Api) -> None:
    lesson = (await api.client.get(ADDRESS)).json()

    [stamp] = stamps_in((await api.client.get(ADDRESS, params={"format": "md"})).text)

    assert (stamp.task_id, stamp.event_id, stamp.sha256) == (
        lesson["task_id"],
        lesson["stored"]["event_id"],
        lesson["stored"]["sha256"],
    )
    assert (await api.client.get(stamp.address)).json() == lesson


async def test_several_lessons_come_in_one_file(api: Api) -> None:
    lesson = {"subject": "English", "topic": "PAPER"}
    order = {"title": "Two", "lessons": [lesson, {**lesson, "language": "en", "level": "middle", "version": "1.0"}]}

    package = await api.client.post("/lessons/pack", json=order)
    questions = await api.client.post("/lessons/pack", json={**order, "format": "gift"})

    assert package.headers["content-type"] == TYPES["imscc"]
    assert faults(package.content) == []
    assert sum(map(len, read_gift(questions.text).values())) == len(QUESTIONS)


async def test_a_pack_is_bounded_and_all_of_it_is_there(api: Api) -> None:
    lesson = {"subject": "english", "topic": "paper"}
    for lessons in ([], [lesson] * 51):
        problem(await api.client.post("/lessons/pack", json={"lessons": lessons}), 400, "invalid_request")
    missing = {"lessons": [lesson, {"subject": "english", "topic": "nothing"}]}
    problem(await api.client.post("/lessons/pack", json=missing), 404, "lesson_not_found")


async def test_the_proof_has_the_place_of_each_quote_in_the_article(api: Api) -> None:
    proof = (await api.client.get("/lessons/proof", params={"subject": "english", "topic": "paper"})).json()

    text = proof["article"]["text"]
    shown = {one["number"]: (one["statement"], text[one["start"] : one["end"]]) for one in proof["citations"]}
    assert shown == {
        1: (2, "a word that generally conveys an action"),
        2: (3, "In English the basic form is the infinitive."),
    }
    assert proof["article"]["revision_url"] == "https://en.wikipedia.org/wiki/Verb?oldid=1234"


async def test_a_quote_that_the_text_has_no_more_has_no_place(api: Api) -> None:
    article = CONTENT.wikipedia_info
    assert article is not None
    cut = article.model_copy(update={"summary": "A verb is a word that generally conveys an action."})
    await api.a_lesson("english", "cut", CONTENT.model_copy(update={"wikipedia_info": cut}))
    await api.a_lesson("english", "bare", CONTENT.model_copy(update={"wikipedia_info": None}))

    proof = (await api.client.get("/lessons/proof", params={"subject": "english", "topic": "cut"})).json()
    bare = (await api.client.get("/lessons/proof", params={"subject": "english", "topic": "bare"})).json()

    assert [(one["start"] is None, one["end"] is None) for one in proof["citations"]] == [(False, False), (True, True)]
    assert (bare["article"], bare["citations"]) == (None, [])
