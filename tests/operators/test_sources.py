"""`pathshala sources check`: articles are looked up again, and only lessons whose quoted words changed are flagged."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import LessonGenerated, LessonRequested
from pathshala_common.contract.lesson import Article, LessonContent, Statement
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock
from tests.operators.command import Ended, pathshala
from tests.stories.lessons import a_lesson, a_request
from tests.stubs.wikipedia import Request, StubWikipedia, rate_limited
from tests.stubs.wikipedia_pages import PAGES, Page

VERB = next(page for page in PAGES if page.title == "Verb")
OTHER = next(page for page in PAGES if page.title == "English verbs")


def _content(page: Page, stub: StubWikipedia, *quotes: str) -> LessonContent:
    host = stub.url_template.partition("/{")[0]
    article = Article(
        title=page.title,
        summary=page.extract,
        url=f"{host}/en/wiki/{page.title.replace(' ', '_')}",
        language="en",
        revision_id=page.revision,
        licence="CC BY-SA 4.0",
    )
    statements = tuple(Statement(text="It says so.", quote=quote) for quote in quotes)
    return a_lesson(page.title).model_copy(update={"wikipedia_info": article, "statements": statements})


class Kept:
    """A SQLite store that lessons are stored in."""

    def __init__(self, folder: Path, stub: StubWikipedia) -> None:
        self._stub, self._file = stub, folder / "pathshala.db"

    async def stores(self, **lessons: LessonContent) -> None:
        """Store a lesson for each topic."""
        store = SQLiteStore(self._file)
        await store.open()
        recorder = Recorder(store, HeldClock(NOON), task_ttl_seconds=3_600)
        for topic, content in lessons.items():
            task_id, request = str(uuid4()), a_request(topic=topic)
            asked = wrap(LessonRequested(task_id=task_id, request=request), source="api", now=NOON)
            written = LessonGenerated(task_id=task_id, request=request, content=content)
            await recorder.record([asked, wrap(written, source="generator", now=NOON, cause=asked)])
        await store.close()

    async def check(self, *arguments: str) -> Ended:
        settings = {
            "PATHSHALA_STORE_URL": f"sqlite:///{self._file}",
            "PATHSHALA_WIKIPEDIA_URL": self._stub.url_template,
        }
        return await pathshala("sources", "check", *arguments, **settings)


async def test_only_lessons_whose_quoted_words_changed_or_vanished_are_flagged(tmp_path: Path) -> None:
    kept_words, changed_words = VERB.extract.split("\n")
    async with StubWikipedia() as stub:
        kept = Kept(tmp_path, stub)
        await kept.stores(
            verbs=_content(VERB, stub, kept_words),
            infinitives=_content(VERB, stub, kept_words, changed_words),
            unchanged=_content(OTHER, stub, OTHER.extract),
            bare=a_lesson("Bare"),
        )
        assert (await kept.check()).code == 0
        stub.pages[stub.pages.index(VERB)] = replace(
            VERB, extract=f"{kept_words}\nIn English, its basic form is the infinitive: to be.", revision=9
        )
        stub.requests.clear()

        found = await kept.check("--json")

    assert found.code == 1
    assert (found.json["checked"], found.json["not_checked"]) == (3, 1)
    [stale] = found.json["stale"]
    assert (stale["topic"], stale["revision_id"], stale["newest_revision_id"]) == ("infinitives", VERB.revision, 9)
    assert stale["quotes"] == [
        {"number": 2, "quote": changed_words, "now": "In English, its basic form is the infinitive: to be."}
    ]
    assert [_asked(request) for request in stub.requests] == [{"English verbs", "Verb"}]
    assert all("Pathshala" in request.headers["user-agent"] for request in stub.requests)


async def test_a_page_that_is_gone_or_moved_is_told_and_a_limit_of_the_rate_is_waited_for(tmp_path: Path) -> None:
    async with StubWikipedia() as stub:
        kept = Kept(tmp_path, stub)
        await kept.stores(
            verbs=_content(VERB, stub, VERB.extract.split("\n")[0]), others=_content(OTHER, stub, OTHER.extract)
        )
        stub.pages.remove(VERB)
        stub.pages[stub.pages.index(OTHER)] = replace(
            OTHER, title="Verbs of English", redirects=("English verbs",), revision=9
        )
        stub.faults.append(rate_limited("0"))

        found = await kept.check()

    assert found.code == 1
    assert "english/verbs 1.0" in found.out
    assert "the page is gone" in found.out
    assert "it has nothing like it now" in found.out
    assert "2 checked, 1 stale; 0 rest" in found.out
    assert len(stub.requests) == 2


async def test_an_encyclopedia_that_does_not_answer_flags_nothing(tmp_path: Path) -> None:
    async with StubWikipedia() as stub:
        kept = Kept(tmp_path, stub)
        await kept.stores(verbs=_content(VERB, stub, VERB.extract.split("\n")[0]))
    ended = await kept.check()

    assert ended.code == 1
    assert "Not checked" in ended.error


def _asked(request: Request) -> set[str]:
    return set(request.params["titles"].split("|"))
