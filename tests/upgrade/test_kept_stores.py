"""What every release has left behind is read by today's: its lessons and tasks, from a SQLite file and from MongoDB."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.release import changelog
from tests.house import calling
from tests.house.asking import answered, ask, outcome, status
from tests.house.houses import House, embedded
from tests.operators.command import pathshala
from tests.servers.mongodb_url import of_database
from tests.upgrade.kept import KeptRelease, kept_releases
from tests.waiting import DEADLINE_SECONDS

RELEASES = kept_releases()
FOR_GOOD = str(100 * 365 * 86_400)
NOWHERE = "http://127.0.0.1:9/{language}/w/api.php"
TOLD_OTHERWISE = {"lesson_url"}
"""Names the edition since there are editions; it is followed instead."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """Today's house on what a house of a release left behind, and what that one answered of its tasks."""

    house: House
    settings: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Any]]

    def those(self, *statuses: str) -> Mapping[str, Mapping[str, Any]]:
        """The tasks that were found so."""
        return {task_id: answer for task_id, answer in self.answers.items() if answer["status"] in statuses}

    def at(self, path: str) -> Mapping[str, Any]:
        """What stands at an address today."""
        answer = answered(partial(calling.get, f"{self.house.url}{path}", timeout=DEADLINE_SECONDS))
        assert answer.status_code == 200, answer.text
        body: Mapping[str, Any] = answer.json()
        return body


@pytest.fixture(scope="module", params=RELEASES, ids=lambda release: str(release.version))
def release(request: pytest.FixtureRequest) -> KeptRelease:
    found: KeptRelease = request.param
    return found


@pytest.fixture(scope="module", params=["sqlite", "mongodb"])
def upgraded(
    request: pytest.FixtureRequest, release: KeptRelease, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    file = folder / "pathshala.db"
    url = f"sqlite:///{file}"
    if request.param == "sqlite":
        release.restore_sqlite(file)
    else:
        url = of_database(request.getfixturevalue("mongodb_url"), f"kept-{uuid4().hex[:12]}")
        release.restore_mongodb(url)
    # What is kept grows old here, and is not to be forgotten for that.
    settings = {
        "PATHSHALA_STORE_URL": url,
        "PATHSHALA_TASK_TTL_SECONDS": FOR_GOOD,
        "PATHSHALA_LOG_TTL_SECONDS": FOR_GOOD,
    }
    house = embedded(folder, NOWHERE, **settings)
    try:
        house.start()
        yield Upgraded(house, settings, release.answers(request.param))
    finally:
        house.stop()


def test_every_release_has_left_its_stores_here() -> None:
    text = changelog.CHANGELOG.read_text(encoding="utf-8")
    released = {found["version"] for found in changelog.RELEASE.finditer(text) if found["date"]}
    assert {release.version for release in RELEASES} == released, "python -m tests.upgrade.keeping REVISION VERSION"


def test_a_task_and_its_lesson_are_told_as_they_were(upgraded: Upgraded) -> None:
    ended = upgraded.those("completed", "failed")
    for task_id, before in ended.items():
        now = status(upgraded.house.url, task_id)
        assert changed(before, now) == []
        if before["status"] == "completed":
            assert changed(before["lesson_data"], upgraded.at(now["lesson_url"])) == []
    assert {before["status"] for before in ended.values()} == {"completed", "failed"}


def test_what_was_under_way_ends(upgraded: Upgraded) -> None:
    unfinished = upgraded.those("pending", "in_progress")
    ends = [outcome(upgraded.house.url, task_id) for task_id in unfinished]
    assert [end["status"] in {"completed", "failed"} for end in ends] == [True] * len(unfinished)
    assert unfinished


def test_the_next_lesson_of_an_edition_has_the_next_version(upgraded: Upgraded) -> None:
    given = [
        answer["lesson_data"]["version"]
        for answer in upgraded.those("completed").values()
        if answer["lesson_url"].startswith("/lessons/english/verbs?") and answer["lesson_data"]["level"] == "middle"
    ]
    again = outcome(upgraded.house.url, ask(upgraded.house.url, "verbs", level="middle", include_wikipedia=False))
    assert again["lesson_data"]["version"] == after(max(given))


async def test_a_rebuild_of_what_was_kept_finds_nothing_wrong(upgraded: Upgraded, tmp_path: Path) -> None:
    ended = await pathshala("rebuild", "--json", "--file", str(tmp_path / "beside.db"), **upgraded.settings)
    assert ended.json["wrong"].keys() <= {"differs"}, "a document of an earlier release may lack fields"
    assert (ended.json["lessons_with_gaps"], ended.json["editions_with_gaps"]) == ([], [])


def after(version: str) -> str:
    """The version that comes next."""
    major, _, minor = version.partition(".")
    return f"{major}.{int(minor) + 1}"


def changed(before: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> list[str]:
    """The fields that are gone or told otherwise. Fields may be added."""
    found = []
    for name, value in before.items():
        if isinstance(value, Mapping) and isinstance(now.get(name), Mapping):
            found += changed(value, now[name], f"{path}{name}.")
        elif name not in TOLD_OTHERWISE and (name not in now or now[name] != value):
            found.append(f"{path}{name}: {value!r} -> {now.get(name)!r}")
    return found
