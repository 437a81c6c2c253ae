import pytest

from pathshala_common.contract.lesson import Article
from pathshala_enricher.editions import Edition, edition_of
from pathshala_enricher.source import Query
from services.enricher.tests.given import found, wikipedia_at
from tests.stubs.wikipedia import StubWikipedia
from tests.stubs.wikipedia_pages import Page


@pytest.mark.parametrize(
    ("tag", "code", "language"),
    [
        ("en", "en", "en"),
        ("EN", "en", "en"),
        ("en-GB", "en", "en"),
        ("pt-BR", "pt", "pt"),
        ("zh-Hant", "zh", "zh"),
        ("zh-Hans-CN", "zh", "zh"),
        ("sr-Latn", "sr", "sr"),
        ("HI-Deva-IN", "hi", "hi"),
        ("nb", "no", "nb"),
        ("nb-NO", "no", "nb"),
        ("no", "no", "no"),
        ("nn", "nn", "nn"),
        ("zh-yue", "zh-yue", "zh-yue"),
        ("yue-Hant-HK", "zh-yue", "yue"),
        ("be-tarask", "be-tarask", "be-tarask"),
        ("iw", "he", "iw"),
        ("mai", "mai", "mai"),
        ("zz", "zz", "zz"),
    ],
)
def test_a_tag_leads_to_the_edition_in_its_language(tag: str, code: str, language: str) -> None:
    assert edition_of(tag) == Edition(code, language)


@pytest.mark.parametrize(("asked", "shown"), [("nb", "nb"), ("no", "no"), ("nb-NO", "nb")])
async def test_an_article_is_in_the_language_that_was_asked_for_by_that_name(asked: str, shown: str) -> None:
    page = Page(1, "Verb", "Et verb er et ord.", "norsk", language="no")
    async with StubWikipedia([page]) as stub, wikipedia_at(stub.url_template) as wikipedia:
        article = await found(wikipedia, Query("norsk", "verb", asked))
    assert isinstance(article, Article)
    assert article.language == shown
    assert [request.language for request in stub.requests] == ["no"]
