"""One evaluation: each topic is written about, revision after revision, and every check judges each lesson."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.examination import CHECKS, Findings, findings
from pathshala_common.checks.fault import Check
from pathshala_common.contract.errors import Reject, Retry, Unavailable
from pathshala_common.contract.lesson import Level, Precedent, ReadingLevel, Usage
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.draft import Assignment, Writer
from pathshala_generator.precedents import COUNT_MAX, OPENING_LENGTH_MAX
from pathshala_generator.shlokas import Shloka, candidates, shipped_shlokas
from pathshala_generator.usage import usage_of
from tests.evals.topics import Topic

Record = Callable[[Topic, ProviderCall], None]
NAMED = re.compile(r"\((\w+)\)")
WriterOf = Callable[[Topic], Writer]
"""Gives the writer of one topic's lessons."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one lesson: its draft and what the checks found in it, or the reason why there is none."""

    topic: Topic
    revision: int
    draft: Draft | None = None
    verse: str = ""
    found: Findings | None = None
    reading_level: ReadingLevel | None = None
    usage: Usage | None = None
    repaired: tuple[str, ...] = ()
    refusal: str = ""
    faults: tuple[str, ...] = ()
    """Why there is none: the code, or the checks that refused it."""

    @property
    def failures(self) -> list[str]:
        """All that is wrong, a line each."""
        if self.refusal:
            return [f"no lesson: {self.refusal}"]
        faults = (fault for found in (self.found or {}).values() for fault in found)
        return [f"{fault.check}: {fault.field or 'the lesson'} {fault.reason}" for fault in faults]


async def evaluate(
    topics: Sequence[Topic],
    writer_of: WriterOf,
    *,
    revisions: int = 1,
    concurrency: int = 1,
    record: Record = lambda _topic, _call: None,
    checks: Callable[[Level], Mapping[str, Check]] = lambda _level: CHECKS,
) -> Sequence[Result]:
    """Have lessons written on all topics, `concurrency` topics at a time, and judge them; in the topics' order."""
    shlokas, room = shipped_shlokas(), asyncio.Semaphore(concurrency)

    async def on(topic: Topic) -> Sequence[Result]:
        async with room:
            return await _revisions(topic, writer_of(topic), shlokas, revisions, record, checks(topic.request.level))

    running: Sequence[Awaitable[Sequence[Result]]] = [on(topic) for topic in topics]
    return [result for results in await asyncio.gather(*running) for result in results]


async def _revisions(
    topic: Topic,
    writer: Writer,
    shlokas: Sequence[Shloka],
    count: int,
    record: Record,
    checks: Mapping[str, Check],
) -> Sequence[Result]:
    """Write a lesson some times; each knows of those before, as in a house."""
    results: list[Result] = []
    earlier: list[Precedent] = []
    for revision in range(1, count + 1):
        asked_at = topic.request.requested_at + timedelta(minutes=revision)
        request = topic.request.model_copy(update={"requested_at": asked_at})
        verses = candidates(shlokas, request, f"evals-{topic.number}-{revision}")
        assignment = Assignment(request, topic.article, verses, tuple(reversed(earlier[-COUNT_MAX:])))
        result = await _result(topic, revision, assignment, writer, record, checks)
        results.append(result)
        if result.draft is not None:
            earlier.append(_precedent(result.draft))
    return results


async def _result(
    topic: Topic, revision: int, assignment: Assignment, writer: Writer, record: Record, checks: Mapping[str, Check]
) -> Result:
    calls: list[ProviderCall] = []

    def heard(call: ProviderCall) -> None:
        calls.append(call)
        record(topic, call)

    try:
        written = await writer.write(assignment, heard)
    except (Reject, Retry, Unavailable) as error:
        usage = usage_of(calls, Prices()) if calls else None
        return Result(topic, revision, usage=usage, refusal=str(error), faults=_faults(error))
    draft = written.draft
    return Result(
        topic,
        revision,
        draft=draft,
        verse=assignment.verses[draft.verse].source,
        found=findings(draft, assignment, checks),
        reading_level=written.reading_level,
        usage=written.usage,
        repaired=written.repaired_fields,
    )


def _faults(error: Reject | Retry | Unavailable) -> tuple[str, ...]:
    """The checks that a refusal names, or its code."""
    named = dict.fromkeys(check for check in NAMED.findall(str(error)) if check in CHECKS)
    return tuple(named) or (getattr(error, "code", "unavailable"),)


def _precedent(draft: Draft) -> Precedent:
    opening = " ".join(said.text for said in draft.explanation[0])
    return Precedent(title=draft.title, opening=opening[:OPENING_LENGTH_MAX])
