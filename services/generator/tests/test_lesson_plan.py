import re
from importlib.resources import files
from pathlib import Path

import pytest

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.lesson import Level
from pathshala_generator.lesson_plan import SECTIONS, SIZE_MAX_BYTES, plan_at, read_plan, shipped_plan

SHIPPED = {file.name: file.read_text() for file in files("pathshala_generator").joinpath("plan").iterdir()}
TEXT = "\n".join(SHIPPED[name] for name in ("lesson.md", "levels.md"))


def test_the_shipped_plan_says_what_each_field_is_for_and_who_each_learner_is() -> None:
    plan = shipped_plan()

    assert plan.version == "1"
    assert set(plan.sections) == {"rules", "title", "explanation", "activity", "question", "verse", *Level}
    for level in Level:
        for aspect in ("Sentences:", "Words:", "Examples:", "Activity:", "Question:"):
            assert aspect in plan.sections[level], (level, aspect)


def test_what_stands_above_the_first_heading_is_for_the_teacher_alone() -> None:
    told = " ".join(shipped_plan().sections.values())

    assert "Version:" not in told
    assert "What stands above it is for you" not in told
    assert "Whom the lesson is for" not in told


def test_a_plan_is_read_from_a_folder_or_from_one_file(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(SHIPPED["levels.md"])
    (tmp_path / "a.md").write_text(SHIPPED["lesson.md"])
    (tmp_path / "notes.txt").write_text("## Not a section")
    whole = tmp_path / "whole.txt"
    whole.write_text(TEXT.replace("Version: 1", "Version: ours-2026"))

    assert plan_at(tmp_path) == shipped_plan()
    assert plan_at(whole).version == "ours-2026"
    assert plan_at(whole).sections == shipped_plan().sections


@pytest.mark.parametrize("name", SECTIONS)
def test_a_plan_without_one_of_its_sections_is_refused_by_the_sections_name(name: str) -> None:
    heading = f"## {name.capitalize()}"

    with pytest.raises(SettingsError, match=f'lacks "{heading}"'):
        read_plan(re.sub(rf"^{heading}$.*?(?=^#|\Z)", "", TEXT, flags=re.MULTILINE | re.DOTALL))
    with pytest.raises(SettingsError, match=f'lacks "{heading}"'):
        read_plan(re.sub(rf"^{heading}$.*?(?=^#|\Z)", f"{heading}\n\n", TEXT, flags=re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("Version: 1", ""), "no line"),
        (TEXT + "\n## Explanation\n\nAgain.", 'has twice "## Explanation"'),
        (TEXT + "\n## Homework\n\nNone.", 'does not know "## Homework"'),
        (TEXT + "x" * SIZE_MAX_BYTES, "longer than"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_with_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read_plan(text)


@pytest.mark.parametrize("name", ["nowhere", "empty", "latin.md"])
def test_a_place_without_a_plan_is_refused_by_the_settings_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.md").write_bytes("## Règles".encode("latin-1"))

    with pytest.raises(SettingsError, match="PATHSHALA_PLAN"):
        plan_at(tmp_path / name)
