"""`pathshala replay`: run what happened to a task through today's handlers again, with recorded answers.

Exit codes: 0 all is told as it was, 1 something is not, 2 an option or a setting is wrong, 3 refused: something that
it needs is not there any more.
"""

from pathlib import Path
from typing import Annotated

import typer

from pathshala.options import TASK, JsonOption, example
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.services import Service

GoldenOption = Annotated[Path | None, typer.Option(help="A file of events, one a line, instead of the store's log.")]
IntoOption = Annotated[Service | None, typer.Option(help="Only the steps of this service.")]
FromOption = Annotated[str | None, typer.Option("--from", help="Only what this event led to: its id, place or name.")]
LiveOption = Annotated[bool, typer.Option("--live-llm", help="Have the lesson written by the real writer. It costs.")]
PromptOption = Annotated[Path | None, typer.Option(help="The same by another lesson plan, a Markdown file or folder.")]
ModelOption = Annotated[str | None, typer.Option(help="The same by another model.")]
PdbOption = Annotated[bool, typer.Option("--pdb", help="Stop in the debugger at the first line of each handler.")]


@example("pathshala replay 3b6f9c0e-5a4d-4c1b-9a53-0d1c5f2b7e11 --into generator")
def replay(  # noqa: PLR0913 - one argument an option
    task: Annotated[str | None, TASK] = None,
    *,
    golden: GoldenOption = None,
    into: IntoOption = None,
    event: FromOption = None,
    live: LiveOption = False,
    prompt: PromptOption = None,
    model: ModelOption = None,
    pdb: PdbOption = False,
    as_json: JsonOption = False,
) -> int:
    """Run what happened to a task through today's handlers again. Shows what they tell now, and tells nobody."""
    if (task is None) == (golden is None):
        raise SettingsError("name a task, or a file of its events by --golden")
    from pathshala.replay import action

    history = action.history(task, golden)
    wanted = action.StepFilter(into, event)
    if live or prompt or model:
        return action.live(history, wanted, prompt, model, as_json=as_json)
    return action.recorded(history, wanted, pdb=pdb, as_json=as_json)
