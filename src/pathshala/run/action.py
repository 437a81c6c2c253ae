"""Runs the embedded house until it is told to stop."""

from pathshala.run.embedded import announce, process
from pathshala.settings import HouseSettings
from pathshala_common.runtime.process import main


def run() -> int:
    """Read the settings, and run. Returns the exit code."""
    return main(HouseSettings, process, announce)
