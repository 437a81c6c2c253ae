"""Which kind of subject a lesson is of, so that its activity fits. Pure."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pathshala_common.contract.lesson import LessonRequest, fold

GENERAL = "general"

_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0963])+")  # the vowel signs of Devanagari are not in \w


def kind_of(request: LessonRequest) -> str:
    """Name the kind by the subject's words, or else by the topic's; `general` if none of them is known."""
    kinds = _kinds()
    words = (*_WORD.findall(fold(request.subject)), *_WORD.findall(fold(request.topic)))
    return next((kinds[word] for word in words if word in kinds), GENERAL)


@cache
def _kinds() -> Mapping[str, str]:
    listed = json.loads(files(__package__).joinpath("subjects.json").read_bytes())
    return {fold(word): kind for kind, words in listed.items() for word in words}
