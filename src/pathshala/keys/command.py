"""`pathshala keys`: give out, list and revoke access keys, at a running house or in the store of one that does not run.

Exit codes: 0 done, 1 there is no such key, or house or store do not answer, 2 a setting or an option is wrong.
"""

from datetime import datetime
from typing import Annotated

import typer

from pathshala.options import MOMENTS, HouseAddress, JsonOption, example, sharing, utc
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
@sharing(HouseAddress)
@example('pathshala keys create --user asha --name "Asha\'s laptop" --role teacher')
def create_command(
    address: HouseAddress,
    *,
    user: UserOption,
    name: NameOption,
    role: RoleOption = Role.USER,
    expires: ExpiresOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make a key, and print it alone on standard output, this once. The store keeps its hash."""
    from pathshala.keys import action

    order = action.WantedKey(user, name, role, expires)
    return action.create(address, order, as_json=as_json)


@keys.command("list")
@sharing(HouseAddress)
@example("pathshala keys list")
def list_command(address: HouseAddress, *, as_json: JsonOption = False) -> int:
    """List all keys, the newest first, those that are revoked or expired too."""
    from pathshala.keys import action

    return action.list_keys(address, as_json=as_json)


@keys.command("revoke")
@sharing(HouseAddress)
@example("pathshala keys revoke 5f0c9a4be1d2837a")
def revoke_command(
    address: HouseAddress,
    *,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As listed.")],
    as_json: JsonOption = False,
) -> int:
    """Revoke a key: within 5 seconds it opens nothing any more, at any replica, nor does any session of it."""
    from pathshala.keys import action

    return action.revoke(address, key_id, as_json=as_json)
