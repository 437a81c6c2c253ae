"""`pathshala class`: a table is ordered, its lessons are waited for, and saved in one file."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.house import calling
from tests.house.houses import House
from tests.waiting import DEADLINE_SECONDS


def test_the_command_orders_a_table_waits_and_saves_the_pack(house: House, tmp_path: Path) -> None:
    table = tmp_path / "seven.csv"
    table.write_text("subject,topic\nschool,verbs\nschool,nouns\n", encoding="utf-8")
    command = [sys.executable, "-m", "pathshala", "class", str(table), "--url", house.url, "--user", "mira"]
    keyed = os.environ | {"PATHSHALA_KEY": calling.KEY}

    ran = subprocess.run(command, env=keyed, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 of 2 lessons" in ran.stdout.replace("\n", " ")
    with zipfile.ZipFile(table.with_suffix(".zip")) as archive:
        assert "README.md" in archive.namelist()
