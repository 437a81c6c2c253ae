"""`pathshala run`: start the whole house in one process."""

import typer

from pathshala.run.embedded import process
from pathshala.settings import HouseSettings
from pathshala_common.runtime.process import main


def run() -> None:
    """Start the whole house in one process, by the settings of the environment."""
    raise typer.Exit(main(HouseSettings, process))
