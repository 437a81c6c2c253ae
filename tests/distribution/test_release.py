"""The distribution: the same bytes each time, of the files that are listed, described in full; and its changelog."""

import json
import re
import tomllib
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

import pathshala_client.house
from deploy.release import changelog, contents
from deploy.release.building import ROOT, build, build_twice
from pathshala_common import __version__

EPOCH = 1_700_000_000
VERSES = "pathshala_generator/verses/gita.json"
CHANGES = changelog.CHANGELOG.read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist that were built twice, and the wheel once more from the sdist."""
    folder = tmp_path_factory.mktemp("built")
    build_twice(folder, EPOCH)
    return folder


def test_a_distribution_carries_the_files_of_the_tree_and_of_the_list_and_no_others(built: Path) -> None:
    contents.check(built)


def test_a_file_that_is_missing_or_too_many_or_of_a_new_kind_is_named() -> None:
    tree, patterns = contents.of_tree(), contents.listed()
    assert contents.faults(tree, tree, patterns) == []
    assert contents.faults(tree - {VERSES}, tree, patterns) == [f"{VERSES} is missing"]
    assert contents.faults(tree | {"notes.txt"}, tree, patterns) == [
        "notes.txt should not be there",
        "notes.txt is on no line of the list",
    ]
    without = {name for name in tree if not name.startswith("pathshala_api/console/texts/")}
    assert contents.faults(without, without, patterns) == ["nothing is as the line pathshala_api/console/texts/*.json"]


def test_the_time_of_a_build_is_the_one_thing_that_makes_it_another(built: Path, tmp_path: Path) -> None:
    build(ROOT, tmp_path, EPOCH + 60, ["wheel"])
    [later] = tmp_path.glob("*.whl")
    first = built / later.name
    assert first.read_bytes() != later.read_bytes()


@pytest.mark.parametrize("name", ["pathshala", "pathshala_client"])
def test_a_distribution_is_described_in_full(built: Path, name: str) -> None:
    [wheel] = built.glob(f"{name}-*.whl")
    with ZipFile(wheel) as packed:
        told = HeaderParser().parsestr(packed.read(f"{name}-{__version__}.dist-info/METADATA").decode())
        names = packed.namelist()
    packages = {name.partition("/")[0] for name in names if name.endswith("/__init__.py")}
    assert (told["Name"], told["Author"]) == (name.replace("_", "-"), "The Pathshala authors")
    assert (told["License-Expression"], told["License-File"]) == ("MIT", "LICENSE")
    assert told["Summary"]
    assert told["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    assert all(f"{package}/py.typed" in names for package in packages)


def test_the_version_stands_in_one_place() -> None:
    """What cannot read it there is held to it here."""
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    whole = yaml.safe_load(ROOT.joinpath("deploy/kubernetes/kustomization.yaml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    package = json.loads(ROOT.joinpath("clients/javascript/package.json").read_text(encoding="utf-8"))
    assert [image["newTag"] for image in whole["images"]] == [__version__]
    assert (pathshala_client.house.VERSION, package["version"]) == (__version__, __version__)


def test_the_changelog_has_releases_newest_first_and_changes_by_their_kinds() -> None:
    headings = re.findall(r"^## (.*)$", CHANGES, re.MULTILINE)
    releases = list(changelog.RELEASE.finditer(CHANGES))
    dates = [release["date"] for release in releases[1:]]
    assert [release[0] for release in releases] == [f"## {heading}" for heading in headings]
    assert releases[0]["version"] == changelog.UNRELEASED
    assert dates == sorted(dates, reverse=True)
    assert set(re.findall(r"^### (.*)$", CHANGES, re.MULTILINE)) <= KINDS


def test_notes_are_what_the_changelog_says_of_one_release_that_has_its_date() -> None:
    heads = ("[Unreleased]", "[0.3.0]", "[0.2.0] - 2026-12-01", "[0.1.0] - 2026-11-25")
    text = "# Changelog\n" + "".join(f"\n## {head}\n\n- {body}\n" for head, body in zip(heads, "dcba", strict=True))
    assert changelog.notes("0.2.0", text) == "# Pathshala 0.2.0\n\n- b\n"
    assert changelog.notes("0.1.0", text) == "# Pathshala 0.1.0\n\n- a\n"
    for missing in ("0.3.0", "0.4.0"):
        with pytest.raises(changelog.NoNotesError, match=missing):
            changelog.notes(missing, text)
