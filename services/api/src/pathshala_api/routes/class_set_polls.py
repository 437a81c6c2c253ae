"""The standing of a class set as it is told: at once, or when there is something new."""

from typing import Any

from pydantic_core import to_json

from pathshala_api.access import EVERYBODY, Caller
from pathshala_api.answers import JsonAnswer, Tagged, tagged
from pathshala_api.caller_watch import CallerWatch
from pathshala_api.class_set_schemas import set_status
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.routes.status import WAIT, WAIT_SECONDS_MAX
from pathshala_api.watching import TooManyError, Watcher
from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.ports.clock import Clock

LOOK_SECONDS = 2.0
"""Who waits is told of tasks by hints; what the set itself tells is looked for so often."""


class SetPolls:
    """Answers polls of class sets."""

    def __init__(self, acts: SetActs, watcher: Watcher, callers: CallerWatch, clock: Clock) -> None:
        self._acts, self._watcher, self._callers, self._clock = acts, watcher, callers, clock

    async def answer(
        self,
        set_id: str,
        if_none_match: str | None = None,
        prefer: str | None = None,
        caller: Caller = EVERYBODY,
    ) -> JsonAnswer:
        """Answer a poll. One that waits, waits no longer than its caller may call.

        Raises ProblemError, UnreadableError and StoreUnavailable.
        """
        made = await self._acts.read(set_id)
        wait = WAIT.search(prefer) if prefer else None
        if wait is None:
            return (await self._tell(made)).to(if_none_match)
        seconds = min(int(wait[1]), WAIT_SECONDS_MAX)
        try:
            answer = await self._awaited(made, if_none_match, seconds, caller)
        except TooManyError:
            return (await self._tell(made)).to(if_none_match)
        return answer.to(if_none_match).with_headers([(b"preference-applied", b"wait=%d" % seconds)])

    async def _awaited(self, made: ClassSet, if_none_match: str | None, seconds: float, caller: Caller) -> Tagged:
        """Answer when there is something to tell, or the time is over."""
        until = self._clock.monotonic() + seconds
        of_user = self._watcher.following_user(made.user_id)
        with of_user as follower, self._callers.watched(caller, follower.end):
            answer = await self._tell(made)
            while not answer.final and (if_none_match is None or answer.has(if_none_match)):
                left = until - self._clock.monotonic()
                if left > 0:
                    await follower.next(min(left, LOOK_SECONDS))
                if left <= 0 or follower.ended:
                    break
                answer = await self._tell(await self._acts.read(made.set_id))
        return answer

    async def _tell(self, made: ClassSet) -> Tagged:
        return tagged(to_json(await self.status(made)), final=made.ended_at is not None)

    async def status(self, made: ClassSet) -> dict[str, Any]:
        """Tell how a set stands: a ClassSetStatus. Raises UnreadableError and StoreUnavailable."""
        stands, spent = await self._acts.standing(made), await self._acts.store.spent_on_set(made.set_id)
        return set_status(made, stands, spent, self._acts.month.prices)
