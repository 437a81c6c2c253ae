"""The end of a command: its exit code, and for each error one line on standard error.

A command returns its exit code, None for 0. What it raises becomes a code here, and nowhere else:

SettingsError -> 2, Unavailable (broker or store do not answer) -> 1. Ctrl-C is 130, by Typer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from pathshala_common.contract.errors import BrokerUnavailable, SettingsError, StoreUnavailable, Unavailable

FAILED = 1
"""Nothing matched, the operator said no, something is not as it should be, or broker or store do not answer."""

MISUSED = 2
"""A setting or an option is wrong."""

REFUSED = 3
"""A replay cannot be had: something that it needs is not there."""

AWAY = {BrokerUnavailable: "the broker: ", StoreUnavailable: "the store: "}


class Commands(TyperGroup):
    """The commands of an app, which end by these rules."""

    def invoke(self, ctx: Any) -> NoReturn:
        """Run the command that was asked for, and exit."""
        try:
            raise typer.Exit(super().invoke(ctx) or 0)
        except SettingsError as error:
            stop(MISUSED, f"pathshala: {error}")
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
def advising(advice: str) -> Iterator[None]:
    """Add to what broker or store raise inside what the operator can do then."""
    try:
        yield
    except Unavailable as error:
        error.add_note(advice)
        raise
