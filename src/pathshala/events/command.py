"""`pathshala events TASK`: what happened to a task, from the log.

Exit codes: 0 shown, 1 the log has nothing of the task, or cannot be saved or read, 2 a setting or an option is wrong.
"""

from pathlib import Path
from typing import Annotated

import typer

from pathshala.options import TASK, JsonOption, example
from pathshala_common.contract.errors import SettingsError

GOLDEN = Path("tests/golden")

FollowOption = Annotated[bool, typer.Option("--follow", "-f", help="Go on until the task ends.")]
GoldenOption = Annotated[
    bool, typer.Option("--save-golden", help="Write the log to a file of one envelope a line, for replays.")
]
FolderOption = Annotated[Path, typer.Option("--folder", help="Where --save-golden puts it.")]


@example("pathshala events 3b6f9c0e-5a4d-4c1b-9a53-0d1c5f2b7e11 --follow")
def events(
    task: Annotated[str, TASK],
    *,
    follow: FollowOption = False,
    as_json: JsonOption = False,
    golden: GoldenOption = False,
    folder: FolderOption = GOLDEN,
) -> int:
    """Show what happened to a task, in the order of the log. The house may run or not."""
    if follow + as_json + golden > 1:
        raise SettingsError("choose one of --follow, --json and --save-golden")
    from pathshala.events import action

    return action.follow(task) if follow else action.show(task, folder if golden else None, as_json=as_json)
