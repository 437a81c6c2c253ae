"""`pathshala webhooks`: tell the end of a task to its callback_url once more.

Exit codes: 0 asked for, 1 there is nothing to tell, or broker or store do not answer, 2 a setting is wrong.
"""

from typing import Annotated

import typer

from pathshala.options import TASK

webhooks = typer.Typer(no_args_is_help=True, help="Webhooks: send one again.")


@webhooks.callback()
def group() -> None:
    """Keep the group a group while it has one command."""


@webhooks.command("redeliver")
def redeliver_command(task: Annotated[str, TASK]) -> int:
    """Have the end of a task told again, under the same webhook-id, whatever became of it before."""
    from pathshala.webhooks import action

    return action.redeliver(task)
