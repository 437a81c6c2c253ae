"""Replays a task from its log or a file: with recorded answers, or by the real writer; and shows both sides."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from pathshala.exits import FAILED, MISUSED, REFUSED, away, stop
from pathshala.gaps import Missing, gaps
from pathshala.replay.debugger import stopping
from pathshala.replay.engine import replay
from pathshala.replay.lessons_view import lessons_as_json, say_lessons
from pathshala.replay.live import write_again
from pathshala.replay.steps import Step, steps
from pathshala.replay.storing import document_differences
from pathshala.replay.tables import recorded_tables
from pathshala.replay.task_log import History, read_file, read_store
from pathshala.replay.view import results_as_json, say_results, summary
from pathshala.terminal import say_json
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.services import Service
from pathshala_common.runtime import failures, telemetry
from pathshala_common.runtime.settings import Settings
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings

NO_STEP = "No step matches: nothing in the log came of it."


@dataclass(frozen=True, slots=True)
class StepFilter:
    """Which steps: those of a service, and those that an event led to, by its id, its place or its name."""

    service: Service | None
    event: str | None

    @property
    def takes_all(self) -> bool:
        """Whether nothing is named."""
        return self.service is None and self.event is None

    def matches(self, step: Step) -> bool:
        """Whether all that is named fits."""
        consumed = step.consumed
        names = {consumed.envelope.id, str(consumed.position), consumed.envelope.type}
        return self.service in {None, step.service} and (self.event is None or self.event in names)


def history(task: str | None, golden: Path | None) -> History:
    """Read the whole log of one task, or refuse. Raises SettingsError."""
    _quiet()
    try:
        found = read_file(golden) if golden else asyncio.run(read_store(Settings.load(), str(task)))
    except StoreUnavailable as error:
        stop(REFUSED, away(error))
    if not found.log:
        stop(REFUSED, f"Refused: the log has no event of task {task}.")
    # What was not recorded is refused by the step that asks for it.
    if lost := [gap.text for gap in gaps(found.log) if gap.missing is not Missing.RECORDING]:
        stop(REFUSED, f"Refused: {'; '.join(lost)}.")
    return found


def recorded(history: History, wanted: StepFilter, *, pdb: bool, as_json: bool) -> int:
    """Replay with recorded answers, and show it. Returns the exit code. Raises SettingsError."""
    tables = recorded_tables(EnricherSettings.load(), GeneratorSettings.load())
    results = replay(history.log, stopping(tables) if pdb else tables, wanted.matches)
    if not results and not wanted.takes_all:
        stop(MISUSED, NO_STEP)
    document = document_differences(history.log, history.kept) if wanted.takes_all else []
    if as_json:
        say_json(results_as_json(results, document))
    else:
        say_results(results, document)
    summed = summary(results, document)
    return REFUSED if summed.gaps else FAILED if summed.differences else 0


def live(history: History, wanted: StepFilter, plan: Path | None, model: str | None, *, as_json: bool) -> int:
    """Have the lesson written anew from the generator's last step that is wanted, and show both.

    Returns the exit code. Raises SettingsError.
    """
    settings = _fork(plan, model)
    chosen = [step for step in steps(history.log) if step.service == "generator" and wanted.matches(step)]
    if not chosen:
        stop(MISUSED, NO_STEP)
    written = write_again(chosen[-1], settings)
    if as_json:
        say_json(lessons_as_json(written))
    else:
        say_lessons(chosen[-1], written)
    return 0 if written.now else FAILED


def _fork(plan: Path | None, model: str | None) -> GeneratorSettings:
    """The settings of the house, with another plan or model if one is named."""
    changed = {"plan": plan, "model": model}
    return GeneratorSettings.load().model_copy(update={name: value for name, value in changed.items() if value})


def _quiet() -> None:
    """Log faults of handlers, with their stacks, but not where messages would have gone: here they go nowhere."""
    telemetry.configure("error", "text")
    logging.getLogger(failures.__name__).setLevel(logging.CRITICAL)
