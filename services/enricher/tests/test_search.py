"""The article is found in as few requests as will do, on a great encyclopedia and on a plain MediaWiki."""

from dataclasses import replace

import pytest

from pathshala_common.contract.lesson import Absence, Article
from pathshala_enricher.source import Query
from services.enricher.tests.given import VERBS, found, wikipedia_at
from tests.stubs.wikipedia import SERVER_ERROR, StubWikipedia
from tests.stubs.wikipedia_pages import PAGES, Page

LIST = Page(9, "List of tenses", "This is a list of tenses.\nPast\nPresent", "english grammar time")
OUTLINE = Page(10, "Outline of grammar", "The tense of a verb is one of these topics of English grammar.")
TENSE = Page(11, "Tense", "The tense of a verb tells of the time of an action. English has a past and a present.")
SENSES = Page(14, "Tense", "Tense may refer to:\nTense (grammar)\nTense (mood)", "english grammar")
INDEX = Page(15, "Tense", "Below is a short list of tenses.\nPast tense\nPresent tense", "english grammar")
NAMED_ONLY = Page(12, "Tense", "…", "english grammar")
OTHER = replace(TENSE, title="Verb tense")
HEART = Page(
    13, "Myocardial infarction", "It comes when too little blood reaches a muscle.", redirects=("Heart attack",)
)
PICTURED = {page.title: page for page in PAGES if page.thumbnail}


async def title_of(stub: StubWikipedia, subject: str, topic: str) -> str | Absence:
    async with wikipedia_at(stub.url_template) as wikipedia:
        article = await found(wikipedia, Query(subject, topic, "en"))
    return article.title if isinstance(article, Article) else article


@pytest.mark.parametrize(
    ("subject", "topic", "title", "requests"),
    [
        ("english", "verbs", "Verb", 1),
        ("grammar", "nouns", "Noun", 1),
        ("english", "tenses", "Tense", 2),
        ("physics", "fractions", "Fraction", 2),
        ("mathematics", "prime numbers", "Prime number", 1),
        ("english", "countries", "Country", 2),
        ("history", "naming word", "Noun", 2),
    ],
)
async def test_a_plain_mediawiki_finds_what_stands_there_in_another_form(
    subject: str, topic: str, title: str, requests: int
) -> None:
    pages = [
        Page(1, "Adjective", "An adjective describes nouns. English has many.", "grammar"),
        Page(2, "Noun", "A noun is a name. The nouns of English have a plural.", "grammar", redirects=("Naming word",)),
        Page(3, "Verb", "A verb tells of an action. English verbs have tense.", "grammar"),
        Page(4, "Fraction", "A fraction is a part of a whole. All fractions have a denominator.", "mathematics"),
        Page(5, "Prime number", "A prime number has two divisors. Most prime numbers are odd.", "mathematics"),
        Page(6, "Country", "A country is a land with its own government."),
        Page(7, "Tense", "The tense of a verb tells of the time."),
    ]  # fmt: skip
    async with StubWikipedia(pages, stock=True) as stub:
        assert await title_of(stub, subject, topic) == title
        assert len(stub.requests) == requests


async def test_without_a_title_of_its_own_a_topic_is_found_by_its_stems() -> None:
    page = Page(1, "Growth of towns", "A village becomes a town. In a country with a few of them, each is large.")
    async with StubWikipedia([page], stock=True) as stub:
        assert await title_of(stub, "geography", "villages countries") == "Growth of towns"
        assert len(stub.requests) == 3
        assert stub.requests[1].params["srsearch"] == "village* countr*"


async def test_a_misspelt_topic_is_found_by_what_the_engine_suggests(stub: StubWikipedia) -> None:
    stub.suggestions["fotosinthesis"] = "photosynthesis"
    assert await title_of(stub, "biology", "Fotosinthesis") == "Photosynthesis"
    assert len(stub.requests) == 2


@pytest.mark.parametrize(
    "pages", [[LIST, TENSE], [OUTLINE, TENSE], [INDEX, OTHER], [SENSES, OTHER], [NAMED_ONLY, OTHER]]
)
async def test_a_page_that_says_nothing_gives_way_to_the_next(pages: list[Page]) -> None:
    async with StubWikipedia(pages) as stub:
        assert await title_of(stub, "english", "tenses") == pages[1].title
        assert len(stub.requests) == 1


@pytest.mark.parametrize("page", [LIST, OUTLINE, INDEX, SENSES, NAMED_ONLY, replace(TENSE, disambiguation=True)])
async def test_and_at_last_to_no_article(page: Page) -> None:
    async with StubWikipedia([page]) as stub:
        assert await title_of(stub, "english", "tenses") is Absence.NOT_FOUND


async def test_a_page_that_the_topic_redirects_to_is_on_the_topic_by_any_words() -> None:
    async with StubWikipedia([HEART]) as stub:
        assert await title_of(stub, "health", "heart attack") == "Myocardial infarction"


# ---------------------------------------------------------------- pictures


async def test_a_picture_comes_with_its_own_page_author_and_licence(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        article = await found(wikipedia, VERBS)
    assert isinstance(article, Article)
    assert article.picture is not None
    assert article.thumbnail == PICTURED["Verb"].thumbnail
    assert article.picture.model_dump() == {
        "page": "https://commons.wikimedia.org/wiki/File%3Averb.svg",
        "author": "Asha & Ravi",
        "licence": "CC BY 3.0",
        "licence_url": "https://creativecommons.org/licenses/by/3.0",
    }
    assert article.licence == "CC BY-SA 4.0"


async def test_a_picture_without_an_author_does_not_come(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        article = await found(wikipedia, Query("astronomy", "mercury", "en"))
    assert isinstance(article, Article)
    assert len(stub.pictures) == 1
    assert (article.thumbnail, article.picture) == (None, None)


async def test_a_failure_over_a_picture_costs_the_picture_alone(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        stub.faults_of_pictures.append(SERVER_ERROR)
        article = await found(wikipedia, VERBS)
    assert isinstance(article, Article)
    assert (article.thumbnail, article.picture) == (None, None)
