"""`pathshala migrate`: bring the store up to this version. Run it before a new version's services, and again at will.

Exit codes: 0 done, or nothing to do, 1 the store does not answer, 2 a setting is wrong.
"""

from typing import Annotated

import typer

from pathshala.options import JsonOption, example

DropOption = Annotated[
    bool, typer.Option("--drop", help="Drop indexes that older versions alone need, once none of those runs.")
]


@example("pathshala migrate")
def migrate(*, drop: DropOption = False, as_json: JsonOption = False) -> int:
    """Make the indexes that the services need, on the store that PATHSHALA_STORE_URL names. The house may run."""
    from pathshala.migrate import action

    return action.migrate(drop=drop, as_json=as_json)
