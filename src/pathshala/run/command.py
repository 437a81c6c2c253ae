"""`pathshala up`: start the whole house in one process.

Exit codes: 0 it was stopped, 1 a fault stopped it, or broker or store do not answer, 2 a setting is wrong.
"""

import gc
from typing import Annotated

import typer

from pathshala.options import example

HostOption = Annotated[str | None, typer.Option("--host", help="Where it listens, instead of PATHSHALA_HOST.")]
PortOption = Annotated[
    int | None, typer.Option("--port", help="Its port, instead of PATHSHALA_PORT; 0 takes a free one.")
]
StoreOption = Annotated[str | None, typer.Option("--store", help="Its store, instead of PATHSHALA_STORE_URL.")]
OpenOption = Annotated[bool, typer.Option("--open", help="Open its console in a browser, once it is up.")]


@example("pathshala up --open", "pathshala up --port 9000 --store sqlite:///school.db")
def up(
    host: HostOption = None, port: PortOption = None, store: StoreOption = None, *, opens: OpenOption = False
) -> int:
    """Start the whole house in one process, until Ctrl-C. Other settings are those of the environment."""
    gc.disable()  # what is imported stays, and is not looked through again and again; runtime/process.py collects anew
    from pathshala.run import action

    chosen = {"PATHSHALA_HOST": host, "PATHSHALA_PORT": port, "PATHSHALA_STORE_URL": store}
    return action.run({name: str(value) for name, value in chosen.items() if value is not None}, opens=opens)
