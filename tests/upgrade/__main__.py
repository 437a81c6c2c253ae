"""Keeps another release as the last one: `python -m tests.upgrade REVISION` builds its wheels from the history."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.upgrade.last_release import WHEELS
from tests.upgrade.revision import of_revision, packages, seconds_of


def main(revision: str) -> None:
    """Take the packages of a revision from git, and replace the wheels by theirs, the same bytes each time."""
    for old in WHEELS.glob("*.whl"):
        old.unlink()
    with TemporaryDirectory() as folder:
        of_revision(revision, Path(folder))
        for package in packages(Path(folder)):
            project = tomllib.loads(package.joinpath("pyproject.toml").read_text(encoding="utf-8"))
            flit = project["build-system"]["build-backend"] == "flit_core.buildapi"
            build = (
                ["flit_core.wheel", "--outdir"] if flit else ["hatchling", "build", "--target", "wheel", "--directory"]
            )
            environment = os.environ | {"SOURCE_DATE_EPOCH": str(seconds_of(revision))}
            subprocess.run([sys.executable, "-m", *build, WHEELS], cwd=package, env=environment, check=True)


if __name__ == "__main__":
    [_, wanted] = sys.argv
    main(wanted)
