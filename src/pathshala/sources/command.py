"""`pathshala sources`: look up the articles that lessons stand on again, and flag what is stale.

Exit codes: 0 no quote of any lesson is stale, 1 some are, or the log or the encyclopedia does not answer, 2 a setting
is wrong.
"""

from typing import Annotated

import typer

from pathshala.options import JsonOption, example

AllOption = Annotated[bool, typer.Option("--all", help="Every version, and not only the newest of each edition.")]

sources = typer.Typer(
    no_args_is_help=True, help="Sources: flag lessons whose quoted words their articles have no more."
)


@sources.callback()
def group() -> None:
    """Keep the group a group while it has one command."""


@sources.command("check")
@example("pathshala sources check")
def check_command(*, every: AllOption = False, as_json: JsonOption = False) -> int:
    """Look the cited articles up again, and flag lessons whose quoted words changed or vanished. Changes nothing.

    It asks the encyclopedia as the enricher does: one request at a time, for twenty articles each.
    """
    from pathshala.sources import action

    return action.check(every=every, as_json=as_json)
