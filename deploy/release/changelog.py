"""Cuts the notes of a release out of CHANGELOG.md, which is kept as keepachangelog.com 1.1.0 says."""

import re

from deploy.release.building import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
UNRELEASED = "Unreleased"
RELEASE = re.compile(r"^## \[(?P<version>[^]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


class NoNotesError(Exception):
    """The changelog has nothing on a version, or no date of it."""


def notes(version: str, text: str) -> str:
    """What the changelog says of a version. Raises NoNotesError."""
    heads = list(RELEASE.finditer(text))
    for number, head in enumerate(heads, start=1):
        if head["version"] == version and (head["date"] or version == UNRELEASED):
            end = heads[number].start() if number < len(heads) else len(text)
            return f"# Pathshala {version}\n\n{text[head.end() : end].strip()}\n"
    raise NoNotesError(f"CHANGELOG.md has no heading `## [{version}] - YYYY-MM-DD`: give what is unreleased its number")
