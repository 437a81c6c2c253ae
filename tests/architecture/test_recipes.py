"""The recipes of CONTRIBUTING.md cost no more than they say: what exists is named only in the files that they list."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pathshala.settings import HouseSettings
from tests.architecture.sources import ROOT, modules

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EVENT_FILES = {
    "contract/events.py",
    "recording/projection.py",
    "pathshala_enricher/handlers.py",
    "pathshala_api/examples.py",
}
"""Where an event is named that one service tells and none acts on."""


def naming(word: str) -> set[str]:
    """The source files that name a word, by their last two parts."""
    pattern = re.compile(rf"\b{word}\b")
    named = (path for _, path in modules() if pattern.search(path.read_text(encoding="utf-8")))
    return {"/".join(path.parts[-2:]) for path in named}


def documents() -> Iterator[Path]:
    yield from (path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts)


def test_an_event_is_named_where_its_recipe_says() -> None:
    assert naming("EnrichmentStarted") == EVENT_FILES
    assert all(name.rpartition("/")[2] in CONTRIBUTING for name in EVENT_FILES)


@pytest.mark.parametrize("setting", ["housekeeping_seconds", "wikipedia_lookup_seconds", "user_in_flight_max"])
def test_a_setting_is_declared_in_one_file_and_listed_in_one_document(setting: str) -> None:
    declared = re.compile(rf"^    {setting}: ", re.MULTILINE)
    declaring = [path for _, path in modules() if declared.search(path.read_text(encoding="utf-8"))]
    listed = re.compile(rf"^\|[^|]*`PATHSHALA_{setting.upper()}`", re.MULTILINE)
    listing = [path.name for path in documents() if listed.search(path.read_text(encoding="utf-8"))]
    assert setting in HouseSettings.model_fields
    assert [path.name for path in declaring] == ["settings.py"]
    assert listing == ["settings.md"]
