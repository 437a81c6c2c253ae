"""`pathshala pause` and `pathshala resume`: no generator begins a lesson, and all may again.

Exit codes: 0 done, 1 the store does not answer, 2 a setting or an option is wrong.
"""

from typing import Annotated

import typer

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, for whoever looks: up to 500 characters.")]


def pause(reason: ReasonOption = None) -> int:
    """Pause writing, for generators that start later too: they finish what they write, and begin nothing."""
    from pathshala.writing import action

    return action.set_paused(paused=True, reason=reason)


def resume() -> int:
    """Let generators write again. The first goes on within 30 seconds."""
    from pathshala.writing import action

    return action.set_paused(paused=False, reason=None)
