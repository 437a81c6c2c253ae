"""Makes a release of this tree, and uploads nothing: `python -m deploy.release FOLDER ENVIRONMENT [--unreleased]`.

ENVIRONMENT is a virtual environment that has what requirements.lock pins, and nothing else: the distribution is
installed there, and the bill of materials is of what is there then.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from deploy.release import bill, changelog, contents
from deploy.release.building import ROOT, NotReproducibleError, build_twice, hashes
from deploy.release.labels import labels
from pathshala_common import __version__


def main(folder: Path, environment: Path, version: str) -> None:
    """Write everything into a new folder. Raises what says in one line why there can be no release."""
    notes = changelog.notes(version, changelog.CHANGELOG.read_text(encoding="utf-8"))
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    folder.mkdir(parents=True)
    build_twice(folder, epoch)
    contents.check(folder)
    twine = [sys.executable, "-m", "twine", "check", "--strict", *(str(folder / name) for name in hashes(folder))]
    subprocess.run(twine, check=True, stdout=sys.stderr)  # noqa: S603 - ours
    [wheel] = folder.glob("pathshala-*.whl")
    bill.write(folder / "sbom.cdx.json", environment, wheel)
    folder.joinpath("image-labels").write_text(labels(__version__, _git("rev-parse", "HEAD"), epoch), encoding="utf-8")
    folder.joinpath("NOTES.md").write_text(notes, encoding="utf-8")
    sums = "".join(f"{digest}  {name}\n" for name, digest in hashes(folder).items())
    folder.joinpath("SHA256SUMS").write_text(sums, encoding="utf-8")
    print(sums, end="")


def _git(*words: str) -> str:
    told = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return told.stdout.strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="scripts/release")
    parser.add_argument("folder", type=Path)
    parser.add_argument("environment", type=Path)
    parser.add_argument("--unreleased", action="store_true", help="try it before the version has its heading")
    given = parser.parse_args()
    try:
        main(given.folder.resolve(), given.environment, changelog.UNRELEASED if given.unreleased else __version__)
    except (changelog.NoNotesError, contents.ContentsError, NotReproducibleError) as error:
        sys.exit(f"no release: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"no release: {error.cmd[2]} ended with {error.returncode}; the reason is above")
