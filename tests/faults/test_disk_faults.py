"""Fault 15: the disk is full. Requests are refused cleanly, nothing is damaged, and with room the house goes on."""

import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest
import requests

from tests.faults.record import MEMORY, Measured, fault
from tests.house import calling
from tests.house.asking import ask, outcome, status
from tests.house.houses import House, embedded
from tests.house.processes import ServiceProcess
from tests.waiting import until_true

DISK_BYTES = 4 * 2**20
TASKS_MAX = 5_000
BALLAST = "ballast"


class Disk(Protocol):
    """A place for the database that a test fills and empties."""

    folder: Path

    def fill(self, process: ServiceProcess) -> None:
        """Leave no room to write."""

    def free(self, process: ServiceProcess) -> None:
        """Leave room again."""


class SmallDisk:
    """A file system in memory. Full is when not one byte more can be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, process: ServiceProcess) -> None:
        del process
        with (self.folder / BALLAST).open("ab", buffering=0) as ballast:
            for size in (2**16, 2**12, 1):
                try:
                    while ballast.write(bytes(size)):
                        pass
                except OSError:
                    continue

    def free(self, process: ServiceProcess) -> None:
        del process
        (self.folder / BALLAST).unlink()


class LimitedFiles:
    """A limit on the size of the files that the house may write, where no file system can be mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, process: ServiceProcess) -> None:
        self._limit(process, min(path.stat().st_size for path in self.folder.glob("*.db-wal")))

    def free(self, process: ServiceProcess) -> None:
        self._limit(process, resource.RLIM_INFINITY)

    def _limit(self, process: ServiceProcess, size: int) -> None:
        _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, most))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk, if this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        yield LimitedFiles(folder)
        return
    yield SmallDisk(folder)
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def house(disk: Disk, tmp_path: Path, wikipedia_url: str) -> Iterator[House]:
    """A house whose database is on that disk; its log is not."""
    database = f"sqlite:///{disk.folder / 'pathshala.db'}"
    made = embedded(tmp_path, wikipedia_url, PATHSHALA_STORE_URL=database)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@fault(15, MEMORY)
def test_a_full_disk_costs_clean_refusals_and_nothing_else(house: House, disk: Disk, measured: Measured) -> None:
    process = house.services["pathshala"]
    before = outcome(house.url, ask(house.url, "before"))
    disk.fill(process)
    accepted: list[str] = []
    (refused,) = until_true(lambda: _refusals(house, accepted), 60)
    ready = calling.get(f"{house.url}/health/ready", timeout=10)
    readable = status(house.url, before["task_id"])
    disk.free(process)
    until_true(lambda: calling.get(f"{house.url}/health/ready", timeout=10).status_code == 200, 30)
    after = outcome(house.url, ask(house.url, "after"))
    unlucky = [outcome(house.url, task_id)["status"] for task_id in accepted]
    exit_code = process.terminate()
    check = _integrity(disk.folder / "pathshala.db")
    measured(
        answer_when_full=refused.status_code,
        accepted_while_full=len(accepted),
        of_these_lost=len(accepted) - unlucky.count("completed"),
        integrity_check=check,
        disk=type(disk).__name__,
    )
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "store_unavailable"
    assert "Retry-After" in refused.headers
    assert ready.status_code == 503
    assert readable == before, "what is there can still be read"
    assert after["status"] == "completed"
    assert unlucky == ["completed"] * len(accepted)
    assert exit_code == 0
    assert check == "ok"


def _refusals(house: House, accepted: list[str]) -> list[requests.Response]:
    """Ask for one more lesson, for which there may be room left in the database's own files."""
    order = {"subject": "disk", "topic": f"topic {len(accepted)}", "user_id": f"u{len(accepted)}"}
    answer = calling.post(f"{house.url}/lessons", json=order, timeout=10)
    if answer.status_code != 202:
        return [answer]
    accepted.append(answer.json()["task_id"])
    assert len(accepted) < TASKS_MAX
    return []


def _integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
