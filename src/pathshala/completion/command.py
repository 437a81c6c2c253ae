"""`pathshala completion`: what a shell needs to complete words of this command line.

Exit codes: 0 printed, 2 it is no shell that is known.
"""

import os
from typing import Annotated, Literal

import typer
from typer.completion import completion_init, get_completion_script  # type: ignore[attr-defined]  # no other door

from pathshala.options import example

NAME = "pathshala"
ASKED_BY = "_PATHSHALA_COMPLETE"
"""The variable by which a shell asks what a word could become."""

ShellArgument = Annotated[Literal["bash", "zsh", "fish"], typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]


@example(
    "pathshala completion bash >> ~/.bashrc",
    "pathshala completion zsh >> ~/.zshrc",
    "pathshala completion fish > ~/.config/fish/completions/pathshala.fish",
)
def completion(shell: ShellArgument) -> None:
    """Print the script by which a shell completes commands, options and their values. Nothing is installed."""
    typer.echo(get_completion_script(prog_name=NAME, complete_var=ASKED_BY, shell=shell))


if ASKED_BY in os.environ:
    completion_init()
