"""A rewriting: one part of a lesson that is to be written anew by somebody's wish, and what belongs to that part."""

from collections.abc import Mapping
from dataclasses import dataclass

from pathshala_common.contract.lesson import Article, Examined, LessonContent, LessonPart

WRITTEN_FIELDS: Mapping[LessonPart, tuple[str, ...]] = {
    LessonPart.TITLE: ("title",),
    LessonPart.OBJECTIVES: ("objectives",),
    LessonPart.VERSE: ("verse", "connection"),
    LessonPart.EXPLANATION: ("explanation",),
    LessonPart.ACTIVITY: ("activity", "minutes", "materials"),
    LessonPart.QUESTIONS: ("questions",),
}
"""The fields that a writer writes for each part; the first is the part proper."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The lesson as it stands, the part, and the wish, which is a user's text: data, and never an order.

    With a `number`, one of the questions is the part. `examined` is what checks found in the lesson, and who overruled.
    """

    lesson: LessonContent
    part: LessonPart
    wish: str
    number: int | None = None
    examined: Examined | None = None

    @property
    def article(self) -> Article | None:
        """The article that the lesson stands on."""
        return self.lesson.wikipedia_info or self.lesson.source_info

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are written."""
        return WRITTEN_FIELDS[self.part]

    @property
    def concerned(self) -> frozenset[str]:
        """The fields by which checks name the part."""
        return frozenset({*self.fields, "question"} if self.part is LessonPart.QUESTIONS else self.fields)
