import pytest

from pathshala_common.contract.lesson import Article
from pathshala_generator.offline.framing import framing
from pathshala_generator.offline.naming import topic_of
from services.generator.tests.given import VERB, a_request


def on(title: str, summary: str, language: str = "en") -> Article:
    return VERB.model_copy(update={"title": title, "summary": summary, "language": language})


@pytest.mark.parametrize(
    ("asked", "title", "summary", "named"),
    [
        ("taj mahal", "Taj Mahal", "The Taj Mahal is a tomb. Many visit the Taj Mahal.", "Taj Mahal"),
        ("pythagorean theorem", "Pythagorean theorem", "The Pythagorean theorem is a rule.", "Pythagorean theorem"),
        ("verbs", "Verb", "A verb is a word. Many verbs tell of deeds.", "verbs"),
        ("solar system", "Solar System", "The Solar System is the Sun with its planets.", "Solar System"),
        ("rivers of the ganges plain", "Ganges", "The Ganges is a river of a plain.", "rivers of the Ganges plain"),
        ("NASA", "NASA", "NASA is an agency.", "NASA"),
    ],
)
def test_an_english_topic_keeps_the_capitals_that_its_article_writes(
    asked: str, title: str, summary: str, named: str
) -> None:
    assert topic_of(a_request("x", asked), on(title, summary), {}) == named


@pytest.mark.parametrize(
    ("asked", "article", "named"),
    [
        ("rain", on("वर्षा", "वर्षा जल है।", "hi"), "वर्षा"),
        ("Rain", None, "वर्षा"),
        ("बारिश", on("वर्षा", "वर्षा जल है।", "hi"), "बारिश"),
        ("Taj Mahal", VERB, "ताजमहल"),
        ("Qwertyology", None, "Qwertyology"),
    ],
)
def test_a_hindi_lesson_names_its_topic_in_hindi(asked: str, article: Article | None, named: str) -> None:
    assert topic_of(a_request("science", asked, language="hi"), article, framing("hi").names) == named
