"""The CPU time of each command's help, since a person waits for it: `python -m bench.help`."""

import resource
import statistics
import subprocess
import sys

from tests.documents.commands_page import commands

RUNS = 3
BOUND_SECONDS = 0.3


def cpu_seconds(words: list[str]) -> float:
    """The CPU time of one `--help`, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "pathshala", *words, "--help"], stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - ourselves
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Measure all. Returns the exit code: 1 if one takes longer than it may."""
    worst = 0.0
    for words, _ in [("", None), *commands()]:
        seconds = statistics.median(cpu_seconds(words.split()) for _ in range(RUNS))
        worst = max(worst, seconds)
        print(f"{seconds:.3f} s  pathshala {words} --help")
    print(f"{worst:.3f} s at the most; the bound is {BOUND_SECONDS} s")
    return int(worst > BOUND_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
