"""A MongoDB server of one's own, which a test may stop, freeze, kill and start again on the same port and data."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.servers.loopback import HOST, ServerError, answers, free_port, wait_until
from tests.waiting import DEADLINE_SECONDS


class PrivateMongoDB:
    """nx-27017, which speaks MongoDB's protocol, on a loopback port; its data lives in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Choose a free port; start() starts it."""
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, without a database."""
        return f"mongodb://{HOST}:{self._port}"

    def start(self) -> None:
        """Start it, and return once it accepts connections. Raises ServerError."""
        program = Path(sys.executable).parent / "nx-27017"
        if not program.exists():
            raise ServerError(f"{program} is not installed")
        command = [str(program), "--host", HOST, "-p", str(self._port)]
        files = {"data-dir": "data", "log-file": "log", "pid-file": "pid"}
        command += [f"--{option}={self._folder / name}" for option, name in files.items()]
        output = self._folder / "output"
        with output.open("ab") as sink:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        try:
            wait_until(lambda: answers(self._port), self._process, output)
        except ServerError:
            self.stop()
            raise

    def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop its clock: it keeps its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it politely, if it runs; frozen or not."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "it does not run"
        self._process.send_signal(number)
