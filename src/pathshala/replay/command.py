"""`pathshala replay`: run what happened to a task through today's handlers again, with recorded answers.

Exit codes: 0 all is told as it was, 1 something is not, 2 an option or a setting is wrong, 3 refused: something that
it needs is not there any more.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pathshala.gaps import Missing, gaps
from pathshala.options import JsonOption
from pathshala.replay.debugger import stopping
from pathshala.replay.engine import Tables
from pathshala.replay.engine import replay as run_again
from pathshala.replay.lessons_view import lessons_as_json, say_lessons
from pathshala.replay.live import write_again
from pathshala.replay.steps import Step, steps
from pathshala.replay.storing import document_differences
from pathshala.replay.tables import recorded_tables
from pathshala.replay.task_log import History, read_file, read_store
from pathshala.replay.view import as_json, say_results, summary
from pathshala.terminal import say_json, stop
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.topology import Service
from pathshala_common.runtime import failures, telemetry
from pathshala_common.runtime.settings import Settings
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings

DIFFERENT, WRONG, REFUSED = 1, 2, 3
NO_STEP = "No step matches: nothing in the log came of it."

TaskArgument = Annotated[str | None, typer.Argument(metavar="TASK", help="The task_id that POST /lessons gave.")]
GoldenOption = Annotated[Path | None, typer.Option(help="A file of events, one a line, instead of the store's log.")]
IntoOption = Annotated[Service | None, typer.Option(help="Only the steps of this service.")]
FromOption = Annotated[str | None, typer.Option("--from", help="Only what this event led to: its id, place or name.")]
LiveOption = Annotated[bool, typer.Option("--live-llm", help="Have the lesson written by the real writer. It costs.")]
PromptOption = Annotated[Path | None, typer.Option(help="The same by another lesson plan, a Markdown file or folder.")]
ModelOption = Annotated[str | None, typer.Option(help="The same by another model.")]
PdbOption = Annotated[bool, typer.Option("--pdb", help="Stop in the debugger at the first line of each handler.")]


def replay(  # noqa: PLR0913 - one argument an option
    task: TaskArgument = None,
    *,
    golden: GoldenOption = None,
    into: IntoOption = None,
    event: FromOption = None,
    live: LiveOption = False,
    prompt: PromptOption = None,
    model: ModelOption = None,
    pdb: PdbOption = False,
    for_program: JsonOption = False,
) -> None:
    """Run what happened to a task through today's handlers again, and show what they tell now. It tells nobody."""
    _quiet()
    try:
        history = _history(task, golden)
        if live or prompt or model:
            code = _live(history, into, event, _fork(prompt, model), for_program=for_program)
        else:
            tables = recorded_tables(EnricherSettings.load(), GeneratorSettings.load())
            code = _recorded(history, into, event, stopping(tables) if pdb else tables, for_program=for_program)
    except SettingsError as error:
        stop(WRONG, f"pathshala: {error}")
    except StoreUnavailable as error:
        stop(REFUSED, f"pathshala: the store: {error}")
    raise typer.Exit(code)


def _recorded(history: History, into: Service | None, event: str | None, tables: Tables, *, for_program: bool) -> int:
    """Replay with recorded answers, and show it."""
    results = run_again(history.log, tables, _wanted(into, event))
    whole = into is None and event is None
    if not results and not whole:
        stop(WRONG, NO_STEP)
    document = document_differences(history.log, history.kept) if whole else []
    if for_program:
        say_json(as_json(results, document))
    else:
        say_results(results, document)
    summed = summary(results, document)
    return REFUSED if summed.gaps else DIFFERENT if summed.differences else 0


def _live(
    history: History, into: Service | None, event: str | None, settings: GeneratorSettings, *, for_program: bool
) -> int:
    """Have the lesson written anew from the generator's last step that is wanted, and show both."""
    wanted = _wanted(into, event)
    chosen = [step for step in steps(history.log) if step.service == "generator" and wanted(step)]
    if not chosen:
        stop(WRONG, NO_STEP)
    written = write_again(chosen[-1], settings)
    if for_program:
        say_json(lessons_as_json(written))
    else:
        say_lessons(chosen[-1], written)
    return 0 if written.now else DIFFERENT


def _fork(prompt: Path | None, model: str | None) -> GeneratorSettings:
    """The settings of the house, with another plan or model if one is named."""
    changed = {"plan": prompt, "model": model}
    return GeneratorSettings.load().model_copy(update={name: value for name, value in changed.items() if value})


def _history(task: str | None, golden: Path | None) -> History:
    """Read the whole log of one task, or refuse."""
    if (task is None) == (golden is None):
        raise SettingsError("name a task, or a file of its events by --golden")
    history = read_file(golden) if golden else asyncio.run(read_store(Settings.load(), str(task)))
    if not history.log:
        stop(REFUSED, f"Refused: the log has no event of task {task}.")
    # What was not recorded is refused by the step that asks for it.
    if lost := [gap.text for gap in gaps(history.log) if gap.missing is not Missing.RECORDING]:
        stop(REFUSED, f"Refused: {'; '.join(lost)}.")
    return history


def _wanted(into: Service | None, event: str | None) -> Callable[[Step], bool]:
    """Choose steps by their service, and by the id, the place or the name of the event that led to them."""

    def wanted(step: Step) -> bool:
        consumed = step.consumed
        names = {consumed.envelope.id, str(consumed.position), consumed.envelope.type}
        return into in {None, step.service} and (event is None or event in names)

    return wanted


def _quiet() -> None:
    """Log faults of handlers, with their stacks, but not where messages would have gone: here they go nowhere."""
    telemetry.configure("error", "text")
    logging.getLogger(failures.__name__).setLevel(logging.CRITICAL)
