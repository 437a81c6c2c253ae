"""`pathshala lesson verify FILE`: whether a file of a lesson is what the log holds, and where it is not.

Exit codes: 0 it is, 1 it is not, or the log has no such lesson, or does not answer, 2 the file is none of a lesson, or
a setting or an option is wrong.
"""

from pathlib import Path
from typing import Annotated

import typer

from pathshala.options import JsonOption, example

FILE = typer.Argument(
    metavar="FILE", help="HTML, Markdown, JSON, GIFT, DOCX or a Common Cartridge, as a house gave it."
)
UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="PATHSHALA_URL",
        help="A running house to ask, instead of the store; a key for it is in PATHSHALA_KEY.",
    ),
]


@example("pathshala lesson verify verbs-1.0.html")
def verify(file: Annotated[Path, FILE], *, url: UrlOption = None, as_json: JsonOption = False) -> int:
    """Tell whether a file of a lesson is what the log holds. Of one that is not, the first place is named."""
    from pathshala.verify import action

    return action.verify(file, url, as_json=as_json)
