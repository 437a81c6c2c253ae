"""`pathshala class`: order a table of lessons from a running house, wait for them, and save them in one file.

Exit codes: 0 all are there, 1 some are not, or the house does not answer or refused, 2 a file cannot be read or
written.
"""

from pathlib import Path
from typing import Annotated

import typer

from pathshala.options import HouseAddress, JsonOption, example, sharing

FILE = typer.Argument(
    metavar="FILE", help="A table with the columns subject and topic, and if you like level and language."
)
USER = typer.Option("--user", help="Who asks, if there is no key that says so.")
TITLE = typer.Option("--title", help="What to call the set; the file's name, if left out.")
CALLS_MAX = typer.Option("--calls-max", min=1, help="The most calls of language models.")
PACK = typer.Option("--pack", help="Where to save the lessons; beside the table, if left out.")


@sharing(HouseAddress)
@example("pathshala class spring.csv --title 'Class 7b'")
def class_set(
    address: HouseAddress,
    *,
    file: Annotated[Path, FILE],
    user: Annotated[str | None, USER] = None,
    title: Annotated[str | None, TITLE] = None,
    calls_max: Annotated[int | None, CALLS_MAX] = None,
    pack: Annotated[Path | None, PACK] = None,
    as_json: JsonOption = False,
) -> int:
    """Order the lessons of a table as a class set, say how it goes, and save what comes of it as a ZIP."""
    from pathshala.class_set import action

    order = {"user_id": user, "title": title or file.stem, "calls_max": calls_max}
    return action.order(address, file, order, pack or file.with_suffix(".zip"), as_json=as_json)
