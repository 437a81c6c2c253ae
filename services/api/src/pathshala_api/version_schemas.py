"""The bodies of what is done with versions: edited, approved, rated, rolled back and compared."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pathshala_api.diffing import FieldChange
from pathshala_api.editing import LessonChanges, OverruledCheck
from pathshala_api.reviewing import Approval, Rating, VersionReviews
from pathshala_api.schemas import Address, EditionEntry, Id, MomentText, UserId, VersionText
from pathshala_common.checks.examination import CHECKS
from pathshala_common.contract.lesson import (
    CheckFinding,
    Examined,
    HowMade,
    LanguageTag,
    Lesson,
    LessonContent,
    Level,
    Note,
    Overruling,
    ReadingLevel,
    Stars,
    version_of,
)
from pathshala_common.contract.task_status import lesson_url, moment

NOTE = "Why, for everybody who reads the versions."

Overruled = Annotated[
    list[OverruledCheck],
    Field(max_length=len(CHECKS), description="The checks whose findings are overruled in the new version."),
]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VersionEdit(_Body):
    """An edit of the newest version of an edition, which If-Match names."""

    user_id: UserId = None
    changes: Annotated[LessonChanges, Field(description="The fields that are to be other than they are.")]
    note: Annotated[Note | None, Field(description=NOTE)] = None
    overruled: Overruled = []


class DraftEdit(_Body):
    """An edit as it is being made: the checks look at it, and nothing is kept."""

    changes: Annotated[LessonChanges, Field(description="The fields that are to be other than they are.")]


class RollBack(_Body):
    """A return to the content of an earlier version, by a new one."""

    user_id: UserId = None
    version: Annotated[VersionText, Field(description="The version whose content the new one is to have.")]
    note: Annotated[Note | None, Field(description=NOTE)] = None
    overruled: Overruled = []


class CheckedDraft(BaseModel):
    """The word of the checks on a draft: what they find, which it passes, and how hard it is to read."""

    version: Annotated[VersionText, Field(description="The version that the draft changes.")]
    edited_fields: Annotated[list[str], Field(description="The fields that would be marked as changed by people.")]
    found: Annotated[list[CheckFinding], Field(description="What the checks find, in the order of checks.")]
    passed: Annotated[list[str], Field(description="The checks that had something to judge and found it well.")]
    reading_level: Annotated[ReadingLevel | None, Field(description="How hard the explanation is to read.")]


class ApprovalOrder(_Body):
    """A teacher's word that a version is approved, or a draft again."""

    user_id: UserId = None
    approved: Annotated[bool, Field(description="Whether the version is approved from now on.")]
    note: Annotated[Note | None, Field(description=NOTE)] = None


class RatingOrder(_Body):
    """A rating of a version. Of the same user's for it, the newest counts."""

    user_id: UserId = None
    stars: Annotated[Stars, Field(description="1 is poor, 5 is very good.")]
    reason: Annotated[Note, Field(description="Why, for everybody who reads the versions.")]


class ApprovalEntry(BaseModel):
    """Who approved a version, when, and why."""

    by: Annotated[str, Field(description="The user.")]
    approved_at: Annotated[MomentText, Field(description="When.")]
    note: Annotated[str | None, Field(description="Why, if that was said.")]


class RatingSummary(BaseModel):
    """How a version is rated: one rating a user counts."""

    stars: Annotated[float | None, Field(description="The mean of the stars; null if nobody rated it.")]
    count: Annotated[int, Field(description="The users who rated it.")]


class VersionEntry(BaseModel):
    """A version in a list, with the edition that it is one of."""

    version: Annotated[VersionText, Field(description="The version in the edition: 1.0, 1.1 and on.")]
    language: Annotated[LanguageTag, Field(description="The language that the edition was ordered in.")]
    level: Annotated[Level, Field(description="The level that the edition was ordered for.")]
    title: Annotated[str, Field(description="The title of the lesson.")]
    created_at: Annotated[MomentText, Field(description="When it was stored.")]
    task_id: Annotated[Id, Field(description="The task that it was made by.")]
    url: Annotated[Address, Field(description="Where this version is.")]
    how: Annotated[HowMade, Field(description="How it was made.")]
    made_by: Annotated[str | None, Field(description="The user who ordered or changed it.")]
    made_of: Annotated[VersionText | None, Field(description="The version that it was made of; null if of none.")]
    note: Annotated[str | None, Field(description="Why it was changed, if that was said.")]
    approved: Annotated[ApprovalEntry | None, Field(description="Its approval; null while it is a draft.")]
    rating: Annotated[RatingSummary, Field(description="How it is rated.")]
    found: Annotated[list[CheckFinding], Field(description="What the checks find, if it was changed by hand.")]
    overruled: Annotated[list[Overruling], Field(description="The checks that its editor overruled, and why.")]


