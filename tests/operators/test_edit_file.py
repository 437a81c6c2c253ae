"""The file in which a lesson is edited gives back what was written, whatever stands in the texts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala.lesson.edit_file import EDITED_FIELDS, read, written

LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from("'\"\\\n\r\t\x00\x7f[]=#")), min_size=1)
QUESTION = {"form": "choice", "text": "Which?\nOne.", "options": ["'''", "b"], "answer": "b", "proven_by": [1, 2]}


@given(title=TEXTS, explanation=TEXTS, items=st.lists(TEXTS, min_size=1, max_size=2))
def test_what_is_written_is_read_again(title: str, explanation: str, items: list[str]) -> None:
    lesson: dict[str, Any] = {"version": "1.0", "title": title, "explanation": explanation, "materials": items}
    lesson |= {"minutes": 25, "questions": [QUESTION, {**QUESTION, "text": title}]}
    assert read(written(lesson)) == lesson


def test_the_first_question_is_edited_among_the_others_or_alone() -> None:
    assert "question" not in read(written({"question": "Which?", "questions": [QUESTION]}))
    assert read(written({"question": "Which?", "questions": []})) == {"question": "Which?"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel = 'a'", "titel is no field"),
        ("minutes = 'a'", "minutes must be of the kind int"),
        ("title = ", "Invalid value"),
    ],
)
def test_what_is_no_edit_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(text)
    assert "titel" not in EDITED_FIELDS
