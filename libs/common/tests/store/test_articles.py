"""Every store keeps articles by their names, over restarts, and no more than it is asked to."""

import asyncio

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import HOUR, NOON
from pathshala_common.contract.ports.articles import KeptArticle
from pathshala_common.contract.ports.store import Store

VERB = KeptArticle("en/verb", b"\x00an article", NOON)


async def test_what_is_kept_is_there_after_a_restart(again: Again) -> None:
    for first in (True, False):
        store = again()
        await store.open()
        if first:
            await store.keep_article(VERB, newest=5)
        assert await store.kept_article("en/verb") == VERB
        assert await store.kept_article("en/noun") is None
        await store.close()


async def test_an_article_takes_the_place_of_the_one_of_its_name(store: Store) -> None:
    later = KeptArticle("en/verb", b"another", NOON + HOUR)
    for kept in (VERB, later):
        await store.keep_article(kept, newest=5)

    assert await store.kept_article("en/verb") == later


async def test_many_may_keep_one_at_once(store: Store) -> None:
    await asyncio.gather(*(store.keep_article(VERB, newest=5) for _ in range(20)))

    assert await store.kept_article("en/verb") == VERB


@pytest.mark.parametrize("newest", [1, 3])
async def test_only_the_newest_are_kept(store: Store, newest: int) -> None:
    names = ["third", "first", "fourth", "second"]
    for name in names:
        place = ["fourth", "third", "second", "first"].index(name)
        await store.keep_article(KeptArticle(name, b"", NOON + place * HOUR), newest=5)
    await store.keep_article(KeptArticle("first", b"", NOON + 9 * HOUR), newest=newest)

    left = [name for name in ("first", "second", "third", "fourth") if await store.kept_article(name)]
    assert left == ["first", "second", "third"][:newest]
