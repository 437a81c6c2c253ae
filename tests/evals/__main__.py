"""Has lessons on a set of topics written and judges them: `scripts/evaluate --writer offline`.

The exit code is 0 only if every lesson was written and every check that applies passed; of the offline writer's
lessons, only if a teacher's eye finds nothing either.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from pathshala_common.runtime import telemetry
from pathshala_generator.compose import openai_model
from pathshala_generator.offline.framing import languages
from pathshala_generator.settings import GeneratorSettings
from tests.evals import gate, page, writers
from tests.evals.evaluation import Result, evaluate
from tests.evals.figures import figures
from tests.evals.recordings import Recorder, recordings
from tests.evals.report import lesson, show
from tests.evals.shelf import shelf
from tests.evals.topics import Topic, sample_topics, topics, topics_in

CONCURRENCY = 4
OWN = "own"
SETS = {OWN: topics, "samples": sample_topics}


def main() -> int:
    """Run it. Returns 0 if all is well."""
    given = _arguments().parse_args()
    telemetry.configure("error", "text")
    if given.gate:
        return _gate(given)
    results = asyncio.run(_results(given))
    counted = figures(results)
    if given.lessons:
        given.lessons.write_text("\n".join(map(lesson, results)), "utf-8")
    if given.page:
        page.fill(Path(given.page[0]), given.page[1], page.table(counted))
    if given.json:
        print(json.dumps(counted.as_json(), ensure_ascii=False, indent=2))
    else:
        show(counted, Console())
    by_model = given.replay is not None or given.writer != "offline"
    return 0 if counted.well and (by_model or counted.taught_well) else 1


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="scripts/evaluate", description="Have lessons written, and judge them.")
    arguments.add_argument("--writer", choices=("offline", "openai"), default="offline")
    arguments.add_argument("--revisions", type=int, default=1, help="lessons on each topic, one after the other")
    arguments.add_argument("--record", type=Path, metavar="FILE", help="keep what the model says")
    arguments.add_argument("--replay", type=Path, metavar="FILE", help="ask no model: hear what was kept")
    arguments.add_argument(
        "--concurrency", type=int, default=CONCURRENCY, help="topics that a model is asked on at once"
    )
    arguments.add_argument("--gate", action="store_true", help="measure the topic gate alone, on labelled pairs")
    arguments.add_argument("--write", action="store_true", help="with --gate: write its figures into docs/evals.md")
    arguments.add_argument(
        "--topics", choices=SETS, default=OWN, help="those with articles of their own, or those of the sample articles"
    )
    arguments.add_argument("--first", type=int, metavar="N", help="the first N topics alone")
    arguments.add_argument(
        "--page", nargs=2, metavar=("FILE", "NAME"), help="write the figures into the part NAME of a Markdown file"
    )
    arguments.add_argument("--lessons", type=Path, metavar="FILE", help="write the lessons down, to be read")
    arguments.add_argument("--json", action="store_true", help="for a program")
    return arguments


def _topics(given: argparse.Namespace) -> Sequence[Topic]:
    return SETS[given.topics]()[: given.first]


def _gate(given: argparse.Namespace) -> int:
    """Measure the topic gate."""
    found = gate.measured()
    if given.write:
        gate.PAGE.write_text(gate.page_with(found, gate.PAGE.read_text("utf-8")), "utf-8")
    if given.json:
        print(json.dumps({name: asdict(each) for name, each in found.items()}, ensure_ascii=False, indent=2))
    else:
        gate.show(found, Console())
    return 0


async def _results(given: argparse.Namespace) -> Sequence[Result]:
    if given.replay is None and given.writer == "offline":
        offline = [*topics_in(languages()), *shelf()] if given.topics == OWN else _topics(given)
        return await evaluate(offline[: given.first], writers.offline(), revisions=given.revisions)
    settings = GeneratorSettings.load()
    checks = writers.checks_for_model(settings)
    if given.replay is not None:
        heard = writers.by_recording(recordings(given.replay), settings)
        return await evaluate(_topics(given), heard, revisions=given.revisions, checks=checks)
    return await _asking(given, settings, checks)


async def _asking(given: argparse.Namespace, settings: GeneratorSettings, checks: writers.ChecksOf) -> Sequence[Result]:
    """Ask the model, and keep what it says if that is wanted."""
    model = openai_model(settings)
    recorder = Recorder(given.record) if given.record else None
    try:
        return await evaluate(
            _topics(given),
            writers.by_model(model, settings),
            revisions=given.revisions,
            concurrency=given.concurrency,
            checks=checks,
            record=recorder or (lambda _topic, _call: None),
        )
    finally:
        await model.close()
        if recorder:
            recorder.close()


if __name__ == "__main__":
    sys.exit(main())
