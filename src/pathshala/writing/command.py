"""`pathshala pause` and `pathshala resume`: no generator begins a lesson, and all may again.

Exit codes: 0 done, 1 the house or its store does not answer, 2 a setting or an option is wrong.
"""

from typing import Annotated

import typer

from pathshala.options import HouseAddress, JsonOption, example, sharing

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, for whoever looks: up to 500 characters.")]


@sharing(HouseAddress)
@example("pathshala pause --reason 'a new model'")
def pause(address: HouseAddress, *, reason: ReasonOption = None, as_json: JsonOption = False) -> int:
    """Pause writing, for generators that start later too: they finish what they write, and begin nothing."""
    from pathshala.writing import action

    return action.set_paused(address, paused=True, reason=reason, as_json=as_json)


@sharing(HouseAddress)
@example("pathshala resume")
def resume(address: HouseAddress, *, as_json: JsonOption = False) -> int:
    """Let generators write again. The first goes on within 7 seconds."""
    from pathshala.writing import action

    return action.set_paused(address, paused=False, reason=None, as_json=as_json)
