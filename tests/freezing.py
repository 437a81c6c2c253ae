"""Stopping the clock of a process that was started here: it keeps its connections and does nothing."""

import os
import signal
import subprocess


def freeze(process: subprocess.Popen[bytes]) -> None:
    """Stop it. Returns once none of its threads runs: on a busy machine they go on for a while after the signal."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)


def thaw(process: subprocess.Popen[bytes]) -> None:
    """Let it go on."""
    process.send_signal(signal.SIGCONT)
