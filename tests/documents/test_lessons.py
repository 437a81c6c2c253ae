"""What the page on lessons tells of checks and plan is held to the code."""

import re
from pathlib import Path

from pathshala_common.checks.examination import CHECKS
from pathshala_common.contract.lesson import Quality
from pathshala_generator.lesson_plan import SECTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "lessons.md").read_text()


def test_every_check_has_its_row_in_order() -> None:
    assert re.findall(r"^ +\| `(\w+)` \|", PAGE, re.MULTILINE) == list(CHECKS)


def test_every_field_of_a_lesson_s_quality_is_told_of() -> None:
    told = set(re.findall(r"`(?:quality)?\.(\w+)`", PAGE))

    assert told >= set(Quality.model_fields)


def test_every_section_of_a_plan_is_named() -> None:
    [line] = [line for line in PAGE.splitlines() if line.startswith("- Sections are headings")]

    assert re.findall(r"\*(\w+)\*", line) == [name.capitalize() for name in SECTIONS]
