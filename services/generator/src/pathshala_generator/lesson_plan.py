"""The lesson plan: what a model is told about a good lesson, in Markdown files that a teacher reads and edits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.lesson import Level

SUFFIX = ".md"
SIZE_MAX_BYTES = 65_536
FIELDS = ("title", "explanation", "activity", "question", "verse")
SECTIONS = ("rules", *FIELDS, *Level)
EXAMPLE = "example"
"""A section that a plan may have: parts of a good lesson on some other topic, each under a heading with three signs."""

HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
PART = re.compile(r"^### +(.+?) *$", re.MULTILINE)
VERSION = re.compile(r"^Version: +(\S{1,40}) *$", re.MULTILINE)
FOR_SMALL = re.compile(r"^For: +small models *$", re.MULTILINE)

SMALL = "small"
"""The shipped plan for small models goes by this name where a plan is chosen."""

FOLDERS: Mapping[str, str] = {"": "plan", SMALL: "small_plan"}


@dataclass(frozen=True, slots=True)
class LessonPlan:
    """A plan: its version word, and the text of each section by its heading in lower case.

    `examples` has parts of a good lesson, by their fields. A plan that `is_small` has a lesson asked for in steps.
    """

    version: str
    sections: Mapping[str, str]
    examples: Mapping[str, str] = field(default_factory=dict)
    is_small: bool = False


class Folder(Protocol):
    """A file, or a folder of files, wherever it lies: on a disk, or in a package."""

    @property
    def name(self) -> str:
        """Its name."""

    def is_dir(self) -> bool:
        """Whether it is a folder."""

    def iterdir(self) -> Iterable["Folder"]:
        """The plan in a folder."""

    def read_bytes(self) -> bytes:
        """The plan in a file."""


def shipped_plan(name: str = "") -> LessonPlan:
    """Read a plan that lies beside this file: the one for all models, or the one of this name. Raises KeyError."""
    return read_plan("\n".join(_texts(files(__package__).joinpath(FOLDERS[name]))))


def plan_at(path: Path) -> LessonPlan:
    """Read a plan from a Markdown file, or from all of a folder. Raises SettingsError if it is none."""
    try:
        texts = _texts(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"PATHSHALA_PLAN: {path} cannot be read ({type(error).__name__})") from None
    if not texts:
        raise SettingsError(f"PATHSHALA_PLAN: {path} has no Markdown file ({SUFFIX})")
    return read_plan("\n".join(texts), f"PATHSHALA_PLAN: the lesson plan {path}")


def read_plan(text: str, name: str = "the lesson plan") -> LessonPlan:
    """Read a plan from its text. Raises SettingsError that says what `name` lacks, or has and should not."""
    if len(text.encode()) > SIZE_MAX_BYTES:
        raise SettingsError(f"{name} is longer than {SIZE_MAX_BYTES} bytes")
    version = VERSION.search(text)
    if version is None:
        raise SettingsError(f'{name} has no line "Version: ...", with one word that names this version')
    found = _sections(text)
    names = [name for name, _ in found]
    faults = {
        "lacks": [name for name in SECTIONS if not dict(found).get(name)],
        "has twice": sorted({name for name in names if names.count(name) > 1}),
        "does not know": [name for name in names if name not in {*SECTIONS, EXAMPLE}],
    }
    told = [f'{fault} "## {name.capitalize()}"' for fault, wrong in faults.items() for name in wrong]
    if told:
        raise SettingsError(f"{name} {', '.join(told)}; its headings are those of the shipped plan")
    sections = dict(found)
    examples = _parts(sections.pop(EXAMPLE, ""))
    return LessonPlan(version[1], sections, examples, is_small=FOR_SMALL.search(text) is not None)


def _texts(place: Folder) -> list[str]:
    """The Markdown files, in the order of their names."""
    if not place.is_dir():
        return [place.read_bytes().decode()]
    inside = sorted((file for file in place.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
    return [file.read_bytes().decode() for file in inside]


def _sections(text: str) -> list[tuple[str, str]]:
    """The sections with their headings. A heading of the first rank ends one: what follows it is for the reader."""
    ends = [*HEADING.finditer(text), None]
    return [
        (here[1].casefold(), _without_asides(text[here.end() : after.start() if after else len(text)]))
        for here, after in pairwise(ends)
        if here is not None
    ]


def _parts(example: str) -> Mapping[str, str]:
    """The parts of an example, by their headings in lower case."""
    _, *found = PART.split(example)
    return {name.casefold(): text.strip() for name, text in zip(found[::2], found[1::2], strict=True)}


def _without_asides(section: str) -> str:
    return re.split(r"^# ", section, maxsplit=1, flags=re.MULTILINE)[0].strip()
