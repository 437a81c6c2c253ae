"""A class set from its table to paper: ordered, mended, changed by hand and wish, packed, verified, and rebuilt."""

import io
import json
import zipfile
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from services.api.tests.paper.cartridge_rules import faults
from tests.house import calling
from tests.house.asking import answered, lesson, outcome
from tests.house.houses import House
from tests.house.teaching import command, finished, make, order_table, post, put, rebuilt
from tests.waiting import DEADLINE_SECONDS

TOPICS = ("verbs", "nouns", "rain", "light", "water", "trees", "stars", "rivers", "bread", "music", "numbers")
TABLE = "\ufeffSubject;Topic;Level;Language\r\n" + "".join(f"school;{topic};middle;en\r\n" for topic in TOPICS)
FRENCH = "school;photosynthesis;secondary;fr\r\n"
"""A lesson in a language that the offline writer does not have."""

VERBS, NOUNS = "subject=school&topic=verbs", "subject=school&topic=nouns"


@pytest.mark.parametrize(
    "house_of_two", [pytest.param("embedded", marks=pytest.mark.slow), "distributed"], indirect=True
)
def test_a_class_set_is_ordered_mended_changed_packed_verified_and_rebuilt(house_of_two: House, tmp_path: Path) -> None:
    one, other = house_of_two.urls[0], house_of_two.urls[-1]

    key = uuid4().hex
    made, again = (order_table(url, TABLE + FRENCH, key, user_id="mira", title="Class 7b") for url in (one, other))
    assert made.status_code == again.status_code == 202, made.text
    assert made.json() == again.json()
    path = made.json()["set_url"]
    ended = finished(other + path)
    assert (ended["counts"]["completed"], ended["counts"]["failed"]) == (11, 1)
    [failed] = [item for item in ended["items"] if item["status"] == "failed"]
    assert (failed["row"], failed["error_code"]) == (13, "language_unavailable")
    mended = post(f"{other}{path}/items/{failed['row']}", json=failed["suggestion"]["order"])
    assert mended.status_code == 202, mended.text
    assert finished(one + path)["counts"]["completed"] == 12

    wish = {"user_id": "tara", "part": "verse", "wish": "another verse, please"}
    ordered = make(one, "rewrites", VERBS, "1.0", wish)
    assert ordered.status_code == 202, ordered.text
    assert outcome(other, ordered.json()["task_id"])["status"] == "completed"
    first, anew = (lesson(one, "verbs", "school", version) for version in ("1.0", "1.1"))
    assert (first["shloka"] != anew["shloka"], anew["activity"]) == (True, first["activity"])

    overruled = [{"check": "on_topic", "reason": "It is what class 7 laughs about."}]
    edit = {"user_id": "tara", "changes": {"title": "Cheese"}, "overruled": overruled}
    edited = make(other, "versions", NOUNS, "1.0", edit)
    assert edited.status_code == 201, edited.text
    assert (edited.json()["version"], edited.json()["examined"]["overruled"]) == ("1.1", overruled)
    put(one, "approval", NOUNS, "1.1", {"user_id": "mira", "approved": True})
    back = make(one, "rollback", VERBS, "1.1", {"user_id": "tara", "version": "1.0"})
    assert (back.status_code, back.json()["version"], back.json()["shloka"]) == (201, "1.2", first["shloka"])

    pack = _zip(f"{one}{path}/pack")
    assert len([name for name in pack.namelist() if name.endswith("/pupil.html")]) == 12
    assert "12 of 12 lessons" in pack.read("README.md").decode()
    assert {"| 1.2 | 002-verbs |", "| 1.1 | 003-nouns |"} <= _ends(pack.read("README.md").decode())
    assert faults(pack.read("all-lessons.imscc")) == []
    approved = _zip(f"{other}{path}/pack?approved=true")
    assert "1 of 12 lessons" in approved.read("README.md").decode()
    assert approved.read("003-nouns/pupil.html") == pack.read("003-nouns/pupil.html")

    sheet = tmp_path / "teacher.html"
    sheet.write_bytes(pack.read("003-nouns/teacher.html"))
    verified = command(house_of_two, "verify", str(sheet))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    sheet.write_bytes(sheet.read_bytes().replace(b"Cheese", b"Cheexe", 1))
    refused = command(house_of_two, "verify", str(sheet))
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert {"title", "line", "Cheexe"} <= {*refused.stdout.replace("<", " ").replace(">", " ").split()}

    beside = rebuilt(house_of_two, tmp_path)
    assert beside.returncode == 0, beside.stdout + beside.stderr
    assert json.loads(beside.stdout)["wrong"] == {}


def _zip(url: str) -> zipfile.ZipFile:
    answer = answered(partial(calling.get, url, timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def _ends(readme: str) -> set[str]:
    """The version and the folder in each line of the table."""
    return {"| " + " | ".join(line.split(" | ")[-2:]) for line in readme.splitlines()}
