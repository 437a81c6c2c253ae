"""`pathshala webhooks`: tell the end of a task to its callback_url once more.

Exit codes: 0 asked for, 1 there is nothing to tell, or the house, its broker or store do not answer, 2 a setting is
wrong.
"""

from typing import Annotated

import typer

from pathshala.options import TASK, HouseAddress, JsonOption, example, sharing

webhooks = typer.Typer(no_args_is_help=True, help="Webhooks: send one again.")


@webhooks.callback()
def group() -> None:
    """Keep the group a group while it has one command."""


@webhooks.command("redeliver")
@sharing(HouseAddress)
@example("pathshala webhooks redeliver 3b6f9c0e-5a4d-4c1b-9a53-0d1c5f2b7e11")
def redeliver_command(address: HouseAddress, *, task: Annotated[str, TASK], as_json: JsonOption = False) -> int:
    """Have the end of a task told again, under the same webhook-id, whatever became of it before."""
    from pathshala.webhooks import action

    return action.redeliver(address, task, as_json=as_json)
