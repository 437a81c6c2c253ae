"""The command line: `pathshala up` starts the house; the other commands are for its users and its operator.

A command is a folder: `command.py` has its options, and imports nothing that takes time; `action.py` does what is
asked, and is imported when the command runs. So `--help` answers at once.
"""

from typing import Annotated

import typer

from pathshala.class_set.command import class_set
from pathshala.completion.command import completion
from pathshala.console.command import open_console
from pathshala.control.command import cancel, retry
from pathshala.dead.command import dead
from pathshala.doctor.command import doctor
from pathshala.events.command import events
from pathshala.exits import Commands
from pathshala.keys.command import keys
from pathshala.lesson.command import lesson
from pathshala.migrate.command import migrate
from pathshala.queues.command import queues
from pathshala.rebuild.command import rebuild
from pathshala.replay.command import replay
from pathshala.republish.command import republish
from pathshala.run.command import up
from pathshala.sources.command import sources
from pathshala.tasks.command import tasks
from pathshala.verify.command import verify
from pathshala.webhooks.command import webhooks
from pathshala.writing.command import pause, resume
from pathshala_common import __version__

app = typer.Typer(
    cls=Commands,
    add_completion=False,  # `completion` prints it, and installs nothing
    rich_markup_mode=None,  # drawing boxes around the help takes longer than all else that it does
    pretty_exceptions_enable=False,  # it shows the values of variables, secrets included
    context_settings={"help_option_names": ["--help", "-h"]},
    help="Pathshala: the whole house in one process, and the commands of its users and its operator.",
)
app.command()(up)
app.add_typer(lesson, name="lesson")
app.command("class")(class_set)
for command in (tasks, cancel, retry, events, queues):
    app.command()(command)
app.command("open")(open_console)
for command in (doctor, migrate, replay, rebuild, republish, pause, resume):
    app.command()(command)
app.command()(completion)
for group, name in ((keys, "keys"), (dead, "dead"), (webhooks, "webhooks"), (sources, "sources")):
    app.add_typer(group, name=name)
app.command("run", hidden=True)(up)
app.command("verify", hidden=True)(verify)


def version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    """Print the version, and end."""
    if asked:
        typer.echo(f"pathshala {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def house(
    context: typer.Context,
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> int | None:
    """Start the house, if nothing else is asked for."""
    return up() if context.invoked_subcommand is None else None
