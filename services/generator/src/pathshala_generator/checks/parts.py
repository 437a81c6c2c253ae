"""The parts of a draft that a reader reads, and what share of a whole a part is."""

from collections.abc import Collection, Mapping

from pathshala_common.contract.lesson import LessonRequest
from pathshala_generator.draft import Draft
from pathshala_generator.text.dissection import Dissection, dissected


def asked(request: LessonRequest) -> Dissection:
    """The dissection of what a lesson was asked for on."""
    return dissected(f"{request.subject} {request.topic}")


def prose(draft: Draft) -> str:
    """The explanation's text without its quotes, a paragraph a line."""
    return "\n".join(" ".join(said.text for said in paragraph) for paragraph in draft.explanation)


def explained(draft: Draft) -> Dissection:
    """The dissection of that text."""
    return dissected(prose(draft))


def fields(draft: Draft) -> Mapping[str, str]:
    """The texts of a draft that a reader reads, by the names of their fields."""
    named = {
        "title": draft.title,
        "explanation": prose(draft),
        "activity": draft.activity,
        "question": draft.question,
    }
    return named | ({"connection": draft.connection} if draft.connection else {})


def share(part: Collection[object], whole: Collection[object]) -> float:
    """The share of a whole that a part is; 0 if the whole is nothing."""
    return len(part) / len(whole) if whole else 0.0
