"""Where Wikipedia tells nothing, a sample article that the house ships stands in, and says that it is one."""

import pytest

from pathshala_common.contract.events import LessonEnriched, LessonRequested
from pathshala_common.contract.lesson import Absence, ArticleSource
from pathshala_common.contract.topology import ENRICHMENT_WAIT_SECONDS
from pathshala_enricher.handlers import handlers
from pathshala_enricher.samples import sample_of
from services.enricher.tests.given import delivered, requested, wikipedia_at
from tests.clock import PassingClock
from tests.stubs.wikipedia import FORBIDDEN, StubWikipedia


async def enriched(url_template: str, **asked: object) -> LessonEnriched:
    clock, event = PassingClock(), requested(**asked)  # type: ignore[arg-type]  # the fields of a request
    async with wikipedia_at(url_template, clock) as wikipedia:
        handler = handlers(wikipedia, clock, wait_seconds=ENRICHMENT_WAIT_SECONDS)[LessonRequested]
        *_, ended = [happened async for happened in handler(event, delivered(event))]
    assert isinstance(ended, LessonEnriched)
    return ended


@pytest.mark.parametrize(
    ("topic", "language", "title"),
    [
        ("Noun", "en", "Noun"),
        ("NOUNS", "en", "Noun"),
        ("naming  words", "en", "Noun"),
        ("Volcanos", "en", "Volcano"),
        ("himalaya", "en", "Himalayas"),
        ("prime numbers", "en-GB", "Prime number"),
        ("वर्षा", "hi", "वर्षा"),
        ("Rain", "de", "Rain"),
    ],
)
def test_a_sample_is_found_by_its_names_in_any_case_and_number(topic: str, language: str, title: str) -> None:
    sample = sample_of(topic, language)
    assert sample is not None
    assert sample.title == title
    assert (sample.source, sample.url, sample.licence) == (ArticleSource.SAMPLE, None, "CC0-1.0")


@pytest.mark.parametrize("topic", ["Nounish", "rain forests", "qwertyuiop", "", "s"])
def test_what_is_not_named_has_no_sample(topic: str) -> None:
    assert sample_of(topic, "en") is None


async def test_a_sample_stands_in_where_nothing_is_found(stub: StubWikipedia) -> None:
    ended = await enriched(stub.url_template, topic="Monsoon", subject="geography")
    assert (ended.article, ended.absence) == (None, Absence.NOT_FOUND)
    assert ended.sample is not None
    assert ended.sample.title == "Monsoon"
    assert ended.summary() == "no article: not found; sample 'Monsoon', en"


async def test_a_sample_stands_in_where_wikipedia_cannot_be_had(stub: StubWikipedia) -> None:
    stub.always = FORBIDDEN
    refused = await enriched(stub.url_template)
    async with StubWikipedia() as gone:
        nowhere = gone.url_template
    for ended in (refused, await enriched(nowhere)):
        assert (ended.article, ended.absence) == (None, Absence.UNAVAILABLE)
        assert ended.sample is not None
        assert ended.sample.title == "Verb"


async def test_wikipedias_article_goes_before_a_sample(stub: StubWikipedia) -> None:
    ended = await enriched(stub.url_template)
    assert ended.article is not None
    assert (ended.article.source, ended.sample) == (ArticleSource.WIKIPEDIA, None)


async def test_who_wants_no_article_gets_no_sample(stub: StubWikipedia) -> None:
    ended = await enriched(stub.url_template, include_wikipedia=False)
    assert (ended.article, ended.absence, ended.sample) == (None, Absence.NOT_REQUESTED, None)


def test_an_event_of_an_earlier_version_has_none() -> None:
    event = LessonEnriched(task_id="t-1", request=requested().request, absence=Absence.NOT_FOUND)
    earlier = event.model_dump_json(exclude={"sample"})
    assert LessonEnriched.model_validate_json(earlier) == event
