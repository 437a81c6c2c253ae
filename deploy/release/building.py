"""Builds the distribution: a wheel and an sdist, of the same bytes each time."""

import hashlib
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


class NotReproducibleError(Exception):
    """Two builds of the same tree differ."""


def build(tree: Path, folder: Path, epoch: int, targets: Sequence[str] = ("sdist", "wheel")) -> None:
    """Build what lies in `tree` into a folder. `epoch`, in seconds of Unix time, is the time of every file in it."""
    wanted = [word for target in targets for word in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", *wanted, "--directory", str(folder)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run(command, cwd=tree, env=environment, check=True, stdout=sys.stderr)  # noqa: S603 - words of ours


def build_twice(folder: Path, epoch: int) -> None:
    """Build from the tree, again, and the wheel once more from the sdist. Raises NotReproducibleError."""
    build(ROOT, folder, epoch)
    with TemporaryDirectory() as other:
        again, unpacked, from_sdist = (Path(other) / name for name in ("again", "unpacked", "from_sdist"))
        build(ROOT, again, epoch)
        [sdist] = folder.glob("*.tar.gz")
        with tarfile.open(sdist) as packed:
            packed.extractall(unpacked, filter="data")
        [tree] = unpacked.iterdir()
        build(tree, from_sdist, epoch, ["wheel"])
        first = hashes(folder)
        for second in (hashes(again), hashes(from_sdist)):
            differing = [name for name, found in second.items() if first[name] != found]
            if differing:
                raise NotReproducibleError(f"built twice, and not the same: {', '.join(differing)}")


def hashes(folder: Path) -> Mapping[str, str]:
    """SHA-256 of each distribution in a folder, by its name."""
    built = sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in built}
