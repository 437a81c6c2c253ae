"""Ceilings: how many calls of language models a user's lessons may take in a month, and what they may cost.

What is counted is what the log was told: a call counts once it has ended. Calls that are in the air when a ceiling is
reached are paid for, so it may be passed by those.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from pathshala_common.contract.ports.class_sets import Spending, Spent
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.prices import Prices

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most calls, and the most that they may cost together; None is without end."""

    calls_max: int | None = None
    cost_max: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything ends."""
        return self.calls_max is not None or self.cost_max is not None

    def left(self, spent: Spent, prices: Prices) -> "Left":
        """An amount that may still be spent."""
        calls = None if self.calls_max is None else max(self.calls_max - spent.calls, 0)
        if self.cost_max is None:
            return Left(calls, None)
        cost = spent.cost(prices)
        return Left(calls, max(round(self.cost_max - cost, 8), 0.0))


@dataclass(frozen=True, slots=True)
class Left:
    """The calls, and the money, that are left; None is without end."""

    calls: int | None
    cost: float | None

    @property
    def nothing(self) -> bool:
        """Whether no lesson may be begun."""
        return self.calls == 0 or self.cost == 0.0

    def lessons(self, spent: Spent, prices: Prices, ended: int) -> float:
        """Count the lessons that it will do for, by what the `ended` ones took; at least a call each."""
        shares = [math.inf if self.calls is None else self.calls / max(1.0, spent.calls / max(ended, 1))]
        a_lesson = spent.cost(prices) / ended if ended else 0.0
        shares.append(self.cost / a_lesson if self.cost is not None and a_lesson else math.inf)
        return 0.0 if self.nothing else min(shares)


class CeilingReachedError(Exception):
    """A user has nothing left for this month."""

    def __init__(self, ceiling: Ceiling, left: Left, currency: str, turns_at: datetime) -> None:
        super().__init__("ceiling reached")
        self.ceiling, self.left, self.currency, self.turns_at = ceiling, left, currency, turns_at


class MonthCeiling:
    """Knows what each user has left this month, of UTC."""

    def __init__(self, spending: Spending, clock: Clock, ceiling: Ceiling, prices: Prices) -> None:
        """Give every user the same. Without a ceiling nothing is read."""
        self._spending, self._clock, self._ceiling, self.prices = spending, clock, ceiling, prices

    async def check(self, user_id: str) -> None:
        """Raise CeilingReachedError if nothing is left for another lesson, and StoreUnavailable."""
        left = await self.left(user_id)
        if left.nothing:
            raise CeilingReachedError(self._ceiling, left, self.prices.currency, next_month(self._clock.now()))

    async def left(self, user_id: str) -> Left:
        """Give what a user has left. Raises StoreUnavailable."""
        spent = Spent()
        if self._ceiling.is_set:
            spent = await self._spending.spent_by(user_id, since=month_of(self._clock.now()))
        return self._ceiling.left(spent, self.prices)


def month_of(moment: datetime) -> datetime:
    """The beginning of its month."""
    return datetime(moment.year, moment.month, 1, tzinfo=UTC)


def next_month(moment: datetime) -> datetime:
    """The beginning of the month after it."""
    later = moment.month == DECEMBER
    return datetime(moment.year + later, 1 if later else moment.month + 1, 1, tzinfo=UTC)
