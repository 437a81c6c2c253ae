"""Services as real processes: start one with its settings, wait until it says it is ready, end it, read its log."""

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from subprocess import Popen
from typing import Any

from tests import freezing
from tests.house.forking import Forked, started
from tests.waiting import DEADLINE_SECONDS, looks


class ServiceProcess:
    """One `python -m module`, whose log lines are JSON in a file."""

    def __init__(self, module: str, settings: Mapping[str, str], folder: Path, name: str | None = None) -> None:
        self.name = name or module
        self._module, self.settings = module, dict(settings)
        self._log = folder / f"{self.name}.log"
        self.output = folder / f"{self.name}.out"
        self._process: Forked | Popen[bytes] | None = None
        self._read_from = 0

    def start(self) -> str:
        """Start it and wait until it is up. Returns the URL where it answers."""
        self.launch()
        return str(self.wait_for_log("started")["url"])

    def launch(self) -> None:
        """Start it, and do not wait."""
        self._read_from = self._log.stat().st_size if self._log.exists() else 0
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PATHSHALA_", "OPENAI_"))}
        environment = clean | {"PATHSHALA_LOG_FORMAT": "json"} | dict(self.settings)
        self._process = started([self._module], environment, self.output, self._log)

    def wait_for_log(self, event: str, seconds: float = DEADLINE_SECONDS) -> dict[str, Any]:
        """Wait for a log line of this start."""
        for _ in looks(seconds):
            for line in self.log_lines():
                if line.get("event") == event:
                    return line
            if self._process is not None and self._process.poll() is not None:
                break
        raise AssertionError(f"{self.name} did not say {event!r}:\n{self._log.read_text()[-4_000:]}")

    def log_lines(self) -> list[dict[str, Any]]:
        """What it logged since its last start."""
        with self._log.open("rb") as log:
            log.seek(self._read_from)
            text = log.read().decode(errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]

    @property
    def log_text(self) -> str:
        """Everything it ever logged."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop its clock: it keeps its connections and does nothing."""
        assert self._process is not None, "it does not run"
        freezing.freeze(self._process)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None, "it does not run"
        freezing.thaw(self._process)

    def terminate(self) -> int:
        """Ask it to stop and wait. Returns its exit code."""
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it ends by itself. Returns its exit code."""
        assert self._process is not None
        return self._process.wait(timeout=DEADLINE_SECONDS)

    def signal(self, number: int) -> None:
        assert self._process is not None, "it does not run"
        self._process.send_signal(number)

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(number)
        code = self._process.wait(timeout=DEADLINE_SECONDS)
        self._process = None
        return code
