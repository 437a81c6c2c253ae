"""`pathshala keys`: give out, list and revoke access keys, in the store that PATHSHALA_STORE_URL names.

Exit codes: 0 done, 1 there is no such key, or the store does not answer, 2 a setting or an option is wrong.
"""

from datetime import datetime
from typing import Annotated

import typer

from pathshala.options import MOMENTS, JsonOption, utc
from pathshala_common.contract.access_key import Role

keys = typer.Typer(no_args_is_help=True, help="Access keys: create, list, revoke.")

UserOption = Annotated[str, typer.Option("--user", help="Whose tasks it may order and see.")]
NameOption = Annotated[str, typer.Option("--name", help="What it is for, for people.")]
RoleOption = Annotated[Role, typer.Option("--role", help="What it may do: operators all.")]
ExpiresOption = Annotated[
    datetime | None,
    typer.Option("--expires", metavar="MOMENT", formats=MOMENTS, callback=utc, help="Until when it is valid."),
]


@keys.command("create")
def create_command(
    user: UserOption, name: NameOption, role: RoleOption = Role.USER, expires: ExpiresOption = None
) -> int:
    """Make a key, and print it alone on standard output, this once. The store keeps its hash."""
    from pathshala.keys import action

    return action.create(user=user, name=name, role=role, expires_at=expires)


@keys.command("list")
def list_command(*, as_json: JsonOption = False) -> int:
    """List all keys, the newest first, those that are revoked or expired too."""
    from pathshala.keys import action

    return action.list_keys(as_json=as_json)


@keys.command("revoke")
def revoke_command(key_id: Annotated[str, typer.Argument(metavar="ID", help="As listed.")]) -> int:
    """Revoke a key: within 5 seconds it opens nothing any more, at any replica, nor does any session of it."""
    from pathshala.keys import action

    return action.revoke(key_id)
