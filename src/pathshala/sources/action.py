"""Reads lessons from the log, looks their articles up again, and says which of their quotes are stale."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from pathshala.exits import FAILED, stop
from pathshala.terminal import say, say_json
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import Article, EditionKey, Lesson
from pathshala_common.contract.ports.operator import Extent, Log
from pathshala_common.contract.ports.store import legible
from pathshala_common.runtime import reading, telemetry
from pathshala_common.runtime.clock import SystemClock
from pathshala_enricher.answer import Without
from pathshala_enricher.compose import network, revisions
from pathshala_enricher.revisions import NewestPage, PageRevisions
from pathshala_enricher.settings import EnricherSettings
from pathshala_enricher.stale import StaleQuote, stale_quotes

PAGE = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """A lesson whose article was looked up again; `newest` is None if its page is gone."""

    lesson: Lesson
    article: Article
    newest: NewestPage | None
    stale: Sequence[StaleQuote]


class StaleLesson(TypedDict):
    """A lesson whose article does not have its quotes any more."""

    subject: Annotated[str, "Its subject."]
    topic: Annotated[str, "Its topic."]
    language: Annotated[str, "The language of its edition."]
    level: Annotated[str, "The level of its edition."]
    version: Annotated[str, "Its version."]
    task_id: Annotated[str, "The task that made it."]
    article: Annotated[str, "The title of its article."]
    url: Annotated[str | None, "The address of that; null if it has none."]
    revision_id: Annotated[int, "The revision that was read."]
    newest_revision_id: Annotated[int | None, "The newest revision; null if the page is gone."]
    quotes: Annotated[list[dict[str, Any]], "The stale quotes: `number`, `quote`, and `now`, what is there instead."]


class CheckedSources(TypedDict):
    """The lessons whose articles were looked up again."""

    checked: Annotated[int, "How many were looked at."]
    not_checked: Annotated[int, "How many rest on nothing that can be looked up."]
    stale: Annotated[list[StaleLesson], "Those with stale quotes."]


def check(*, every: bool, as_json: bool) -> int:
    """Say which lessons are stale. Returns the exit code. Raises SettingsError or StoreUnavailable."""
    telemetry.configure("error", "text")
    settings = EnricherSettings.load()
    lessons = asyncio.run(_lessons(reading.log(settings), every=every))
    quoting = [lesson for lesson in lessons if any(said.quote for said in lesson.content.statements)]
    try:
        checked = asyncio.run(_check(settings, quoting))
    except (Retry, Without) as error:
        reason = error.reason if isinstance(error, Retry) else f"the encyclopedia {error}"
        stop(FAILED, f"Not checked: {reason}. Nothing was changed; try again later.")
    stale = [one for one in checked if one.stale]
    if as_json:
        not_checked = len(lessons) - len(checked)
        say_json(CheckedSources(checked=len(checked), not_checked=not_checked, stale=list(map(_told, stale))))
    else:
        for one in stale:
            _say(one)
        other = len(lessons) - len(checked)
        say(f"{len(checked)} checked, {len(stale)} stale; {other} rest on nothing that can be looked up.")
    return FAILED if stale else 0


async def _lessons(log: Log, *, every: bool) -> Sequence[Lesson]:
    """Read all lessons that the log has, or the newest of each edition."""
    found: dict[EditionKey | tuple[EditionKey, int], Lesson] = {}
    await log.open()
    try:
        extent = Extent(PAGE, types=frozenset({LessonStored.__name__}))
        while page := await log.page(extent):
            for logged in legible(page):
                event = logged.envelope.event
                assert isinstance(event, LessonStored)
                lesson = event.lesson
                known = found.get(lesson.edition)
                if every:
                    found[lesson.edition, lesson.revision] = lesson
                elif known is None or known.revision < lesson.revision:
                    found[lesson.edition] = lesson
            extent = Extent(PAGE, types=extent.types, after=page[-1].place)
    finally:
        await log.close()
    return list(found.values())


async def _check(settings: EnricherSettings, lessons: Sequence[Lesson]) -> Sequence[Checked]:
    """Look up each article once, whichever lessons stand on it."""
    fetch = network(settings)
    try:
        looking = revisions(settings, fetch, SystemClock())
        articles = {lesson.task_id: article for lesson in lessons if (article := lesson.content.wikipedia_info)}
        newest = await _newest(looking, list(articles.values()))
    finally:
        await fetch.close()
    checked = []
    for lesson in lessons:
        article = articles.get(lesson.task_id)
        if article is not None and (article.language, article.title) in newest:
            checked.append(_compared(lesson, article, newest[article.language, article.title]))
    return checked


async def _newest(looking: PageRevisions, articles: Sequence[Article]) -> Mapping[tuple[str, str], NewestPage | None]:
    """Give the newest revision of each article that can be looked up, by language and title."""
    titles: dict[str, dict[str, None]] = {}
    for article in articles:
        if looking.edition_of(article) is not None:
            titles.setdefault(article.language, {})[article.title] = None
    found: dict[tuple[str, str], NewestPage | None] = {}
    for language, wanted in titles.items():
        edition = next(looking.edition_of(one) for one in articles if one.language == language)
        assert edition is not None
        answer = await looking.newest(edition, list(wanted))
        found |= {(language, title): one for title, one in answer.items()}
    return found


def _compared(lesson: Lesson, article: Article, newest: NewestPage | None) -> Checked:
    if newest is not None and newest.revision_id == article.revision_id:
        return Checked(lesson, article, newest, ())
    return Checked(lesson, article, newest, stale_quotes(lesson.content, newest.text if newest else ""))


def _told(one: Checked) -> StaleLesson:
    lesson = one.lesson
    return {
        "subject": lesson.subject,
        "topic": lesson.topic,
        "language": lesson.language,
        "level": lesson.level.value,
        "version": lesson.version,
        "task_id": lesson.task_id,
        "article": one.article.title,
        "url": one.article.url,
        "revision_id": one.article.revision_id,
        "newest_revision_id": one.newest.revision_id if one.newest else None,
        "quotes": [quote._asdict() for quote in one.stale],
    }


def _say(one: Checked) -> None:
    lesson, newest = one.lesson, one.newest
    now = f"revision {newest.revision_id} now" if newest else "the page is gone"
    say(
        (f"{lesson.subject}/{lesson.topic} {lesson.version}", "bold"),
        f"  {lesson.language}, {lesson.level}, task {lesson.task_id}: “{one.article.title}”, "
        f"revision {one.article.revision_id}, {now}",
    )
    for quote in one.stale:
        say(f"  [{quote.number}] said: {quote.quote}")
        say(f"      now:  {quote.now}" if quote.now else "      it has nothing like it now")
