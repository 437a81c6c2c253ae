"""Processor seconds and memory of process trees, and how busy the machine is with other people's work. Linux only."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
QUIET_CORES = 0.15
QUIET_SECONDS_MAX = 6.0
LOOK_SECONDS = 0.25
KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    ticks: int
    """Its own and those of its children that have ended."""


def _stat(process: Path) -> list[str]:
    """What its folder of /proc tells of a process, from its state on."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def _processes() -> Iterator[_Process]:
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = _stat(place)
            except OSError:
                continue
            yield _Process(int(place.name), int(fields[1]), sum(map(int, fields[11:15])))


def _trees(roots: Iterable[int]) -> list[_Process]:
    """The processes of these trees that are alive."""
    living = list(_processes())
    found = set(roots)
    size = -1
    while size != len(found):
        size = len(found)
        found |= {one.pid for one in living if one.parent in found}
    return [one for one in living if one.pid in found]


def cpu_seconds(roots: Iterable[int]) -> float:
    """Processor seconds, user and system, that these processes and all they started have taken."""
    return sum(one.ticks for one in _trees(roots)) / TICKS_PER_SECOND


def age_seconds(pid: int) -> float:
    """How long ago a process was started, to a hundredth of a second."""
    started = int(_stat(Path(f"/proc/{pid}"))[19])
    return float(Path("/proc/uptime").read_text().split()[0]) - started / TICKS_PER_SECOND


def peak_mib(roots: Iterable[int]) -> float:
    """The greatest resident set that each process of these trees ever had, summed, in MiB."""
    return _told_mib(roots, "status", "VmHWM")


def rss_mib(roots: Iterable[int]) -> float:
    """The resident set of these trees now, in MiB."""
    return _told_mib(roots, "status", "VmRSS")


def pss_mib(roots: Iterable[int]) -> float:
    """The memory of these trees now, in MiB; of a page that several processes share, each has its part."""
    return _told_mib(roots, "smaps_rollup", "Pss")


def _told_mib(roots: Iterable[int], file: str, name: str) -> float:
    """The sum of what this file of /proc tells by this name, of each process of these trees that is still there."""
    kib = 0
    for one in _trees(roots):
        try:
            told = Path(f"/proc/{one.pid}/{file}").read_text()
        except OSError:
            continue
        kib += sum(int(line.split()[1]) for line in told.splitlines() if line.startswith(f"{name}:"))
    return kib / KIB_PER_MIB


@dataclass(slots=True)
class Foreign:
    """How many cores all processes but ours took, on average, while something was measured."""

    cores: float = 0.0


@contextmanager
def watched() -> Iterator[Foreign]:
    """Measure what others take inside the block."""
    foreign, began = Foreign(), time.monotonic()
    before = _busy_seconds() - cpu_seconds([os.getpid()])
    try:
        yield foreign
    finally:
        after = _busy_seconds() - cpu_seconds([os.getpid()])
        foreign.cores = max(0.0, after - before) / (time.monotonic() - began)


def wait_until_quiet() -> None:
    """Wait, though not for long, until others leave the machine alone."""
    deadline = time.monotonic() + QUIET_SECONDS_MAX
    while time.monotonic() < deadline:
        with watched() as foreign:
            time.sleep(LOOK_SECONDS)
        if foreign.cores < QUIET_CORES:
            return


def _busy_seconds() -> float:
    """Processor seconds that the machine has worked: all but idle and waiting for a disk."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8]
    )
    return (user + nice + system + sum(interrupts)) / TICKS_PER_SECOND


def children(pid: int) -> list[int]:
    """The processes that this one started and that are alive."""
    return [one.pid for one in _processes() if one.parent == pid]
