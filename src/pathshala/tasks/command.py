"""`pathshala tasks`: what a running house has to do, and how far it is.

Exit codes: 0 shown, 1 there is no such task, a watched task failed, or the house refused or does not answer, 2 an
option is wrong.
"""

from typing import Annotated, Literal

import typer

from pathshala.options import HouseAddress, JsonOption, example, sharing
from pathshala_common.contract.errors import SettingsError

TaskArgument = Annotated[str | None, typer.Argument(metavar="[TASK]", help="This task, and no other.")]
StatusOption = Annotated[
    Literal["pending", "in_progress", "completed", "failed"] | None,
    typer.Option("--status", help="Only those that stand so."),
]
UserOption = Annotated[str | None, typer.Option("--user", help="Only those of this user.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100, help="At most so many.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="Go on showing: one task until it ends, all until Ctrl-C.")]


@sharing(HouseAddress)
@example("pathshala tasks --status failed", "pathshala tasks --watch")
def tasks(
    address: HouseAddress,
    *,
    task: TaskArgument = None,
    status: StatusOption = None,
    user: UserOption = None,
    limit: LimitOption = 20,
    watch: WatchOption = False,
    as_json: JsonOption = False,
) -> int:
    """List the tasks that a house keeps, the newest first, or show one. With --json and --watch, a line each time."""
    if task is not None and (status or user):
        raise SettingsError("name a TASK, or choose by --status and --user")
    from pathshala.tasks import action

    if task is not None:
        return action.one(address, task, watch=watch, as_json=as_json)
    query = {"status": status, "user_id": user, "limit": limit}
    act = action.watch if watch else action.list_tasks
    return act(address, query, as_json=as_json)
