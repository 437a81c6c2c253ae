"""Options that more than one command has, so that they are spelled and read alike."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]

Command = Callable[..., int]


def utc(moment: datetime | None) -> datetime | None:
    """Take a moment as UTC unless it says what it is."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


TASK = typer.Argument(metavar="TASK", help="The task_id that POST /lessons gave.")

TaskOption = Annotated[str | None, typer.Option("--task", help="Only about this task.")]
TypeOption = Annotated[str | None, typer.Option("--type", help="Only events of this name.")]
SinceOption = Annotated[
    datetime | None,
    typer.Option("--since", metavar="MOMENT", formats=MOMENTS, callback=utc, help="Only what happened since."),
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        metavar="MOMENT",
        formats=MOMENTS,
        callback=utc,
        help="Only what happened before: 2026-11-01 or 2026-11-01T12:00:00, UTC unless it ends in +01:00, say.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For a program.")]


def sharing(options: type) -> Callable[[Command], Command]:
    """Give a command the fields of a dataclass as options, before its own; it is called with the dataclass first."""
    shared = inspect.signature(options, eval_str=True).parameters

    def extend(command: Command) -> Command:
        _, *own = inspect.signature(command, eval_str=True).parameters.values()

        def extended(**given: Any) -> int:
            chosen = options(**{name: given.pop(name) for name in shared})
            return command(chosen, **given)

        parameters = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in shared.values()), *own]
        # Typer reads the options from these.
        extended.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        extended.__annotations__ = {one.name: one.annotation for one in parameters}
        extended.__name__, extended.__doc__ = command.__name__, command.__doc__
        return extended

    return extend
