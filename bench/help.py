"""The CPU time of each command's help, since a person waits for it: `python -m bench.help`."""

import os
import resource
import subprocess
import sys

from tests.documents.commands_page import commands

RUNS = 3
BOUND_SECONDS = 0.3
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The environment in which modules are compiled once, as they are where they are installed."""


def cpu_seconds(words: list[str]) -> float:
    """The CPU time of one `--help`, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pathshala", *words, "--help"]
    subprocess.run(command, env=COMPILED, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - ourselves
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Measure all. Returns the exit code: 1 if one takes longer than it may."""
    worst = 0.0
    for words, _ in [("", None), *commands()]:
        seconds = min(cpu_seconds(words.split()) for _ in range(RUNS))  # a busy machine makes each dearer
        worst = max(worst, seconds)
        print(f"{seconds:.3f} s  pathshala {words} --help")
    print(f"{worst:.3f} s at the most; the bound is {BOUND_SECONDS} s")
    return int(worst > BOUND_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
