"""Child processes of a run: started with a clean environment and a log, ended with all that they started."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.loopback import answers, wait_until

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
END_SECONDS = 10.0
OURS = ("PATHSHALA_", "OPENAI_", "BENCH_")


@contextmanager
def child(
    name: str,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
    ready: Callable[[], bool] | None = None,
) -> Iterator[int]:
    """Run a command while inside, and give its process id once it answers at its port or says that it is ready.

    What it says goes to a log in `folder`. Raises ServerError, with the end of the log, if it does not come up.
    """
    log = folder / f"{name}.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - commands of this benchmark
            command,
            cwd=folder,
            env=_clean() | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    try:
        if port is not None:
            wait_until(lambda: answers(port), process, log, seconds=START_SECONDS)
        if ready is not None:
            wait_until(ready, process, log, seconds=START_SECONDS)
        yield process.pid
    finally:
        _end(process)


def run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command to its end. Raises SubprocessError if it fails or takes too long."""
    subprocess.run(  # noqa: S603 - commands of this benchmark
        command, env=_clean() | dict(environment), check=True, capture_output=True, timeout=START_SECONDS
    )


def _clean() -> dict[str, str]:
    """Our environment without settings of the house, and with this repository to be imported from."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    paths = [str(ROOT), *filter(None, [inherited.get("PYTHONPATH")])]
    return inherited | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
    process.wait()
