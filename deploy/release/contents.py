"""Compares the files of the distributions with the committed list of what they carry."""

import re
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from deploy.release.building import ROOT

LIST = Path(__file__).parent / "contents.txt"
"""A pattern a line, relative to the folder of the packages. Each stands for one file at least; every file has one."""

SOURCES = (
    "src",
    "clients/python/src",
    "libs/common/src",
    *sorted(f"services/{each.name}/src" for each in (ROOT / "services").iterdir()),
)
BESIDE = re.compile(r"(pyproject\.toml|PKG-INFO|LICENSE|README\.md|CHANGELOG\.md|\.gitignore)")
"""What an sdist has besides packages."""


class ContentsError(Exception):
    """A distribution carries other files than it should."""


def check(folder: Path) -> None:
    """Compare the distributions in a folder with this tree and the list. Raises ContentsError."""
    carried = {
        "the wheels": set().union(*(of_wheel(wheel) for wheel in folder.glob("*.whl"))),
        "the sdists": set().union(*(of_sdist(sdist) for sdist in folder.glob("*.tar.gz"))),
    }
    wrong = [f"{kind}: {fault}" for kind, found in carried.items() for fault in faults(found, of_tree(), listed())]
    if wrong:
        raise ContentsError("\n".join(wrong))


def of_wheel(wheel: Path) -> set[str]:
    """The files of a wheel's packages."""
    with zipfile.ZipFile(wheel) as packed:
        return {name for name in packed.namelist() if ".dist-info/" not in name}


def of_sdist(sdist: Path) -> set[str]:
    """The files of an sdist's packages, named as in the wheel, and whatever else should not be there by its path."""
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    return {_in_package(name) for name in names if not BESIDE.fullmatch(name)}


def of_tree() -> set[str]:
    """The files that the packages have here."""
    files = (path for source in SOURCES for path in (ROOT / source).rglob("*") if path.is_file())
    return {_in_package(path.relative_to(ROOT).as_posix()) for path in files if "__pycache__" not in path.parts}


def _in_package(name: str) -> str:
    source = next((source for source in SOURCES if name.startswith(f"{source}/")), None)
    return name if source is None else str(PurePosixPath(name).relative_to(source))


def faults(found: Iterable[str], expected: Iterable[str], patterns: Sequence[str]) -> Sequence[str]:
    """What is wrong with the files of a distribution, in sentences."""
    found, expected = set(found), set(expected)
    return [
        *(f"{name} is missing" for name in sorted(expected - found)),
        *(f"{name} should not be there" for name in sorted(found - expected)),
        *(f"{name} is on no line of the list" for name in sorted(found) if not _is_listed(name, patterns)),
        *(f"nothing is as the line {one}" for one in patterns if not any(_is_listed(name, [one]) for name in found)),
    ]


def listed() -> Sequence[str]:
    """The lines of the committed list."""
    return [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _is_listed(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name is as one of these. A `*` stands for no slash, unless it begins the pattern."""
    return any(
        fnmatchcase(name, pattern) and (pattern.startswith("*") or name.count("/") == pattern.count("/"))
        for pattern in patterns
    )
