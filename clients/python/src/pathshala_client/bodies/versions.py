"""The bodies of requests and answers about versions.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from typing import Any, Literal, NotRequired, TypedDict

from pathshala_client.bodies.content import CheckFinding, LessonPart, QuestionForm, ReadingLevel
from pathshala_client.bodies.lessons import ApprovalEntry, RatingSummary


class RewriteOrder(TypedDict):
    """An order for one part of a version, which If-Match names, to be written anew by a wish. All else stays."""

    user_id: NotRequired[str | None]
    part: LessonPart
    question: NotRequired[int | None]
    wish: str
    callback_url: NotRequired[str | None]


class EditedQuestion(TypedDict):
    """A question with its answer. A choice has its answer among its options; only a choice has options."""

    form: QuestionForm
    text: str
    options: NotRequired[list[str]]
    answer: str
    proven_by: NotRequired[list[int]]


class LessonChanges(TypedDict):
    """The fields of a lesson that are to be other than they are; those that are left out stay."""

    title: NotRequired[str]
    objectives: NotRequired[list[str]]
    shloka: NotRequired[str]
    shloka_transliteration: NotRequired[str]
    shloka_source: NotRequired[str]
    shloka_connection: NotRequired[str]
    translation: NotRequired[str]
    explanation: NotRequired[str]
    activity: NotRequired[str]
    minutes: NotRequired[int]
    materials: NotRequired[list[str]]
    question: NotRequired[str]
    questions: NotRequired[list[EditedQuestion]]


class OverruledCheck(TypedDict):
    """A check that is overruled in the version, for good, and why."""

    check: Literal[
        "on_topic",
        "language",
        "complete",
        "own_voice",
        "plain_text",
        "evidence",
        "own_words",
        "true_to_article",
        "fresh",
        "reading_level",
        "questions",
        "answers",
        "distractors",
        "giveaways",
        "gaps",
    ]
    reason: str


class VersionEdit(TypedDict):
    """An edit of the newest version of an edition, which If-Match names."""

    user_id: NotRequired[str | None]
    changes: LessonChanges
    note: NotRequired[str | None]
    overruled: NotRequired[list[OverruledCheck]]


class RollBack(TypedDict):
    """A return to the content of an earlier version, by a new one."""

    user_id: NotRequired[str | None]
    version: str
    note: NotRequired[str | None]
    overruled: NotRequired[list[OverruledCheck]]


class DraftEdit(TypedDict):
    """An edit as it is being made: the checks look at it, and nothing is kept."""

    changes: LessonChanges


class CheckedDraft(TypedDict):
    """The word of the checks on a draft: what they find, which it passes, and how hard it is to read."""

    version: str
    edited_fields: list[str]
    found: list[CheckFinding]
    passed: list[str]
    reading_level: ReadingLevel | None


class DiffWords(TypedDict):
    """A run of a text that both have, or one of them."""

    kind: Literal["same", "removed", "added"]
    text: str


class DiffItem(TypedDict):
    """An item of a list that both have, or one of them."""

    kind: Literal["same", "removed", "added"]
    value: Any


class FieldChange(TypedDict):
    """A field that differs. Texts have `words`, lists `items`; runs and items in the order of both."""

    field: str
    before: Any
    after: Any
    words: NotRequired[list[DiffWords]]
    items: NotRequired[list[DiffItem]]


class VersionDiff(TypedDict):
    """The fields in which two versions of an edition differ, in the order of a lesson's fields."""

    before: str
    after: str
    changes: list[FieldChange]


class ApprovalOrder(TypedDict):
    """A teacher's word that a version is approved, or a draft again."""

    user_id: NotRequired[str | None]
    approved: bool
    note: NotRequired[str | None]


class VersionReview(TypedDict):
    """The words on a version."""

    version: str
    approved: ApprovalEntry | None
    rating: RatingSummary


class RatingOrder(TypedDict):
    """A rating of a version. Of the same user's for it, the newest counts."""

    user_id: NotRequired[str | None]
    stars: int
    reason: str


class RatingEntry(TypedDict):
    """One user's rating of a version."""

    user_id: str
    stars: int
    reason: str
    rated_at: str


class RatingList(TypedDict):
    """The words on a version, with the ratings that count, the newest first."""

    version: str
    approved: ApprovalEntry | None
    rating: RatingSummary
    ratings: list[RatingEntry]
