"""A command on a terminal of its own, for what it shows there."""

import os
import pty
import signal
import subprocess
import sys
from dataclasses import dataclass

from tests.operators.command import environment
from tests.waiting import DEADLINE_SECONDS

READ_SIZE_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Seen:
    """The exit code of a command, and all that its terminal was sent."""

    code: int
    text: str


def on_terminal(*arguments: str, interrupt_at: str = "", **settings: str) -> Seen:
    """Run it on a terminal until it ends; it is interrupted once the terminal shows `interrupt_at`."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pathshala", *arguments],
        env=environment(settings) | {"TERM": "xterm-256color", "COLUMNS": "120"},
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    try:
        seen = b""
        while read := _read(ours):
            waited = interrupt_at.encode() not in seen
            seen += read
            if interrupt_at and waited and interrupt_at.encode() in seen:
                process.send_signal(signal.SIGINT)
        return Seen(process.wait(DEADLINE_SECONDS), seen.decode(errors="replace"))
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int) -> bytes:
    """Read what there is; nothing, once nobody is left who could write there."""
    try:
        return os.read(terminal, READ_SIZE_BYTES)
    except OSError:  # so Linux tells of that end
        return b""
