"""The end of a command: its exit code, and for each error one line on standard error that says what to do.

A command returns its exit code, None for 0. What it raises becomes a code here, and nowhere else:

SettingsError, and what is typed wrongly -> 2; CommandError, and Unavailable (broker or store do not answer) -> 1.
Ctrl-C is 130, by Typer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from pathshala_common.contract.errors import BrokerUnavailable, SettingsError, StoreUnavailable, Unavailable

FAILED = 1
MISUSED = 2
REFUSED = 3
INTERRUPTED = 130

EXIT_CODES: Mapping[int, str] = {
    0: "It was done, or all is as it should be.",
    FAILED: "It was not done: nothing matched, you said no, something is not as it should be, or nobody answers.",
    MISUSED: "A setting, an option or a file is wrong; nothing was done.",
    REFUSED: "A replay cannot be had: something that it needs is not there.",
    INTERRUPTED: "You pressed Ctrl-C. What the house was asked for before goes on.",
}
"""Every exit code with its meaning, for all commands alike."""

UsageError: Any = typer.BadParameter.__base__
"""Typer raises it for a line that it cannot read, and has no public name for it."""

AWAY = {BrokerUnavailable: "the broker: ", StoreUnavailable: "the store: "}


class CommandError(Exception):
    """A command cannot do what it was asked for. Its text is one line, and says what to do."""


class Commands(TyperGroup):
    """The commands of an app, which end by these rules."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the line as far as the command's name."""
        with telling_misuse():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> NoReturn:
        """Run the command that was asked for, and exit."""
        try:
            with telling_misuse():
                raise typer.Exit(super().invoke(ctx) or 0)
        except SettingsError as error:
            stop(MISUSED, f"pathshala: {error}")
        except CommandError as error:
            stop(FAILED, f"pathshala: {error}")
        except Unavailable as error:
            stop(FAILED, away(error))


def stop(code: int, line: str) -> NoReturn:
    """Say why on standard error, and end with an exit code."""
    from pathshala.terminal import say  # noqa: PLC0415 - rich takes time to import, and no help needs it

    say(line, error=True)
    raise typer.Exit(code)


def away(error: Unavailable) -> str:
    """Say in one line what does not answer, with the advice that was added."""
    advice = getattr(error, "__notes__", [])
    return "pathshala: " + ". ".join([f"{AWAY.get(type(error), '')}{error}", *advice])


@contextmanager
def telling_misuse() -> Iterator[None]:
    """Say in one line what is wrong with what was typed. A command of commands without any shows its help."""
    try:
        yield
    except UsageError as error:
        said = str(error.format_message()).replace("Value error, ", "")
        if "\n" in said or error.ctx is None:
            raise
        ended = said if said.endswith((".", "?")) else f"{said}."
        stop(MISUSED, f"pathshala: {ended} `{error.ctx.command_path} --help` shows what can be typed.")


@contextmanager
def advising(advice: str) -> Iterator[None]:
    """Add to what broker or store raise inside what the operator can do then."""
    try:
        yield
    except Unavailable as error:
        error.add_note(advice)
        raise