class VersionList(BaseModel):
    """Versions of one edition of a lesson, newest first, and the editions that the lesson has.

    `next_before` asks for the page after this, with the same language and level.
    """

    subject: Annotated[str, Field(description="The subject of the lesson.")]
    topic: Annotated[str, Field(description="The topic of the lesson.")]
    language: Annotated[LanguageTag, Field(description="The language that the edition was ordered in.")]
    level: Annotated[Level, Field(description="The level that the edition was ordered for.")]
    versions: Annotated[list[VersionEntry], Field(description="The versions of this page, newest first.")]
    next_before: Annotated[
        VersionText | None, Field(description="What asks for the page after this, as `before`; null on the last.")
    ]
    editions: Annotated[
        list[EditionEntry], Field(description="The editions of the lesson, those that were stored last, newest first.")
    ]


class VersionReview(BaseModel):
    """The words on a version."""

    version: Annotated[VersionText, Field(description="The version.")]
    approved: Annotated[ApprovalEntry | None, Field(description="Its approval; null while it is a draft.")]
    rating: Annotated[RatingSummary, Field(description="How it is rated.")]


class RatingEntry(BaseModel):
    """One user's rating of a version."""

    user_id: Annotated[str, Field(description="Who rated it.")]
    stars: Annotated[int, Field(description="1 is poor, 5 is very good.")]
    reason: Annotated[str, Field(description="Why.")]
    rated_at: Annotated[MomentText, Field(description="When.")]


class RatingList(VersionReview):
    """The words on a version, with the ratings that count, the newest first."""

    ratings: Annotated[list[RatingEntry], Field(description="The newest of the ratings that count.")]


class VersionDiff(BaseModel):
    """The fields in which two versions of an edition differ, in the order of a lesson's fields."""

    before: Annotated[VersionText, Field(description="The one version.")]
    after: Annotated[VersionText, Field(description="The other version.")]
    changes: Annotated[list[FieldChange], Field(description="The fields that differ; none if the content is the same.")]


def approval_entry(approval: Approval | None) -> ApprovalEntry | None:
    """Tell of an approval."""
    if approval is None:
        return None
    return ApprovalEntry(by=approval.user_id, approved_at=moment(approval.at), note=approval.note)


def rating_summary(said: VersionReviews) -> RatingSummary:
    """Tell how a version is rated."""
    return RatingSummary(stars=said.stars, count=len(said.ratings))


def version_review(revision: int, said: VersionReviews) -> VersionReview:
    """Tell what is said of a version."""
    return VersionReview(
        version=version_of(revision), approved=approval_entry(said.approval), rating=rating_summary(said)
    )


def rating_list(revision: int, said: VersionReviews, limit: int) -> RatingList:
    """Tell what is said of a version, with its newest ratings."""
    newest = list(said.ratings.values())[-limit:]
    return RatingList(
        **dict(version_review(revision, said)), ratings=[_rating_entry(rating) for rating in reversed(newest)]
    )


def _rating_entry(rating: Rating) -> RatingEntry:
    return RatingEntry(user_id=rating.user_id, stars=rating.stars, reason=rating.reason, rated_at=moment(rating.at))


def version_entry(lesson: Lesson, said: VersionReviews) -> VersionEntry:
    """Tell of a version in a list."""
    made_of, examined = lesson.derivation, lesson.examined or Examined()
    return VersionEntry(
        version=lesson.version,
        language=lesson.edition.language,
        level=lesson.level,
        title=lesson.content.title,
        created_at=moment(lesson.created_at),
        task_id=lesson.task_id,
        url=lesson_url(lesson, lesson.revision),
        how=lesson.how_made,
        made_by=lesson.made_by,
        made_of=version_of(made_of.revision) if made_of else None,
        note=made_of.note if made_of else None,
        approved=approval_entry(said.approval),
        rating=rating_summary(said),
        found=list(examined.found),
        overruled=list(examined.overruled),
    )


def checked_draft(base: Lesson, judged: LessonContent, examined: Examined) -> CheckedDraft:
    """Tell what the checks say of a draft."""
    quality = judged.quality
    return CheckedDraft(
        version=base.version,
        edited_fields=list(quality.edited_fields),
        found=list(examined.found),
        passed=list(quality.checks_passed),
        reading_level=quality.reading_level,
    )
