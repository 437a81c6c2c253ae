"""Which kind of subject a lesson is of, so that its activity fits. Pure."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.text.words import plain, words

GENERAL = "general"


def kind_of(request: LessonRequest) -> str:
    """Name the kind by the subject's words, or else by the topic's; `general` if none of them is known."""
    kinds = _kinds()
    asked = (*words(request.subject), *words(request.topic))
    return next((kinds[word] for word in asked if word in kinds), GENERAL)


@cache
def _kinds() -> Mapping[str, str]:
    listed = json.loads(files(__package__).joinpath("subjects.json").read_bytes())
    return {plain(name): kind for kind, names in listed.items() for name in names}
