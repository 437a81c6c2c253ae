"""The file in which a lesson is edited: TOML, whose texts are written as they read. Pure."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

EDITED_FIELDS: Mapping[str, type] = {
    "title": str,
    "objectives": list,
    "shloka": str,
    "shloka_transliteration": str,
    "shloka_source": str,
    "shloka_connection": str,
    "translation": str,
    "explanation": str,
    "activity": str,
    "minutes": int,
    "materials": list,
    "question": str,
    "questions": list,
}
"""The fields that can be edited, in their order, and the kind of each."""

HEAD = (
    "# Change what is to be other than it is, save, and close. Without a change no version is made.\n"
    "# In the explanation, a number in square brackets cites that quote of this version.\n\n"
)
VERSION = "version"
"""The field that says which version an edit is of."""

QUESTIONS = "questions"
FIRST_QUESTION = "question"
"""The text of the first of the questions, which is edited there."""

NOT_AS_IT_READS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|'''")
"""The characters that no text between triple quotes may have."""


def written(lesson: Mapping[str, Any]) -> str:
    """Write the fields that a lesson has, and its version if that is among them."""
    has_questions = bool(lesson.get(QUESTIONS))
    lines = [
        f"{name} = {_value(lesson[name])}"
        for name in (VERSION, *EDITED_FIELDS)
        if lesson.get(name) and name != QUESTIONS and not (name == FIRST_QUESTION and has_questions)
    ]
    tables = [
        "\n".join(["", "[[questions]]", *(f"{name} = {_value(value)}" for name, value in question.items())])
        for question in lesson.get(QUESTIONS, [])
    ]
    return HEAD + "\n".join([*lines, *tables]) + "\n"


def read(text: str) -> dict[str, Any]:
    """Read the fields of an edit. Raises ValueError, in words, for what is none; TOMLDecodeError is one."""
    edit = tomllib.loads(text)
    for name, value in edit.items():
        if name != VERSION and name not in EDITED_FIELDS:
            raise ValueError(f"{name} is no field that can be edited; there are {', '.join(EDITED_FIELDS)}")
        if type(value) is not (kind := EDITED_FIELDS.get(name, str)):
            raise ValueError(f"{name} must be of the kind {kind.__name__}")
    return edit


def _value(value: Any) -> str:
    """Write a value. A text of several lines stands between triple quotes, unless these stand in it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str) and "\n" in value and not NOT_AS_IT_READS.search(value):
        return f"'''\n{value}'''"
    # JSON's strings, numbers and truths are TOML's, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
