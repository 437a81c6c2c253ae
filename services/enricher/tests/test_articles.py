import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.contract.lesson import TEXT_LENGTH_MAX
from pathshala_enricher.articles import RELATED_MAX, Site, read_article, trim
from pathshala_enricher.editions import Edition
from pathshala_enricher.source import Query
from pathshala_enricher.terms import SEARCH_LENGTH_MAX, searches

SITE = Site("en.wikipedia.org", Edition("en", "en"), "CC BY-SA 4.0")
MERCURY = Query("chemistry", "Mercury", "en")


def page(index: int = 1, title: str = "Mercury (element)", **fields: Any) -> dict[str, Any]:
    return {
        "pageid": 100 - index,
        "ns": 0,
        "index": index,
        "title": title,
        "extract": "Mercury is a chemical element.",
        "fullurl": "https://en.wikipedia.org/wiki/Mercury_(element)",
        "lastrevid": 7,
        "pagelanguage": "en",
        **fields,
    }


def answer(*pages: object) -> Mapping[str, object]:
    return {"batchcomplete": True, "query": {"pages": list(pages)}}


# ---------------------------------------------------------------- what to search for


def test_the_topic_is_searched_within_its_subject_first_and_then_alone() -> None:
    assert searches(Query("English", " Verbs ", "en")) == ("verbs english", "verbs")


def test_a_topic_that_names_its_subject_is_searched_once() -> None:
    assert searches(Query("english", "English verbs", "en")) == ("english verbs",)


@pytest.mark.parametrize(
    ("topic", "terms"),
    [
        ('intitle:"secret" -verbs', "intitle secret verbs"),
        ("insource:/.*/ OR NOT ~verb*", "insource or not verb"),
        ("self-esteem", "self-esteem"),
        ("C++", "c++"),
        ("AC/DC (band)", "ac dc band"),
        ("क्रिया", "क्रिया"),
    ],
)
def test_nothing_in_a_topic_is_an_order_to_the_search_engine(topic: str, terms: str) -> None:
    assert searches(Query(topic, topic, "en")) == (terms,)


def test_a_topic_without_words_is_not_searched_for() -> None:
    assert searches(Query("english", "?! -- ***", "en")) == ()


def test_a_search_is_no_longer_than_the_search_engine_takes() -> None:
    assert all(len(terms) <= SEARCH_LENGTH_MAX for terms in searches(Query("ΐ" * 200, "ΐ" * 200, "en")))


# ---------------------------------------------------------------- which article


def test_the_sense_that_fits_the_subject_is_chosen() -> None:
    planet = page(1, "Mercury (planet)", extract="Mercury is the smallest planet.", lastrevid=8)
    article = read_article(answer(planet, page(2)), MERCURY, SITE)
    assert article is not None
    assert article.title == "Mercury (element)"
    assert article.related_articles == ("Mercury (planet)",)


def test_hits_are_taken_in_the_order_of_the_search_not_of_the_list() -> None:
    first, second = page(1, "Mercury poisoning"), page(2, "Mercury cycle")
    article = read_article(answer(second, first), MERCURY, SITE)
    assert article is not None
    assert article.title == "Mercury poisoning"


@pytest.mark.parametrize(
    "fields",
    [
        {"pageprops": {"disambiguation": ""}},
        {"extract": ""},
        {"extract": " \n\x00 "},
        {"ns": 14},
        {"title": "Ancient mathematics", "extract": "About ancient mathematics."},
        {"fullurl": "https://evil.example/wiki/Mercury"},
        {"fullurl": "https://en.wikipedia.org@evil.example/"},
        {"fullurl": "https://evil.example\\@en.wikipedia.org/"},
        {"fullurl": "https://user@en.wikipedia.org/wiki/Mercury"},
        {"fullurl": "https://en.wikipedia.org.evil.example/wiki/Mercury"},
        {"fullurl": "javascript:alert(1)//en.wikipedia.org"},
        {"fullurl": "https://[en.wikipedia.org"},
        {"fullurl": "https://en.wikipedia.org/" + "x" * 2_000},
        {"lastrevid": 2**63},
        {"title": "\ud800 Mercury"},
    ],
)
def test_it_is_no_article(fields: Mapping[str, Any]) -> None:
    assert read_article(answer(page(**fields)), MERCURY, SITE) is None


