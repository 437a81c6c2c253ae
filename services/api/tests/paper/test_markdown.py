"""Markdown: all of the lesson, as text, with its citations."""

import re

import pytest

from pathshala_api.paper.markdown import markdown, plain
from pathshala_api.paper.pieces import joined
from pathshala_api.paper.stamp import Sheet, Stamp, stamps_in
from services.api.tests.paper.given import CANARIES, HINDI, STORED


def file_of(sheet: Sheet = Sheet.BOTH) -> str:
    return joined(markdown(STORED, sheet)).decode()


def test_it_has_the_lesson_its_citations_and_the_stamp() -> None:
    text = file_of()

    assert "# Understanding Verbs\n" in text
    assert "> विद्या ददाति विनयं  \n> विनयाद्याति पात्रताम् ॥\n" in text
    assert r"A verb conveys an action. [\[1\]](https://en.wikipedia.org/wiki/Verb?oldid=1234)" in text
    assert r"See \[9\]." in text
    assert stamps_in(text) == [Stamp.of(STORED, Sheet.BOTH)]
    assert "30 minutes" in text


def test_a_pupil_s_sheet_has_no_answer() -> None:
    assert "To tell what happens." in file_of(Sheet.TEACHER)
    assert "To tell what happens." not in file_of(Sheet.PUPIL)


def test_no_markup_of_a_lesson_is_markup_there() -> None:
    text = joined(markdown(CANARIES, Sheet.BOTH)).decode()

    assert not re.search(r"(?<!\\)<(?!!-- pathshala-file)", text)
    assert not re.search(r"(?<!\\)\]\(j", text)


@pytest.mark.parametrize(
    "line", ["# a", "- a", "+ a", "1. a", "1) a", "> a", "=== ", "***", "```", "    a", "| a |", "~~~"]
)
def test_no_line_of_a_text_begins_a_block(line: str) -> None:
    assert not re.match(r"[#>*+`|~=-]|[0-9]+[.)]|\s{4}", plain(f"x\n{line}").partition("\n")[2])


def test_hindi_stays_as_it_is() -> None:
    assert "# क्रिया: पढ़िए\n" in joined(markdown(HINDI, Sheet.BOTH)).decode()
