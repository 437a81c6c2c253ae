"""Words on the versions of an edition: approvals and ratings, folded from the edition's log. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pathshala_common.contract.events import ApprovalWithdrawn, LessonApproved, LessonRated
from pathshala_common.contract.ports.store import Logged, Unreadable


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a version, when, and why."""

    user_id: str
    at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """The rating of a version that counts of a user, and how many that user has given it."""

    user_id: str
    stars: int
    reason: str
    at: datetime
    given: int


@dataclass(slots=True)
class VersionReviews:
    """The words on one version. `rated` counts the ratings that were ever given."""

    approval: Approval | None = None
    ratings: dict[str, Rating] = field(default_factory=dict)
    rated: int = 0

    @property
    def stars(self) -> float | None:
        """The mean of the ratings that count; None if there is none."""
        stars = [rating.stars for rating in self.ratings.values()]
        return round(sum(stars) / len(stars), 2) if stars else None


NOTHING = VersionReviews()


class EditionReviews:
    """The words on an edition's versions, folded up to a position of its log. The newest word counts."""

    def __init__(self) -> None:
        self.position = 0
        self._versions: dict[int, VersionReviews] = {}

    @property
    def versions(self) -> Mapping[int, VersionReviews]:
        """The words on each version, by its revision; one of which nothing was said is left out."""
        return self._versions

    def of(self, revision: int) -> VersionReviews:
        """Give the words on a version."""
        return self._versions.get(revision, NOTHING)

    @property
    def approved(self) -> int | None:
        """The newest approved revision; None if none is."""
        return max((revision for revision, said in self._versions.items() if said.approval), default=None)

    def add(self, logged: Logged | Unreadable) -> None:
        """Fold one event in; one that was folded in before, or cannot be read, changes nothing."""
        if logged.position <= self.position:
            return
        self.position = logged.position
        event = logged.envelope.event if isinstance(logged, Logged) else None
        if not isinstance(event, LessonApproved | ApprovalWithdrawn | LessonRated):
            return
        said = self._versions.setdefault(event.revision, VersionReviews())
        match event:
            case LessonApproved():
                said.approval = Approval(event.user_id, event.said_at, event.note)
            case ApprovalWithdrawn():
                said.approval = None
            case LessonRated():
                before = said.ratings.pop(event.user_id, None)
                given = before.given + 1 if before else 1
                said.ratings[event.user_id] = Rating(event.user_id, event.stars, event.reason, event.said_at, given)
                said.rated += 1
