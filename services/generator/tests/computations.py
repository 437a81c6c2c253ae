"""What the tests of the pool have computed: functions that another process can import."""

import os
import signal
import sys
from pathlib import Path


def prepare(folder: str) -> None:
    """Leave a trace of each process that is started; die where that is refused."""
    if Path(folder, "refused").exists():
        die()
    Path(folder, str(os.getpid())).touch()


def double(number: int) -> int:
    return 2 * number


def refuse(reason: str) -> None:
    raise ValueError(reason)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_unless(place: str) -> str:
    """Die where nothing stands at a place, and leave something there."""
    if not Path(place).exists():
        Path(place).touch()
        die()
    return place


def spin() -> None:
    while sys.maxsize:
        pass
