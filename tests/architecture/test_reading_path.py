"""From POST to LessonStored a reader opens few files: those through which an order and its events are passed."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

FILES_MAX = 22
DOCUMENT = ROOT / "docs/architecture.md"
LISTED = re.compile(r"^\d+\. `([\w/.]+\.py)`", re.MULTILINE)


def test_the_files_that_a_reader_opens_are_those_of_the_document(tmp_path: Path) -> None:
    reading = [sys.executable, "-m", "tests.architecture.reading_path", str(tmp_path)]
    reader = subprocess.run(reading, cwd=ROOT, capture_output=True, text=True, check=False)
    assert reader.returncode == 0, reader.stderr
    opened = set(json.loads(reader.stdout.splitlines()[-1]))
    assert opened == set(LISTED.findall(DOCUMENT.read_text(encoding="utf-8")))
    assert len(opened) <= FILES_MAX
