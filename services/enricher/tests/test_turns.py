"""Sixty look-ups at once of a slow encyclopedia: nobody loses an article, and another user waits for one turn."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import pytest

from pathshala.replay.virtual_time import VirtualTimeLoop
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.fetch import FetchFault, not_sent, shown
from pathshala_enricher.source import LookUp, Query
from pathshala_enricher.turns import Turns
from pathshala_enricher.wikipedia import LIMITS, Wikipedia
from tests.clock import PassingClock
from tests.stubs.wikipedia import Request, StubWikipedia
from tests.stubs.wikipedia_pages import Page

TOPICS = [f"topic{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(60)]
PAGES = [
    Page(number, topic.capitalize(), f"The {topic} is one of many things. English has them.", language=language)
    for language in ("en", "hi")
    for number, topic in enumerate([*TOPICS, "elsewhere"], 1)
]
ANSWER_SECONDS = 0.4
T = TypeVar("T")


class SlowEncyclopedia:
    """Implements the port Fetch on the stub's answers, each of which takes its time on the event loop's clock."""

    def __init__(self, *, stalls: bool = False) -> None:
        self._stub, self._stalls = StubWikipedia(PAGES), stalls
        self.asked: Counter[str] = Counter()
        self.in_flight = self.in_flight_max = 0

    async def __call__(self, url: str, params: Mapping[str, str], seconds: float) -> ProviderCall:
        self.in_flight += 1
        self.in_flight_max = max(self.in_flight_max, self.in_flight)
        try:
            async with asyncio.timeout(seconds):
                await asyncio.sleep(1_000 if self._stalls else ANSWER_SECONDS)
        except TimeoutError:
            return not_sent(url, params, FetchFault.TIMED_OUT)
        finally:
            self.in_flight -= 1
        language = "hi" if "/hi/" in url else "en"
        self.asked[f"{language} {params.get('gsrsearch')}"] += 1
        answer = self._stub.content(Request(language, params, {}))
        text = json.dumps(answer).replace("http://127.0.0.1:0/", "http://wiki.example/")
        return ProviderCall.recorded("wikipedia", shown(url, params), seconds=ANSWER_SECONDS, status=200, answer=text)


def wikipedia(fetch: SlowEncyclopedia) -> Wikipedia:
    return Wikipedia("http://wiki.example/{language}/w/api.php", fetch=fetch, clock=PassingClock())


def in_virtual_time(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(story())


def articles(found: list[LookUp]) -> int:
    return sum(isinstance(lookup.outcome, Article) for lookup in found)


async def find_all(source: Wikipedia, user_of: Callable[[int], str], language: str = "en") -> list[LookUp]:
    queries = [Query("english", topic, language, user_of(number)) for number, topic in enumerate(TOPICS)]
    return await asyncio.gather(*map(source.find, queries))


@pytest.mark.parametrize(
    "user_of", [lambda _: "asha", lambda number: f"user {number}"], ids=["one user", "sixty users"]
)
def test_sixty_topics_at_once_get_their_articles(user_of: Callable[[int], str]) -> None:
    fetch = SlowEncyclopedia()

    found = in_virtual_time(lambda: find_all(wikipedia(fetch), user_of))

    assert articles(found) == 60
    assert len(TOPICS) * ANSWER_SECONDS > LIMITS.turn_seconds
    assert (fetch.asked.total(), fetch.in_flight_max) == (60, 1)


@pytest.mark.parametrize(("moves", "had_their_turn"), [(True, 60), (False, 25)])
def test_a_wait_counts_from_the_last_answer_and_would_be_too_long_if_it_did_not(
    *, moves: bool, had_their_turn: int
) -> None:
    turns = Turns(LIMITS.turn_seconds)

    async def one() -> bool:
        ticket = asyncio.get_running_loop().create_future()
        turns.join(ticket, "asha")
        try:
            async with turns.turn(ticket):
                await asyncio.sleep(ANSWER_SECONDS)
                if moves:
                    turns.moved()
        except TimeoutError:
            return False
        return True

    async def story() -> list[bool]:
        return await asyncio.gather(*(one() for _ in TOPICS))

    assert sum(in_virtual_time(story)) == had_their_turn


def test_another_users_look_up_waits_for_its_own_turn_only() -> None:
    async def story() -> tuple[float, int]:
        fetch = SlowEncyclopedia()
        source, loop = wikipedia(fetch), asyncio.get_running_loop()
        many = asyncio.create_task(find_all(source, lambda _: "asha"))
        await asyncio.sleep(ANSWER_SECONDS / 2)
        began = loop.time()
        one = await source.find(Query("english", "elsewhere", "en", "ravi"))
        seconds = loop.time() - began
        return seconds, articles([one, *await many])

    seconds, found = in_virtual_time(story)
    assert seconds == pytest.approx(1.5 * ANSWER_SECONDS)
    assert found == 61


def test_who_wants_the_last_look_up_of_anothers_line_has_it_in_their_own_turn() -> None:
    async def story() -> float:
        source, loop = wikipedia(SlowEncyclopedia()), asyncio.get_running_loop()
        many = asyncio.create_task(find_all(source, lambda _: "asha"))
        await asyncio.sleep(ANSWER_SECONDS / 2)
        began = loop.time()
        await source.find(Query("english", TOPICS[-1], "en", "ravi"))
        seconds = loop.time() - began
        await many
        return seconds

    assert in_virtual_time(story) == pytest.approx(1.5 * ANSWER_SECONDS)


def test_one_order_for_four_levels_and_two_languages_costs_one_look_up_a_language() -> None:
    async def story() -> tuple[int, Counter[str]]:
        fetch = SlowEncyclopedia()
        source = wikipedia(fetch)
        queries = [Query("english", "elsewhere", language, "asha") for language in ("en", "hi") for _level in range(4)]
        return articles(await asyncio.gather(*map(source.find, queries))), fetch.asked

    found, asked = in_virtual_time(story)
    assert found == 8
    assert asked == {"en elsewhere english": 1, "hi elsewhere english": 1}


def test_a_line_that_does_not_move_is_left_in_time() -> None:
    async def story() -> tuple[list[LookUp], float]:
        found = await find_all(wikipedia(SlowEncyclopedia(stalls=True)), lambda _: "asha")
        return found, asyncio.get_running_loop().time()

    found, seconds = in_virtual_time(story)
    assert articles(found) == 0
    assert seconds <= LIMITS.turn_seconds + LIMITS.lookup_seconds


def test_who_must_not_wait_that_long_goes_on_without_and_costs_the_others_nothing() -> None:
    async def story() -> tuple[LookUp, list[LookUp]]:
        source = wikipedia(SlowEncyclopedia())
        many = asyncio.create_task(find_all(source, lambda _: "asha"))
        await asyncio.sleep(ANSWER_SECONDS / 2)
        hasty = await source.find(Query("english", TOPICS[-1], "en", "asha", wait_seconds=2.0))
        return hasty, await many

    hasty, many = in_virtual_time(story)
    assert hasty.outcome is Absence.TIMED_OUT
    assert [call.fault for call in hasty.calls] == [FetchFault.TURN_TIMED_OUT]
    assert articles(many) == 60
