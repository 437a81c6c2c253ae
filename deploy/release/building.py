"""Builds the distributions, a wheel and an sdist of each, of the same bytes each time."""

import hashlib
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = (ROOT, ROOT / "clients/python")
"""The house, and the client for Python."""


class NotReproducibleError(Exception):
    """Two builds of the same tree differ."""


def build(tree: Path, folder: Path, epoch: int, targets: Sequence[str] = ("sdist", "wheel")) -> None:
    """Build what lies in `tree` into a folder. `epoch`, in seconds of Unix time, is the time of every file in it."""
    wanted = [word for target in targets for word in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", *wanted, "--directory", str(folder)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run(command, cwd=tree, env=environment, check=True, stdout=sys.stderr)  # noqa: S603 - words of ours


def build_twice(folder: Path, epoch: int) -> None:
    """Build all from the tree, again, and the wheels once more from the sdists. Raises NotReproducibleError."""
    with TemporaryDirectory() as other:
        again, from_sdist = (Path(other) / name for name in ("again", "from_sdist"))
        for number, tree in enumerate(DISTRIBUTIONS):
            build(tree, folder, epoch)
            build(tree, again / str(number), epoch)
            [sdist] = again.glob(f"{number}/*.tar.gz")
            build(_unpacked(sdist), from_sdist, epoch, ["wheel"])
        first = hashes(folder)
        second = [*hashes(from_sdist).items(), *(item for each in again.iterdir() for item in hashes(each).items())]
        differing = {name for name, found in second if first[name] != found}
    if differing:
        raise NotReproducibleError(f"built twice, and not the same: {', '.join(sorted(differing))}")


def _unpacked(sdist: Path) -> Path:
    """The tree of an sdist, beside it."""
    with tarfile.open(sdist) as packed:
        packed.extractall(sdist.parent, filter="data")
    return sdist.parent / sdist.name.removesuffix(".tar.gz")


def hashes(folder: Path) -> Mapping[str, str]:
    """SHA-256 of each distribution in a folder, by its name."""
    built = sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in built}
