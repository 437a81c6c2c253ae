"""`pathshala rebuild`: fold every task anew from the log, compare with the live documents, and swap on request.

Exit codes: 0 all is as the log makes it, 1 something is not, or the store does not answer, 2 a setting or an option is
wrong.
"""

from pathlib import Path
from typing import Annotated

import typer

from pathshala.options import JsonOption, example

REBUILT = Path("pathshala-rebuilt.db")

FileOption = Annotated[Path, typer.Option("--file", help="Where rebuilt documents are kept meanwhile.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on where a pass was broken off.")]
SwapOption = Annotated[bool, typer.Option("--swap", help="Write what is wrong anew. On SQLite, stop the house first.")]


@example("pathshala rebuild")
def rebuild(
    *,
    file: FileOption = REBUILT,
    go_on: ResumeOption = False,
    swapping: SwapOption = False,
    as_json: JsonOption = False,
) -> int:
    """Fold every task anew from the log, and say what differs. Beside the live documents: the house may run."""
    from pathshala.rebuild import action

    return action.rebuild(file, go_on=go_on, swapping=swapping, as_json=as_json)
