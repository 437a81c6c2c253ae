"""Options that more than one command has, so that they are spelled and read alike."""

from datetime import UTC, datetime
from typing import Annotated

import typer

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]

TaskOption = Annotated[str | None, typer.Option("--task", help="Only about this task.")]
TypeOption = Annotated[str | None, typer.Option("--type", help="Only events of this name.")]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", formats=MOMENTS, help="Only told since (UTC unless it says).")
]
UntilOption = Annotated[
    datetime | None, typer.Option("--until", formats=MOMENTS, help="Only told before (UTC unless it says).")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For a program.")]


def utc(moment: datetime | None) -> datetime | None:
    """Take a moment as UTC unless it says what it is."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
