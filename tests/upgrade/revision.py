"""An earlier release as the history has it."""

import io
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

ONCE = ("libs/common", "services/api", "services/enricher", "services/generator", "services/store", "services/notifier")
"""The distributions that 0.1.0 is made of, besides its command line. Since then there is one."""


def of_revision(revision: str, folder: Path) -> None:
    """Unpack the tree of a revision into a folder."""
    archive = subprocess.run(["git", "archive", revision], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")


def seconds_of(revision: str) -> int:
    """When a revision was made, in seconds of Unix time."""
    told = subprocess.run(["git", "log", "-1", "--format=%ct", revision], check=True, capture_output=True, text=True)
    return int(told.stdout)


def packages(tree: Path) -> Sequence[Path]:
    """The distributions that a house of several processes is made of, in an unpacked tree."""
    several = [tree / package for package in ONCE if tree.joinpath(package, "pyproject.toml").exists()]
    return several or [tree]


def sources(tree: Path) -> Sequence[Path]:
    """Where the packages of an unpacked tree lie."""
    return [tree / "src", tree / "libs/common/src", *sorted(tree.glob("services/*/src"))]
