"""The calls that make versions of others, and say something of them.

Each edit names the version that was read. If another was stored since, `VersionChanged` is raised, whose `body` says
what it changed, and nothing is overwritten.
"""

from collections.abc import Mapping
from typing import Any, Unpack

from pathshala_client.asking import by_key, change, get, json_of
from pathshala_client.bodies.content import ChangedVersion
from pathshala_client.bodies.lessons import Accepted
from pathshala_client.bodies.versions import (
    ApprovalOrder,
    CheckedDraft,
    DraftEdit,
    RatingList,
    RatingOrder,
    RewriteOrder,
    RollBack,
    VersionDiff,
    VersionEdit,
    VersionReview,
)
from pathshala_client.calls.lessons import Edition
from pathshala_client.steps import Call

IDENTITY = Edition.__annotations__.keys()


class Edit(VersionEdit, Edition):
    """An edit, and the edition that it is of."""


class Rewriting(RewriteOrder, Edition):
    """An order for one part to be written anew, and the edition that it is of."""


class Return(RollBack, Edition):
    """A return to an earlier version, and the edition that it is in."""


class Draft(DraftEdit, Edition):
    """An edit as it is being made, and the edition that it is of."""


class Approving(ApprovalOrder, Edition):
    """A word on whether a version is approved, and its edition."""


class Rating(RatingOrder, Edition):
    """A rating of a version, and its edition."""


def edit(
    subject: str, topic: str, version: str, *, idempotency_key: str | None = None, **order: Unpack[Edit]
) -> Call[ChangedVersion]:
    """Edit the newest version of an edition by hand: `version` is the one that was read.

    All checks run, and what they find is shown with the new version; it forbids nothing.
    """
    made: ChangedVersion = yield from _made("/lessons/versions", (subject, topic), version, idempotency_key, order)
    return made


def rewrite(
    subject: str, topic: str, version: str, *, idempotency_key: str | None = None, **order: Unpack[Rewriting]
) -> Call[Accepted]:
    """Have one part of the newest version written anew, by a wish: `version` is the one that was read. Gives a task."""
    accepted: Accepted = yield from _made("/lessons/rewrites", (subject, topic), version, idempotency_key, order)
    return accepted


def roll_back(
    subject: str, topic: str, newest: str, *, idempotency_key: str | None = None, **order: Unpack[Return]
) -> Call[ChangedVersion]:
    """Go back to the content of an earlier `version`, by a new one behind `newest`. None is taken away."""
    made: ChangedVersion = yield from _made("/lessons/rollback", (subject, topic), newest, idempotency_key, order)
    return made


def check(subject: str, topic: str, *, version: str | None = None, **draft: Unpack[Draft]) -> Call[CheckedDraft]:
    """Learn what the checks find in an edit while it is being made. Nothing is kept, and no version made."""
    query, body = _parted(subject, topic, draft)
    found: CheckedDraft = yield from json_of(change("POST", "/lessons/check", {**query, "version": version}, body=body))
    return found


def diff(subject: str, topic: str, before: str, after: str, **edition: Unpack[Edition]) -> Call[VersionDiff]:
    """Compare two versions field by field: texts by words, lists by items."""
    query = {"subject": subject, "topic": topic, "from": before, "to": after, **edition}
    found: VersionDiff = yield from json_of(get("/lessons/diff", **query))
    return found


def approve(subject: str, topic: str, version: str, **order: Unpack[Approving]) -> Call[VersionReview]:
    """Approve a version, or make it a draft again. What is so already stays as it is."""
    return (yield from _said("/lessons/approval", (subject, topic), version, order))


def rate(subject: str, topic: str, version: str, **order: Unpack[Rating]) -> Call[VersionReview]:
    """Rate a version with one to five stars, and say why. Of the same user's ratings for it, the newest counts."""
    return (yield from _said("/lessons/rating", (subject, topic), version, order))


def ratings(subject: str, topic: str, version: str, **edition: Unpack[Edition]) -> Call[RatingList]:
    """Read the ratings of a version that count, the newest first, with their reasons."""
    found: RatingList = yield from json_of(
        get("/lessons/ratings", subject=subject, topic=topic, version=version, **edition)
    )
    return found


def _made(path: str, lesson: tuple[str, str], version: str, key: str | None, order: Mapping[str, Any]) -> Call[Any]:
    query, body = _parted(*lesson, order)
    headers = {"If-Match": f'"{version}"', **by_key(key)}
    return (yield from json_of(change("POST", path, query, body=body, headers=headers)))


def _said(path: str, lesson: tuple[str, str], version: str, order: Mapping[str, Any]) -> Call[VersionReview]:
    query, body = _parted(*lesson, order)
    review: VersionReview = yield from json_of(change("PUT", path, {**query, "version": version}, body=body))
    return review


def _parted(subject: str, topic: str, order: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what names the edition, for the query, from what is to be done, for the body."""
    named = {name: value for name, value in order.items() if name in IDENTITY}
    body = {name: value for name, value in order.items() if name not in IDENTITY}
    return {"subject": subject, "topic": topic, **named}, body
