"""Stopping the clock of a process that was started here: it keeps its connections and does nothing."""

import signal
from pathlib import Path
from typing import Protocol

from tests.waiting import until_true


class Process(Protocol):
    """What can be sent signals."""

    @property
    def pid(self) -> int: ...

    def send_signal(self, number: int, /) -> None: ...


def freeze(process: Process) -> None:
    """Stop it. Returns once none of its threads runs: on a busy machine they go on for a while after the signal."""
    process.send_signal(signal.SIGSTOP)
    threads = Path(f"/proc/{process.pid}/task")
    until_true(lambda: all(_state(thread) == "T" for thread in threads.iterdir()))


def thaw(process: Process) -> None:
    """Let it go on."""
    process.send_signal(signal.SIGCONT)


def _state(thread: Path) -> str:
    return (thread / "stat").read_text().rpartition(")")[2].split()[0]
