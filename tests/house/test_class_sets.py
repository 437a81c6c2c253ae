"""A class set of twelve from a spreadsheet: one row is refused and mended as suggested, and all come in one pack."""

import io
import os
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from uuid import uuid4

from tests.house import calling
from tests.house.asking import answered
from tests.house.houses import House
from tests.house.teaching import finished
from tests.waiting import DEADLINE_SECONDS

TOPICS = ("verbs", "nouns", "rain", "light", "water", "trees", "stars", "rivers", "bread", "music", "numbers")
TABLE = "\ufeffSubject;Topic;Level;Language\r\n" + "".join(f"school;{topic};middle;en\r\n" for topic in TOPICS)
FRENCH = "school;photosynthesis;secondary;fr\r\n"
"""A lesson in a language that the offline writer does not have."""


def test_a_class_set_from_a_spreadsheet_is_mended_and_packed(house: House) -> None:
    key = {"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv"}
    send = partial(
        calling.post,
        f"{house.url}/class-sets?user_id=mira&title=7b",
        data=(TABLE + FRENCH).encode(),
        headers=key,
        timeout=DEADLINE_SECONDS,
    )
    made, again = answered(send), answered(send)
    assert made.status_code == again.status_code == 202, made.text
    assert made.json() == again.json()
    url = house.url + made.json()["set_url"]

    ended = finished(url)
    assert (ended["counts"]["completed"], ended["counts"]["failed"]) == (11, 1)
    failed = ended["items"][11]
    assert (failed["row"], failed["error_code"]) == (13, "language_unavailable")
    mend = partial(calling.post, f"{url}/items/13", json=failed["suggestion"]["order"], timeout=DEADLINE_SECONDS)
    assert answered(mend).status_code == 202

    ended = finished(url)
    assert ended["counts"]["completed"] == 12
    pack = answered(partial(calling.get, f"{url}/pack", timeout=DEADLINE_SECONDS))
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        assert len([name for name in archive.namelist() if name.endswith("/pupil.html")]) == 12
        assert "12 of 12 lessons" in archive.read("README.md").decode()


def test_the_command_orders_a_table_waits_and_saves_the_pack(house: House, tmp_path: Path) -> None:
    table = tmp_path / "seven.csv"
    table.write_text(f"subject,topic\nschool,verbs\nschool,{TOPICS[1]}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pathshala", "class", str(table), "--url", house.url, "--user", "mira"]
    keyed = os.environ | {"PATHSHALA_KEY": calling.KEY}

    ran = subprocess.run(command, env=keyed, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 of 2 lessons" in ran.stdout.replace("\n", " ")
    with zipfile.ZipFile(table.with_suffix(".zip")) as archive:
        assert "README.md" in archive.namelist()
