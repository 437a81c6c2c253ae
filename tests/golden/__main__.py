"""Records golden replays anew: `python -m tests.golden [KIND]...` runs a house on stubs for each, and keeps its log.

What is kept of a task: KIND.jsonl, its events, a line each, in the order of the log; KIND.json, its document then.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from pathshala_common.contract.ports.store import Logged, legible
from pathshala_common.runtime import reading
from pathshala_common.runtime.settings import Settings
from pathshala_generator.prompt import FORMS
from tests.house.asking import ask, logged, outcome
from tests.house.houses import embedded
from tests.stubs import openai_faults, wikipedia
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_lessons import FORM, lesson
from tests.stubs.wikipedia import StubWikipedia
from tests.stubs.wikipedia_pages import PAGES
from tests.waiting import DEADLINE_SECONDS, until_true

FOLDER = Path(__file__).parent
WIKIPEDIA_PORT = 8911
"""Stands in every recorded request, so that a replay asks the same."""

WIKIPEDIA_URL = f"http://127.0.0.1:{WIKIPEDIA_PORT}/{{language}}/w/api.php"
MODEL = "stub-model"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is asked for, of which house, and what happens to it on the way."""

    topic: str
    model: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    model_does: Sequence[openai_faults.Fault] = ()
    wikipedia_does: Sequence[wikipedia.Fault] = ()
    pictures: bool = False
    cancelled: bool = False
    """While the model has its call in hand."""


ALONE = {"include_wikipedia": False}


def marked_up(topic: str) -> openai_faults.Fault:
    """Answer with a lesson of which one field has to be written anew."""
    request = json.dumps({"subject": "english", "topic": topic, "language": "en"})
    asked = [
        f"<request>\n{request}\n</request>",
        "<verses>\n[{}]\n</verses>",
        FORM,
        *(f"- {name}: " for name in FORMS),
    ]
    told = lesson("\n".join(asked), 0)
    activity = f"<b>{told['activity']}</b>"
    return openai_faults.Fault(message={"content": json.dumps({**told, "activity": activity})})


KINDS: Mapping[str, Kind] = {
    "plain": Kind("verbs", asked=ALONE),
    "enriched": Kind("verbs"),
    "pictured": Kind("verbs", pictures=True),
    "sampled": Kind("gravity"),
    "not_found": Kind("Qwertyology"),
    "wikipedia_retried": Kind("nouns", wikipedia_does=[wikipedia.SERVER_ERROR]),
    "wikipedia_refused": Kind("nouns", wikipedia_does=[wikipedia.FORBIDDEN] * 2),
    "written": Kind("verbs", model=True),
    "repaired": Kind("adverbs", model=True, asked=ALONE, model_does=[marked_up("adverbs")]),
    "retried": Kind("adverbs", model=True, asked=ALONE, model_does=[openai_faults.rate_limited(retry_after="1")]),
    "failed": Kind("adverbs", model=True, asked=ALONE, model_does=[openai_faults.UNAUTHORIZED]),
    "deadline": Kind(
        "adverbs",
        model=True,
        asked=ALONE,
        model_does=[openai_faults.STALL],
        settings={"PATHSHALA_TASK_DEADLINE_SECONDS": "2", "PATHSHALA_HOUSEKEEPING_SECONDS": "60"},
    ),
    "cancelled": Kind("adverbs", model=True, asked=ALONE, model_does=[openai_faults.STALL], cancelled=True),
}


async def record(name: str, kind: Kind, folder: Path) -> None:
    """Run one task in a house of its own, and keep what its log says."""
    async with AsyncExitStack() as stack:
        openai = await stack.enter_async_context(StubOpenAI())
        pages = PAGES if kind.pictures else [replace(page, thumbnail=None) for page in PAGES]
        encyclopedia = await stack.enter_async_context(StubWikipedia(pages, port=WIKIPEDIA_PORT))
        openai.faults.extend(kind.model_does)
        encyclopedia.faults.extend(kind.wikipedia_does)
        writer = {"PATHSHALA_WRITER": "openai", "OPENAI_BASE_URL": openai.url, "PATHSHALA_MODEL": MODEL}
        house = embedded(folder, encyclopedia.url_template, **((writer if kind.model else {}) | dict(kind.settings)))
        stack.callback(house.stop)
        await asyncio.to_thread(house.start)
        task_id = await asyncio.to_thread(lambda: ask(house.url, kind.topic, **kind.asked))
        if kind.cancelled:
            await openai.until(lambda: openai.in_flight == 1)
            await asyncio.to_thread(until_true, lambda: "GenerationStarted" in logged(house.url, task_id))
            await asyncio.to_thread(requests.delete, f"{house.url}/lessons/status/{task_id}", timeout=DEADLINE_SECONDS)
        await asyncio.to_thread(outcome, house.url, task_id)
    log, document = await _kept(folder, task_id)
    keep(name, log, document)
    print(f"{name}: {len(log)} events, {document['status']}")


def keep(name: str, log: Sequence[Logged], document: Mapping[str, Any]) -> None:
    """Write the two files of a kind."""
    FOLDER.joinpath(f"{name}.jsonl").write_bytes(b"".join(logged.envelope.raw + b"\n" for logged in log))
    text = json.dumps({"document": document}, indent=1, ensure_ascii=False)
    FOLDER.joinpath(f"{name}.json").write_text(f"{text}\n")


async def _kept(folder: Path, task_id: str) -> tuple[Sequence[Logged], dict[str, Any]]:
    """Read what the house has left behind."""
    settings = Settings(store_url=f"sqlite:///{folder / 'pathshala.db'}")
    log, projections = reading.log(settings), reading.projections(settings)
    async with AsyncExitStack() as stack:
        for adapter in (log, projections):
            await adapter.open()
            stack.push_async_callback(adapter.close)
        kept = await projections.task(task_id)
        return legible(await log.task(task_id)), json.loads(kept.document or "{}")


async def main(names: Sequence[str]) -> None:
    """Record these kinds; all, if none is named."""
    for name in names or KINDS:
        with TemporaryDirectory() as folder:
            await record(name, KINDS[name], Path(folder))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
