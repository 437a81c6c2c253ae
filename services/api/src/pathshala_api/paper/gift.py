"""A lesson's questions in GIFT, the text format for questions that Moodle reads. Pure.

Source: Moodle's documentation of the format. Every sign that it knows is escaped, so that each text comes in as it is.
"""

import re
from collections.abc import Iterator, Sequence

from pathshala_api.paper.labels import labels_in
from pathshala_api.paper.pieces import Piece
from pathshala_api.paper.sheets import LineKind, SheetLine
from pathshala_api.paper.stamp import Sheet, Stamp
from pathshala_common.contract.lesson import LessonContent, LessonQuestion, QuestionForm
from pathshala_common.contract.ports.store import StoredLesson

FORMAT = "[plain]"
NAME_LENGTH_MAX = 120

_KNOWN = re.compile(r"([\\~=#{}:])")
_MATCHES = re.compile(r"->")


def gift(lessons: Sequence[StoredLesson]) -> Sequence[Piece]:
    """Give the file in pieces: a category for each lesson, and in it its questions."""
    return [piece for stored in lessons for piece in _of_lesson(stored)]


def _of_lesson(stored: StoredLesson) -> Iterator[Piece]:
    content = stored.lesson.content
    category = " ".join(content.title.split()).replace("/", "//")
    yield Piece(f"// {Stamp.of(stored, Sheet.TEACHER).text}\n$CATEGORY: ")
    yield Piece(category, SheetLine(LineKind.TITLE, content.title, "title"))
    yield Piece("\n\n")
    if not content.questions:
        yield Piece(
            f"::1::{FORMAT}{_escaped(content.question)}{{}}\n\n",
            SheetLine(LineKind.QUESTION, content.question, "question"),
        )
    for number, asked in enumerate(content.questions, 1):
        name = _escaped(f"{number}. {' '.join(asked.text.split())}"[:NAME_LENGTH_MAX])
        text = f"::{name}::{FORMAT}{_escaped(asked.text)}{{{_answers(asked, content)}{_feedback(asked, content)}}}\n\n"
        yield Piece(text, SheetLine(LineKind.QUESTION, asked.text, f"questions.{number}"))


def _answers(asked: LessonQuestion, content: LessonContent) -> str:
    match asked.form:
        case QuestionForm.CHOICE:
            return " ".join(_option(option, right=option == asked.answer) for option in asked.options)
        case QuestionForm.TRUE_FALSE:
            return asked.answer.upper()
        case QuestionForm.GAP:
            # An arrow within would make pairs of it that are to be matched.
            return _option(_MATCHES.sub("→", asked.answer), right=True)
        case _:
            return f"####{_escaped(labels_in(content.language)['answer'])}\\: {_escaped(asked.answer)}"


def _feedback(asked: LessonQuestion, content: LessonContent) -> str:
    """Say why, by the statements that prove it: feedback for everybody who has answered."""
    proof = [content.statements[place - 1].text for place in asked.proven_by if place <= len(content.statements)]
    if not proof:
        return ""
    told = " ".join(proof)
    return f"\\n{_escaped(told)}" if asked.form is QuestionForm.OPEN else f"####{_escaped(told)}"


def _option(text: str, *, right: bool) -> str:
    """Write an answer. One that begins with a per cent sign would be taken for its weight, so its weight is said."""
    weight = f"%{100 if right else 0}%" if text.startswith("%") else ""
    return f"{'=' if right else '~'}{weight}{_escaped(text)}"


def _escaped(text: str) -> str:
    return _KNOWN.sub(r"\\\1", text.replace("\r", "")).replace("\n", "\\n")
