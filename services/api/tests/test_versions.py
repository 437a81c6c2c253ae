"""A teacher's hand: versions are edited, looked at by the checks first, rolled back, compared, and lose nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_common.contract.access_key import Role
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonEdited, LessonStored
from pathshala_common.contract.lesson import LessonContent, LessonQuestion, QuestionForm, Statement, Task
from pathshala_common.contract.ports.store import Change
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import CONTENT, Api, an_api, an_order, problem
from services.api.tests.keyed import a_key, a_keyed_api, bearer
from services.api.tests.silent_store import SilentStore
from tests.servers.mongodb_proxy import MongoDBProxy

VERBS = {"subject": "english", "topic": "verbs"}
FIRST = {"If-Match": '"1.0"'}
QUOTES = ("A verb is a word.", "A verb says what happens.")
TOLD: LessonContent = CONTENT.model_copy(
    update={
        "explanation": "Verbs are words. [1] They say what happens. [2]\n\nAsha sings.",
        "statements": (
            Statement(text="Verbs are words.", quote=QUOTES[0]),
            Statement(text="They say what happens.", quote=QUOTES[1]),
            Statement(text="Asha sings."),
        ),
        "question": "What does Asha do?",
        "questions": (
            LessonQuestion(form=QuestionForm.OPEN, text="What does Asha do?", answer="She sings.", proven_by=(3,)),
        ),
    }
)


def an_edit(user_id: str | None = "tara", **changes: Any) -> dict[str, Any]:
    return {"user_id": user_id, "changes": changes}


async def edit(api: Api, body: dict[str, Any], headers: dict[str, str] | None = None, **chosen: str) -> httpx2.Response:
    return await api.client.post("/lessons/versions", params=VERBS | chosen, json=body, headers=headers or FIRST)


@pytest.fixture
async def lesson(api: Api) -> Api:
    """An API with a lesson on verbs."""
    await api.a_lesson("english", "verbs", TOLD)
    return api


async def test_an_edit_is_a_new_version_that_says_who_made_it_of_which(lesson: Api) -> None:
    before = (await lesson.client.get("/lessons/english/verbs")).json()

    answer = await edit(lesson, an_edit(title="Doing words") | {"note": "Plainer."})

    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["version"], made["title"], made["made_by"]) == ("1.1", "Doing words", "tara")
    assert made["made_of"] == {"how": "edited", "version": "1.0", "note": "Plainer."}
    assert made["quality"]["edited_fields"] == ["title"]
    kept = {"title", "version", "task_id", "created_at", "stored", "quality", "made_by", "made_of", "examined"}
    assert {name: made[name] for name in made.keys() - kept} == {name: before[name] for name in before.keys() - kept}
    newest = await lesson.client.get("/lessons/english/verbs")
    assert newest.json() == made
    assert newest.headers["etag"] == answer.headers["etag"]
    assert (await lesson.client.get(answer.headers["location"])).json() == made
    assert (await lesson.client.get("/lessons/english/verbs?version=1.0")).json() == before
    status = await lesson.status(made["task_id"])
    assert (status["status"], status["lesson_data"]["title"]) == ("completed", "Doing words")


async def test_what_the_checks_find_is_shown_and_an_overruled_check_stays_with_its_reason(lesson: Api) -> None:
    overruled = [{"check": "on_topic", "reason": "Cheese is the example of this week."}]
    body = an_edit(title="On cheese", explanation="Cheese is made of milk.") | {"overruled": overruled}

    made = (await edit(lesson, body)).json()

    assert made["examined"]["overruled"] == overruled
    found = made["examined"]["found"]
    assert {"check", "part", "reason"} == found[0].keys()
    assert "on_topic" in {one["check"] for one in found}
    assert not {one["check"] for one in found} & set(made["quality"]["checks_passed"])
    await edit(lesson, an_edit(title="Verbs"), {"If-Match": '"1.1"'})
    [_, listed, _] = (await lesson.client.get("/lessons/versions", params=VERBS)).json()["versions"]
    assert (listed["version"], listed["found"], listed["overruled"]) == ("1.1", found, overruled)
    pupil = (await lesson.client.get("/lessons/english/verbs?version=1.1&view=pupil")).json()
    assert "examined" not in pupil
    assert pupil["quality"]["edited_fields"] == ["title", "explanation"]


async def test_an_explanation_keeps_its_quotes_by_their_numbers_and_its_questions_their_proofs(lesson: Api) -> None:
    text = "They say what happens. [2] Birds sing too. Asha sings.\n\nWords they are, these verbs. [1]"

    made = (await edit(lesson, an_edit(explanation=text))).json()

    assert made["statements"] == [
        {"text": "They say what happens.", "quote": QUOTES[1]},
        {"text": "Birds sing too.", "quote": None},
        {"text": "Asha sings.", "quote": None},
        {"text": "Words they are, these verbs.", "quote": QUOTES[0]},
    ]
    assert made["explanation"] == text.replace("[2]", "[one]").replace("[1]", "[2]").replace("[one]", "[1]")
    assert made["questions"][0]["proven_by"] == [3]


async def test_questions_and_explanation_are_edited_together_and_neither_is_lost(lesson: Api) -> None:
    asked = {"form": "open", "text": "What do verbs say?", "answer": "What happens.", "proven_by": [2, 3]}

    made = (await edit(lesson, an_edit(explanation="They say what happens. [2]", questions=[asked]))).json()

    assert (made["explanation"], made["question"]) == ("They say what happens. [1]", "What do verbs say?")
    assert made["questions"] == [asked | {"options": [], "proven_by": [1]}]


async def test_a_lesson_with_one_question_alone_is_edited_too(api: Api) -> None:
    await api.a_lesson("english", "verbs", CONTENT.model_copy(update={"questions": ()}))

    made = (await edit(api, an_edit(explanation="Verbs say what is done.", question="Who sings?"))).json()

    assert (made["explanation"], made["question"], made["questions"]) == ("Verbs say what is done.", "Who sings?", [])


async def test_a_draft_is_checked_and_nothing_is_kept(lesson: Api) -> None:
    draft = {"changes": {"title": "On cheese", "explanation": "Cheese is made of milk."}}

    answer = await lesson.client.post("/lessons/check", params=VERBS, json=draft)

    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["version"], said["edited_fields"]) == ("1.0", ["title", "explanation"])
    assert "on_topic" in {one["check"] for one in said["found"]}
    assert len((await lesson.client.get("/lessons/versions", params=VERBS)).json()["versions"]) == 1
    made = (await edit(lesson, an_edit(**draft["changes"]))).json()
    assert made["examined"]["found"] == said["found"]


async def test_more_drafts_than_a_minute_allows_are_refused_until_it_is_over(lesson: Api) -> None:
    draft = {"changes": {"title": "Verbs"}}
    answers = [await lesson.client.post("/lessons/check", params=VERBS, json=draft) for _ in range(121)]

    assert {answer.status_code for answer in answers[:120]} == {200}
    problem(answers[120], 429, "too_many_checks")
    lesson.clock.ahead += timedelta(seconds=60)
    assert (await lesson.client.post("/lessons/check", params=VERBS, json=draft)).status_code == 200


async def test_an_edit_of_an_older_version_is_refused_with_what_changed(lesson: Api) -> None:
    await edit(lesson, an_edit("mira", title="Doing words", objectives=["Find verbs."]))

    said = problem(await edit(lesson, an_edit(activity="Sing.")), 412, "version_changed")

    assert (said["version"], said["made_by"], said["task_id"]) == ("1.1", "mira", None)
    title, objectives = said["changes"]
    assert (title["field"], title["before"], title["after"]) == ("title", TOLD.title, "Doing words")
    assert objectives["items"] == [{"kind": "added", "value": "Find verbs."}]
    again = await edit(lesson, an_edit(activity="Sing."), {"If-Match": '"1.1"'})
    assert (again.status_code, again.json()["version"]) == (201, "1.2")
    assert again.json()["title"] == "Doing words"


@pytest.mark.parametrize("view", ["teacher", "pupil"])
async def test_the_etag_of_what_was_read_names_the_version_too(lesson: Api, view: str) -> None:
    tag = (await lesson.client.get(f"/lessons/english/verbs?view={view}")).headers["etag"]

    assert (await edit(lesson, an_edit(title="One"), {"If-Match": tag})).status_code == 201
    problem(await edit(lesson, an_edit(title="Two"), {"If-Match": tag}), 412, "version_changed")
    problem(await edit(lesson, an_edit(title="Two"), {"If-Match": '"0123"'}), 412, "version_changed")


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
async def test_an_edit_that_names_no_version_is_refused(lesson: Api, headers: dict[str, str]) -> None:
    answer = await lesson.client.post("/lessons/versions", params=VERBS, json=an_edit(title="One"), headers=headers)

    problem(answer, 428, "if_match_required")


async def test_of_many_who_edit_one_version_at_once_one_makes_the_next_and_the_others_hear_of_it(
    lesson: Api,
) -> None:
    answers = await asyncio.gather(*(edit(lesson, an_edit(f"teacher {n}", title=f"Title {n}")) for n in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201, *[412] * 7]
    [won] = [answer.json() for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code == 412:
            said = problem(answer, 412, "version_changed")
            assert (said["version"], said["made_by"]) == ("1.1", won["made_by"])
            assert said["changes"][0]["after"] == won["title"]
            if said["task_id"] is not None:
                [edited, failed] = await lesson.store.events(said["task_id"])
                assert isinstance(edited.event, LessonEdited)
                assert failed.type == "LessonFailed"
                retried = await lesson.client.post(f"/lessons/status/{said['task_id']}/retry")
                problem(retried, 409, "edit_not_retried")
    versions = (await lesson.client.get("/lessons/versions", params=VERBS)).json()["versions"]
    assert [one["version"] for one in versions] == ["1.1", "1.0"]


async def test_the_same_key_gives_the_same_version_and_not_another_edit(lesson: Api) -> None:
    keyed = FIRST | {"Idempotency-Key": "k1"}
    first = await edit(lesson, an_edit(title="One"), keyed)
    await edit(lesson, an_edit(title="Two"), {"If-Match": '"1.1"'})

    again = await edit(lesson, an_edit(title="One"), keyed)

    assert (again.status_code, again.json()) == (201, first.json())
    problem(await edit(lesson, an_edit(title="Other"), keyed), 409, "idempotency_key_reused")
    versions = (await lesson.client.get("/lessons/versions", params=VERBS)).json()["versions"]
    assert [one["version"] for one in versions] == ["1.2", "1.1", "1.0"]


async def test_the_same_key_gives_the_same_version_however_the_lesson_is_spelled_since(lesson: Api) -> None:
    keyed = FIRST | {"Idempotency-Key": "k1"}
    first = await edit(lesson, an_edit(title="One"), keyed)
    await lesson.a_lesson("English", "VERBS", TOLD)

    again = await edit(lesson, an_edit(title="One"), keyed)

    assert (again.status_code, again.json()) == (201, first.json())


async def test_an_edit_that_is_logged_is_found_by_its_key_while_its_task_lags_behind(
    cut_off: Api, lone_server: MongoDBProxy
) -> None:
    await cut_off.a_lesson("english", "verbs", TOLD)
    keyed = FIRST | {"Idempotency-Key": "k1"}
    with lone_server.cutting("update", "tasks", done=False):
        problem(await edit(cut_off, an_edit(title="One"), keyed), 503, "maybe_accepted")

        again = await edit(cut_off, an_edit(title="One"), keyed)
        other = await edit(cut_off, an_edit(title="Other"), keyed)

    assert (again.status_code, again.json()["version"], again.json()["title"]) == (201, "1.1", "One")
    problem(other, 409, "idempotency_key_reused")


class RacedStore(SQLiteStore):
    """A store in which something else is done just before an edit is kept or logged, once."""

    meanwhile: Callable[[], Awaitable[httpx2.Response]] | None = None
    before = "create"
    answer: httpx2.Response

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        await self._first("create", [requested])
        return await super().create(task, requested, send_by=send_by)

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        await self._first("append", [envelope for change in changes for envelope in change.envelopes])
        return await super().append(changes)

    async def _first(self, method: str, told: Sequence[Envelope]) -> None:
        edits = any(isinstance(envelope.event, LessonEdited) for envelope in told)
        if edits and method == self.before and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            self.answer = await meanwhile()


@pytest.fixture
async def raced(tmp_path: Path) -> AsyncIterator[tuple[Api, RacedStore]]:
    """An API with a lesson on verbs, and its store."""
    store = RacedStore(tmp_path / "pathshala.db")
    async with an_api(tmp_path, store=store) as api:
        await api.a_lesson("english", "verbs", TOLD)
        yield api, store


@pytest.mark.parametrize("before", ["create", "append"])
@pytest.mark.parametrize(("title", "status"), [("One", 201), ("Other", 409)])
async def test_of_two_edits_at_once_by_one_key_the_second_gets_the_first_if_it_is_the_same(
    raced: tuple[Api, RacedStore], before: str, title: str, status: int
) -> None:
    (api, store), keyed = raced, FIRST | {"Idempotency-Key": "k1"}
    store.before, store.meanwhile = before, partial(edit, api, an_edit(title="One"), keyed)

    second = await edit(api, an_edit(title=title), keyed)

    assert (store.answer.status_code, store.answer.json()["title"]) == (201, "One")
    assert second.status_code == status, second.text
    assert status == 201 or problem(second, status, "idempotency_key_reused")
    versions = (await api.client.get("/lessons/versions", params=VERBS)).json()["versions"]
    assert [(one["version"], one["title"]) for one in versions] == [("1.1", "One"), ("1.0", TOLD.title)]


async def test_an_edit_is_not_logged_into_the_task_of_an_order_that_its_key_makes_at_that_moment(
    raced: tuple[Api, RacedStore],
) -> None:
    (api, store), key = raced, {"Idempotency-Key": "k1"}
    store.meanwhile = partial(api.client.post, "/lessons", json=an_order(topic="nouns", user_id="tara"), headers=key)

    problem(await edit(api, an_edit(title="One"), FIRST | key), 409, "idempotency_key_reused")

    task_id = store.answer.json()["task_id"]
    assert store.answer.status_code == 202
    assert not [one for one in await store.events(task_id) if isinstance(one.event, LessonEdited)]
    await api.complete(task_id)
    assert (await api.client.get("/lessons/english/nouns")).json()["title"] == CONTENT.title


@pytest.mark.parametrize("method", ["append", "events"])
async def test_an_edit_that_was_logged_is_told_as_maybe_accepted_and_found_by_the_key_that_it_was_given(
    tmp_path: Path, method: str
) -> None:
    store = SilentStore(tmp_path / "pathshala.db", method, after=LessonEdited)
    async with an_api(tmp_path, store=store) as api:
        await api.a_lesson("english", "verbs", TOLD)
        said = problem(await edit(api, an_edit(title="One")), 503, "maybe_accepted")
        keyed = FIRST | {"Idempotency-Key": said["idempotency_key"]}
        if method == "events":
            problem(await edit(api, an_edit(title="One"), keyed), 503, "maybe_accepted")
        store.back = True

        again = await edit(api, an_edit(title="One"), keyed)

        assert (again.status_code, again.json()["version"]) == (201, "1.1")
        versions = (await api.client.get("/lessons/versions", params=VERBS)).json()["versions"]
        assert [one["version"] for one in versions] == ["1.1", "1.0"]


async def test_going_back_is_a_new_version_with_the_old_content_that_says_so(lesson: Api) -> None:
    await edit(lesson, an_edit(title="Doing words"))
    order = {"user_id": "mira", "version": "1.0", "note": "The first was better."}

    answer = await lesson.client.post("/lessons/rollback", params=VERBS, json=order, headers={"If-Match": '"1.1"'})

    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["version"], made["title"], made["made_by"]) == ("1.2", TOLD.title, "mira")
    assert made["made_of"] == {"how": "rolled_back", "version": "1.0", "note": "The first was better."}
    said = (await lesson.client.get("/lessons/diff", params=VERBS | {"from": "1.0", "to": "1.2"})).json()
    assert said == {"before": "1.0", "after": "1.2", "changes": []}
    listed = (await lesson.client.get("/lessons/versions", params=VERBS)).json()["versions"]
    assert [(one["version"], one["how"], one["made_by"], one["made_of"], one["note"]) for one in listed] == [
        ("1.2", "rolled_back", "mira", "1.0", "The first was better."),
        ("1.1", "edited", "tara", "1.0", None),
        ("1.0", "generated", "asha", None, None),
    ]


async def test_two_versions_are_compared_by_words_and_items(lesson: Api) -> None:
    await edit(lesson, an_edit(title=f"{TOLD.title} at work", materials=["paper"], minutes=20))

    said = (await lesson.client.get("/lessons/diff", params=VERBS | {"from": "1.0", "to": "1.1"})).json()

    title, minutes, materials = said["changes"]
    assert title["words"] == [{"kind": "same", "text": TOLD.title}, {"kind": "added", "text": " at work"}]
    assert (minutes["field"], minutes["before"], minutes["after"]) == ("minutes", TOLD.minutes, 20)
    assert materials["items"] == [{"kind": "added", "value": "paper"}]
    back = (await lesson.client.get("/lessons/diff", params=VERBS | {"from": "1.1", "to": "1.0"})).json()
    assert back["changes"][2]["items"] == [{"kind": "removed", "value": "paper"}]


async def test_markup_stays_text(lesson: Api) -> None:
    title = "<script>alert(1)</script> & <b>verbs</b>"

    assert (await edit(lesson, an_edit(title=title))).json()["title"] == title


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "changes.title"),
        ({"title": "   "}, "changes.title"),
        ({"activity": "x" * 20_001}, "changes.activity"),
        ({"minutes": 0}, "changes.minutes"),
        ({"minutes": None}, "changes.minutes"),
        ({"titel": "x"}, "changes.titel"),
        ({"objectives": ["x"] * 51}, "changes.objectives"),
        ({"explanation": "Verbs. [3]"}, "changes.explanation"),
        ({"questions": []}, "changes.questions"),
        ({"questions": [{"form": "choice", "text": "Q?", "options": ["a", "b"], "answer": "c"}]}, "changes.questions"),
        (
            {"questions": [{"form": "open", "text": "Q?", "answer": "A.", "proven_by": [4]}]},
            "changes.questions.proven_by",
        ),
    ],
)
async def test_a_bad_edit_is_refused_by_the_name_of_its_field(lesson: Api, changes: Any, field: str) -> None:
    said = problem(await edit(lesson, an_edit(**changes)), 400, "invalid_request")

    assert [fault["field"] for fault in said["errors"]] == [field]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"user_id": None}, "user_id"),
        ({"overruled": [{"check": "taste", "reason": "Why not."}]}, "overruled"),
        ({"overruled": [{"check": "on_topic", "reason": ""}]}, "overruled.reason"),
        ({"note": "x" * 1_001}, "note"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_is_said_beside_an_edit_is_held_to_its_rules(lesson: Api, more: Any, field: str) -> None:
    said = problem(await edit(lesson, an_edit(title="One") | more), 400, "invalid_request")

    assert [fault["field"] for fault in said["errors"]] == [field]


async def test_there_is_nothing_to_edit_where_there_is_no_lesson(api: Api) -> None:
    problem(await edit(api, an_edit(title="One")), 404, "lesson_not_found")
    await api.a_lesson("english", "verbs", TOLD)
    problem(await edit(api, an_edit(title="One"), language="hi"), 404, "edition_not_found")
    order = {"user_id": "tara", "version": "1.7"}
    gone = await api.client.post("/lessons/rollback", params=VERBS, json=order, headers=FIRST)
    problem(gone, 404, "version_not_found")
    problem(await api.client.get("/lessons/diff", params=VERBS | {"from": "x", "to": "1.0"}), 400, "invalid_version")


async def test_an_edit_is_told_to_others_when_it_is_stored(lesson: Api) -> None:
    made = (await edit(lesson, an_edit(title="One"))).json()

    edited, stored = await lesson.store.events(made["task_id"])
    assert isinstance(edited.event, LessonEdited)
    assert isinstance(stored.event, LessonStored)
    assert stored.causation_id == edited.id
    assert edited.event.summary().startswith("tara edited version 1.0")


async def test_with_keys_teachers_edit_in_their_own_name(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path) as api:
        user, teacher = await a_key(api.store, api), await a_key(api.store, api, "tara", Role.TEACHER)
        order = {"subject": "english", "topic": "verbs", "user_id": "asha"}
        task_id = (await api.client.post("/lessons", json=order, headers=bearer(user))).json()["task_id"]
        await api.complete(task_id, TOLD)

        async def hand(key: str, user_id: str | None) -> httpx2.Response:
            return await edit(api, an_edit(user_id, title="One"), FIRST | bearer(key))

        problem(await hand(user, "asha"), 403, "role_required")
        problem(await hand(teacher, "asha"), 403, "wrong_user")
        assert (await hand(teacher, None)).json()["made_by"] == "tara"
