"""A teacher's hand on a lesson, the whole story, in both deployments, with two APIs and two stores."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.house import calling
from tests.house.asking import answered, ask, outcome
from tests.house.houses import House
from tests.house.teaching import command, make, put, rebuilt
from tests.waiting import DEADLINE_SECONDS

VERBS = "subject=english&topic=verbs"


def get(url: str, path: str) -> dict[str, Any]:
    answer = answered(lambda: calling.get(f"{url}/lessons{path}", timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.parametrize(
    "house_of_two", [pytest.param("embedded", marks=pytest.mark.slow), "distributed"], indirect=True
)
def test_a_version_is_edited_approved_rated_rolled_back_and_compared_and_the_log_tells_all(
    house_of_two: House, tmp_path: Path
) -> None:
    one, other = house_of_two.urls[0], house_of_two.urls[-1]
    assert outcome(one, ask(one, "verbs"))["status"] == "completed"

    overruled = [{"check": "on_topic", "reason": "It is what class 6 laughs about."}]
    edit = {"user_id": "tara", "changes": {"title": "Cheese"}, "overruled": overruled, "note": "For fun."}
    made = make(one, "versions", VERBS, "1.0", edit)
    assert made.status_code == 201, made.text
    edited = made.json()
    assert (edited["version"], edited["examined"]["overruled"]) == ("1.1", overruled)

    put(one, "approval", VERBS, "1.1", {"user_id": "mira", "approved": True})
    put(other, "rating", VERBS, "1.1", {"user_id": "asha", "stars": 5, "reason": "I laughed."})
    assert get(other, "/english/verbs?approved=true")["version"] == "1.1"

    rolled = make(other, "rollback", VERBS, "1.1", {"user_id": "mira", "version": "1.0", "note": "Enough of cheese."})
    assert (rolled.status_code, rolled.json()["version"]) == (201, "1.2")
    assert get(one, f"/diff?{VERBS}&from=1.0&to=1.2")["changes"] == []
    assert [change["field"] for change in get(one, f"/diff?{VERBS}&from=1.1&to=1.2")["changes"]] == ["title"]
    assert get(one, "/english/verbs?approved=true")["version"] == "1.1"

    def at_once(teacher: tuple[str, str]) -> requests.Response:
        url, user_id = teacher
        return make(url, "versions", VERBS, "1.2", {"user_id": user_id, "changes": {"title": f"Verbs by {user_id}"}})

    with ThreadPoolExecutor(2) as threads:
        answers = [*threads.map(at_once, [(one, "tara"), (other, "mira")])]
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    won, lost = sorted((answer.json() for answer in answers), key=lambda said: said.get("code", ""))
    assert (lost["code"], lost["version"], lost["made_by"]) == ("version_changed", "1.3", won["made_by"])
    assert lost["changes"][0]["after"] == won["title"]

    versions = get(other, f"/versions?{VERBS}")["versions"]
    assert [(one["version"], one["how"], one["made_of"]) for one in versions] == [
        ("1.3", "edited", "1.2"),
        ("1.2", "rolled_back", "1.0"),
        ("1.1", "edited", "1.0"),
        ("1.0", "generated", None),
    ]
    assert (versions[2]["overruled"], versions[2]["approved"]["by"]) == (overruled, "mira")
    assert versions[2]["rating"] == {"stars": 5.0, "count": 1}

    beside = rebuilt(house_of_two, tmp_path)
    assert beside.returncode == 0, beside.stdout + beside.stderr
    assert json.loads(beside.stdout)["wrong"] == {}
    replayed = command(house_of_two, "replay", edited["task_id"])
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert "LessonEdited" in replayed.stdout
