"""Keeps another release as the last one: `python -m tests.upgrade REVISION` builds its wheels from the history."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.upgrade.last_release import LATER, PACKAGES, WHEELS


def main(revision: str) -> None:
    """Take the packages of a revision from git, and replace the wheels by theirs, the same bytes each time."""
    packages = [*PACKAGES, *(package for package in LATER if _has(revision, package))]
    archive = subprocess.run(["git", "archive", revision, *packages], check=True, capture_output=True).stdout
    time = subprocess.run(["git", "log", "-1", "--format=%ct", revision], check=True, capture_output=True, text=True)
    for old in WHEELS.glob("*.whl"):
        old.unlink()
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(folder, filter="data")
        for package in packages:
            subprocess.run(
                [sys.executable, "-m", "flit_core.wheel", "--outdir", WHEELS],
                cwd=Path(folder) / package,
                env={"SOURCE_DATE_EPOCH": time.stdout.strip()},
                check=True,
            )


def _has(revision: str, package: str) -> bool:
    """Whether a revision has a package."""
    found = subprocess.run(["git", "ls-tree", revision, package], check=True, capture_output=True)
    return bool(found.stdout)


if __name__ == "__main__":
    [_, wanted] = sys.argv
    main(wanted)
