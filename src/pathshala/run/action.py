"""Runs the embedded house until it is told to stop."""

import os
import threading
import webbrowser
from collections.abc import Mapping

from pathshala.run.embedded import announce, process
from pathshala.settings import HouseSettings
from pathshala_common.runtime.process import main


def run(chosen: Mapping[str, str], *, opens: bool) -> int:
    """Read the settings, those that were chosen before those of the environment, and run. Returns the exit code."""
    os.environ.update(chosen)  # a process that tries a suspect has them too
    return main(HouseSettings, process, _announce_and_open if opens else announce)


def _announce_and_open(settings: HouseSettings, url: str) -> None:
    announce(settings, url)
    threading.Thread(target=webbrowser.open, args=(f"{url}/",), daemon=True).start()  # some browsers wait for their end
