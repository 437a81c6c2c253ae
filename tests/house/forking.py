"""Python modules as processes, forked from one that has imported what most need: a test run pays for that once."""

import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import Popen, TimeoutExpired

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.house.imported"])


def started(command: Sequence[str], environment: Mapping[str, str], output: Path, log: Path) -> "Forked | Popen[bytes]":
    """Start `python -m command`; for a test by a fork, if its environment names the modules that are imported here."""
    for path in (output, log):
        path.touch()
    if "pytest" in sys.modules and environment.get("PYTHONPATH") == os.environ.get("PYTHONPATH"):
        return Forked(command, environment, output, log)
    with output.open("ab") as out, log.open("ab") as err:
        return Popen([sys.executable, "-m", *command], env=environment, stdout=out, stderr=err)


class Forked:
    """What answers as a `Popen` does."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], output: Path, log: Path) -> None:
        self._process = _FORKING.Process(target=_become, args=(list(command), dict(environment), output, log))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal, once it has ended."""
        self._process.join(0)
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Wait until it ends. Returns its exit code. Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired(str(self.pid), timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _become(command: Sequence[str], environment: Mapping[str, str], output: Path, log: Path) -> None:
    """Be what `python -m` would make of the command: its own command, environment, output and handling of signals."""
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((output, 1), (log, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv, sys.orig_argv = list(command), [sys.executable, "-m", *command]
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
