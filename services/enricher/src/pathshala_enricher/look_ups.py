"""One look-up for each edition and topic: kept, or under way and shared by all who want it, or begun in its turn."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Article
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.logs import get_logger
from pathshala_enricher.answer import Without, read
from pathshala_enricher.editions import Edition
from pathshala_enricher.fetch import FetchFault, not_sent, shown
from pathshala_enricher.kept import Ended, Shelf
from pathshala_enricher.search import Search, first_request
from pathshala_enricher.servers import Servers
from pathshala_enricher.source import Query
from pathshala_enricher.turns import Ticket, Turns

log = get_logger()


class LookUps:
    """Looks up in one edition, so that what falls back to English shares the look-up of who asked for English."""

    def __init__(
        self, search: Search, servers: Servers, shelf: Shelf, clock: Clock, *, lookup_seconds: float, turns: Turns
    ) -> None:
        """Bound all requests of one look-up by `lookup_seconds`, from its turn on."""
        self._search, self._servers, self._shelf, self._clock = search, servers, shelf, clock
        self._lookup_seconds, self._turns = lookup_seconds, turns
        self._under_way: dict[str, _Shared] = {}

    async def find(self, edition: Edition, query: Query) -> Ended:
        """Find the article. Who stops waiting does not stop it for the others."""
        name = self._name(edition, query)
        remembered = self._shelf.remembered(name)
        if remembered is not None:
            return remembered
        if name not in self._under_way:
            shared = self._under_way[name] = _Shared(self._turns)
            shared.begin(self._look_up(name, edition, query, shared), lambda: self._under_way.pop(name))
        return await self._under_way[name].end(query.user_id)

    async def close(self) -> None:
        """End what is under way."""
        await asyncio.gather(*[shared.cancel() for shared in self._under_way.values()])

    def unsent(self, edition: Edition, query: Query) -> ProviderCall:
        """Give the first request of a look-up as one that was held back: its turn did not come in time."""
        return not_sent(self._servers.url(edition), first_request(query), FetchFault.TURN_TIMED_OUT)

    def _name(self, edition: Edition, query: Query) -> str:
        """Name what is looked up: the server, the subject and the topic."""
        return json.dumps([shown(self._servers.url(edition), {}), query.subject, query.topic], ensure_ascii=False)

    async def _look_up(self, name: str, edition: Edition, query: Query, shared: "_Shared") -> Ended:
        """Look up, and keep what stays true for a while. An article that is old is better than none."""
        kept = await self._shelf.find(name)
        if kept and kept.is_fresh(self._clock.now()):
            self._shelf.remember(name, kept.ended)
            return kept.ended
        told, calls = log.bind(language=edition.language), list[ProviderCall]()
        try:
            ended = await self._ended(name, edition, query, shared, calls)
        except (Retry, Without) as error:
            if isinstance(error, Retry):
                seconds = error.after_seconds
                told.warning("look-up failed, may pass", code=error.code, reason=error.reason, seconds=seconds)
            else:
                told.warning("look-up failed", reason=str(error))
            return kept.ended if kept else Ended(error, tuple(calls))
        outcome, seconds = "found" if ended.outcome else "not_found", sum(call.seconds for call in calls)
        told.info("look-up ended", outcome=outcome, seconds=round(seconds, 3))
        if not any(call.fault for call in ended.calls):
            self._shelf.remember(name, ended)
        return ended

    async def _ended(
        self, name: str, edition: Edition, query: Query, shared: "_Shared", calls: list[ProviderCall]
    ) -> Ended:
        """Ask when the turn has come; at once for a server that is known to be down. Raises what `run` raises."""

        def record(call: ProviderCall) -> None:
            calls.append(call)
            self._note(call)

        seconds = self._lookup_seconds
        if self._servers.is_down(edition):
            return Ended(await self._search.run(edition, query, seconds=seconds, record=record), tuple(calls))
        try:
            async with shared.turn():
                kept = await self._shelf.find(name)  # again: another enricher may have found it meanwhile
                if kept and await self._holds(kept.article, kept.is_fresh(self._clock.now()), edition):
                    await self._shelf.keep(name, kept.article, kept.calls)
                    return kept.ended
                article = await self._search.run(edition, query, seconds=seconds, record=record)
                if article and not any(call.fault for call in calls):
                    await self._shelf.keep(name, article, tuple(calls))
                return Ended(article, tuple(calls))
        except TimeoutError:
            calls.append(self.unsent(edition, query))
            read(calls[-1], self._clock.now())
            raise

    async def _holds(self, article: Article, fresh: bool, edition: Edition) -> bool:  # noqa: FBT001 - read at once
        """Whether a kept article is its page's newest revision, as far as is known or by asking."""
        return fresh or await self._search.is_current(edition, article, seconds=self._lookup_seconds, record=self._note)

    def _note(self, call: ProviderCall) -> None:
        """Let a line that gets answers count as one that moves."""
        if call.status is not None:
            self._turns.moved()


class _Shared:
    """A look-up under way, and the users who wait for it: it stands in the line of each once it needs a turn."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._ticket: Ticket | None = None
        self._users: list[str] = []

    def begin(self, looking_up: Coroutine[Any, Any, Ended], ended: Callable[[], object]) -> None:
        """Run it, whoever waits for it."""
        self._task = asyncio.create_task(looking_up)
        self._task.add_done_callback(lambda _: ended())

    async def end(self, user_id: str) -> Ended:
        """Wait for its end with the others."""
        if user_id not in self._users:
            self._users.append(user_id)
            if self._ticket:
                self._turns.join(self._ticket, user_id)
        return await asyncio.shield(self._task)

    async def cancel(self) -> None:
        """End it without a result."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for its turn in the lines of all who want it."""
        self._ticket = asyncio.get_running_loop().create_future()
        for user_id in self._users:
            self._turns.join(self._ticket, user_id)
        return self._turns.turn(self._ticket)
