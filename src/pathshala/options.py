"""Options that more than one command has, so that they are spelled and read alike."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

import typer

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]

Command = Callable[..., int]
LevelName = Literal["primary", "middle", "secondary", "adult"]
"""The levels of lessons, which a command offers before it loads what a lesson is."""

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


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
UrlOption = Annotated[
    str | None,
    typer.Option("--url", envvar="PATHSHALA_URL", help="Where the house answers; the local one, if left out."),
]
KeyOption = Annotated[
    str | None,
    typer.Option("--key", envvar="PATHSHALA_KEY", help="Your access key. Others see a command line: set it so."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseAddress:
    """The options that say which house is asked, and by which key; without an address the local one."""

    url: UrlOption = None
    key: KeyOption = None


def example(*lines: str) -> Callable[[CommandT], CommandT]:
    """Show these lines at the end of a command's help, as they are typed."""

    def shown(command: CommandT) -> CommandT:
        typed = "\n".join(f"  {line}" for line in lines)
        command.__doc__ = f"{inspect.getdoc(command)}\n\n\b\nExample:\n{typed}"
        return command

    return shown


def sharing(options: type) -> Callable[[Command], Command]:
    """Give a command the fields of a dataclass as options; it is called with the dataclass first.

    They come before its own in the help, but for those that say which house is asked.
    """
    shared = inspect.signature(options, eval_str=True).parameters
    last = inspect.signature(HouseAddress).parameters

    def extend(command: Command) -> Command:
        _, *own = inspect.signature(command, eval_str=True).parameters.values()

        def extended(**given: Any) -> int:
            chosen = options(**{name: given.pop(name) for name in shared})
            return command(chosen, **given)

        keyed = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in shared.values()]
        before, behind = [[one for one in keyed if (one.name in last) is is_last] for is_last in (False, True)]
        parameters = [*before, *own, *behind]
        # Typer reads the options from these.
        extended.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        extended.__annotations__ = {one.name: one.annotation for one in parameters}
        for name in ("__module__", "__name__", "__doc__"):
            setattr(extended, name, getattr(command, name))
        return extended

    return extend
