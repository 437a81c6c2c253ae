"""The command line: `python -m pathshala` starts the house; the other commands are for whoever operates one.

A command is a folder: `command.py` has its options, and imports nothing that takes time; `action.py` does what is
asked, and is imported when the command runs. So `--help` answers at once.
"""

import typer

from pathshala.class_set.command import class_set
from pathshala.control.command import cancel, retry
from pathshala.dead.command import dead
from pathshala.doctor.command import doctor
from pathshala.events.command import events
from pathshala.exits import Commands
from pathshala.keys.command import keys
from pathshala.migrate.command import migrate
from pathshala.rebuild.command import rebuild
from pathshala.replay.command import replay
from pathshala.republish.command import republish
from pathshala.run.command import run
from pathshala.sources.command import sources
from pathshala.verify.command import verify
from pathshala.webhooks.command import webhooks
from pathshala.writing.command import pause, resume

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,  # drawing boxes around the help takes longer than all else that it does
    pretty_exceptions_enable=False,  # it shows the values of variables, secrets included
    help="Pathshala: the whole house in one process, and the commands of its operator.",
)
app.add_typer(dead, name="dead")
app.add_typer(webhooks, name="webhooks")
app.add_typer(keys, name="keys")
app.add_typer(sources, name="sources")
for command in (cancel, doctor, events, migrate, pause, rebuild, replay, republish, resume, retry, run, verify):
    app.command()(command)

app.command("class")(class_set)


@app.callback(invoke_without_command=True)
def house(context: typer.Context) -> int | None:
    """Start the house, if nothing else is asked for."""
    return run() if context.invoked_subcommand is None else None