@pytest.mark.parametrize("source", ["javascript:alert(1)", "//upload.example/a.png", "data:image/png;base64,AA", ""])
def test_a_thumbnail_that_cannot_be_followed_is_left_out(source: str) -> None:
    article = read_article(answer(page(thumbnail={"source": source})), MERCURY, SITE)
    assert article is not None
    assert article.thumbnail is None


def test_related_articles_are_few_and_on_the_subject_or_topic_and_not_ambiguous() -> None:
    others = [page(index, f"Mercury {index}") for index in range(2, 10)]
    ambiguous = page(10, "Mercury", pageprops={"disambiguation": ""})
    astray = page(11, "Cricket", extract="A game.")
    article = read_article(answer(page(), ambiguous, astray, *others), MERCURY, SITE)
    assert article is not None
    assert article.related_articles == tuple(f"Mercury {index}" for index in range(2, 2 + RELATED_MAX))


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        ("verbs", "Verb"),
        ("नदियाँ", "नदी"),
        ("动词", "动词"),
        ("Café", "cafe"),
        ("French revolutions", "French Revolution"),
    ],
)
def test_a_topic_is_known_in_its_inflected_forms(topic: str, title: str) -> None:
    assert (
        read_article(
            answer(page(title=title, extract=f"{title}: the one of this name.")), Query("x", topic, "en"), SITE
        )
        is not None
    )


def test_control_characters_are_dropped() -> None:
    article = read_article(answer(page(extract="Mercury\x00 is\x1b[31m red.\nYes.")), MERCURY, SITE)
    assert article is not None
    assert article.summary == "Mercury is[31m red.\nYes."


# ---------------------------------------------------------------- how long


def test_a_summary_keeps_to_the_limit_and_ends_with_a_sentence() -> None:
    article = read_article(answer(page(extract="Mercury is heavy. " * 2_000)), MERCURY, SITE)
    assert article is not None
    assert TEXT_LENGTH_MAX - 20 < len(article.summary) <= TEXT_LENGTH_MAX
    assert article.summary.endswith("is heavy.")


def test_a_long_introduction_is_kept_whole_up_to_the_limit() -> None:
    introduction = "\n".join(f"Mercury has its property number {number}." for number in range(500))
    assert TEXT_LENGTH_MAX * 0.9 < len(introduction) <= TEXT_LENGTH_MAX
    article = read_article(answer(page(extract=introduction)), MERCURY, SITE)
    assert article is not None
    assert article.summary == introduction


@pytest.mark.parametrize(
    ("text", "length_max", "trimmed"),
    [
        ("One. Two.", 9, "One. Two."),
        ("One. Two. Three.", 9, "One. Two."),
        ("One 1.5 two three", 12, "One 1.5 two"),
        ("एक। दो। तीन।", 8, "एक। दो।"),
        ("oneword", 3, "one"),
    ],
)
def test_text_is_trimmed_to_sentences_or_words_or_letters(text: str, length_max: int, trimmed: str) -> None:
    assert trim(text, length_max) == trimmed


# ---------------------------------------------------------------- anything at all

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))
anything = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
fields = st.dictionaries(st.sampled_from([*page(), "pageprops", "thumbnail"]), anything, max_size=4)


@given(st.lists(st.builds(lambda changed: {**page(), **changed}, fields) | anything), anything)
def test_whatever_is_answered_gives_an_article_that_can_be_sent_or_none(pages: list[object], other: object) -> None:
    for content in (answer(*pages), {"query": other}):
        article = read_article(content, MERCURY, SITE)
        if article is not None:
            assert json.loads(article.model_dump_json())["title"] == article.title
