"""The command line: `python -m pathshala` starts the house; the other commands are for whoever operates one."""

import typer

from pathshala.dead.command import dead
from pathshala.doctor.command import doctor
from pathshala.events.command import events
from pathshala.rebuild.command import rebuild
from pathshala.replay.command import replay
from pathshala.republish.command import republish
from pathshala.run.command import run

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,  # it shows the values of variables, secrets included
    help="Pathshala: the whole house in one process, and the commands of its operator.",
)
app.add_typer(dead, name="dead")
app.command("doctor")(doctor)
app.command("events")(events)
app.command("rebuild")(rebuild)
app.command("replay")(replay)
app.command("republish")(republish)
app.command("run")(run)


@app.callback(invoke_without_command=True)
def house(context: typer.Context) -> None:
    """Start the house, if nothing else is asked for."""
    if context.invoked_subcommand is None:
        run()
