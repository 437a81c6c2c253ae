"""An article that was found is kept in the store: for other enrichers, for the next start, and for worse days."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.ports.articles import KeptArticle
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_enricher.kept import FRESH_SECONDS
from pathshala_enricher.source import Query
from pathshala_enricher.wikipedia import Wikipedia
from services.enricher.tests.given import VERBS, found, wikipedia_at
from tests.clock import PassingClock
from tests.stubs.wikipedia import GARBAGE, SERVER_ERROR, Fault, StubWikipedia

LEAVES = Query("biology", "photosynthesis", "en")


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    yield store
    await store.close()


class Enrichers:
    """Starts enrichers, one a call, on one encyclopedia, clock and store."""

    def __init__(self, stub: StubWikipedia, clock: PassingClock, store: SQLiteStore) -> None:
        self._stub, self._clock, self._store = stub, clock, store

    def __call__(self) -> AbstractAsyncContextManager[Wikipedia]:
        return wikipedia_at(self._stub.url_template, self._clock, store=self._store)


@pytest.fixture
def enricher(stub: StubWikipedia, clock: PassingClock, store: SQLiteStore) -> Enrichers:
    return Enrichers(stub, clock, store)


async def test_another_enricher_and_the_next_start_ask_nobody(enricher: Enrichers, stub: StubWikipedia) -> None:
    async with enricher() as first, enricher() as beside:
        learned = await first.find(VERBS)
        assert await beside.find(VERBS) == learned
    async with enricher() as restarted:
        assert await restarted.find(VERBS) == learned
    assert len(stub.requests) == 1


async def test_an_article_says_how_old_it_is(enricher: Enrichers, clock: PassingClock) -> None:
    async with enricher() as first:
        article = await found(first, VERBS)
    clock.advance(FRESH_SECONDS - 1)
    async with enricher() as later:
        kept = await found(later, VERBS)
    assert isinstance(article, Article)
    assert article == kept
    assert article.read_at is not None
    assert f"{article.read_at:%Y-%m-%dT%H:%M:%SZ}" == "2026-11-23T08:59:59Z"


async def test_an_old_article_is_compared_by_its_revision_and_kept_anew(
    enricher: Enrichers, stub: StubWikipedia, clock: PassingClock
) -> None:
    async with enricher() as first:
        learned = await first.find(VERBS)
    for _ in range(2):
        clock.advance(FRESH_SECONDS)
        async with enricher() as later:
            assert await later.find(VERBS) == learned
            assert await later.find(VERBS) == learned
    assert [request.params.get("revids") for request in stub.requests] == [None, "1200032654", "1200032654"]
    assert stub.requests[-1].params["prop"] == "info"


async def test_an_article_that_was_changed_is_read_again(
    enricher: Enrichers, stub: StubWikipedia, clock: PassingClock
) -> None:
    async with enricher() as first:
        await first.find(VERBS)
    [at] = [at for at, page in enumerate(stub.pages) if page.title == "Verb"]
    old = stub.pages[at]
    changed = "A verb is a word that says what somebody does. English has many."
    stub.pages[at] = replace(old, extract=changed, revision=7, old_revisions=(old.revision,))
    clock.advance(FRESH_SECONDS)
    async with enricher() as later:
        article = await found(later, VERBS)
    assert isinstance(article, Article)
    assert (article.summary, article.revision_id) == (changed, 7)


@pytest.mark.parametrize("fault", [SERVER_ERROR, GARBAGE])
async def test_an_old_article_is_better_than_none(
    enricher: Enrichers, stub: StubWikipedia, clock: PassingClock, fault: Fault
) -> None:
    async with enricher() as first:
        learned = await first.find(VERBS)
    clock.advance(10 * FRESH_SECONDS)
    stub.always = fault
    async with enricher() as later:
        assert await later.find(VERBS) == learned
        assert (await later.find(LEAVES)).outcome is not None
        stub.always = None
        stub.requests.clear()
        assert await later.find(VERBS) == learned
    assert len(stub.requests) == 1


async def test_a_topic_that_nobody_wrote_of_is_asked_again_by_the_next_start(
    enricher: Enrichers, stub: StubWikipedia
) -> None:
    for _ in range(2):
        async with enricher() as started:
            assert await found(started, Query("english", "qwertyuiop", "en")) is Absence.NOT_FOUND
    assert len(stub.requests) == 4


async def test_a_store_that_is_away_costs_requests_and_no_article(
    enricher: Enrichers, stub: StubWikipedia, store: SQLiteStore
) -> None:
    await store.close()
    for _ in range(2):
        async with enricher() as started:
            assert isinstance(await found(started, VERBS), Article)
    assert len(stub.requests) == 2


async def test_what_cannot_be_read_in_the_store_is_looked_up_anew(
    enricher: Enrichers, store: SQLiteStore, clock: PassingClock, stub: StubWikipedia
) -> None:
    async with enricher() as first:
        await first.find(VERBS)
    host = stub.url_template.replace("{language}", "en")
    name = f'1 ["{host}?", "english", "verbs"]'
    assert await store.kept_article(name)
    await store.keep_article(KeptArticle(name, b"damaged", clock.now()), newest=5)
    async with enricher() as later:
        assert isinstance(await found(later, VERBS), Article)
    assert len(stub.requests) == 2
