"""Holds the list of activities that no lesson on certain topics may ask for, and that the writer obeys it."""

import pytest

from pathshala_common.contract.lesson import Level
from pathshala_generator.offline.activities import Forbidden, forbidden, is_safe
from pathshala_generator.offline.lesson import lesson
from services.generator.tests.given import VERB, a_request, an_assignment

PAIRS = forbidden()


def plainly(phrases: tuple[str, ...]) -> list[str]:
    return [phrase.replace("*", "") for phrase in phrases]


def test_each_pair_has_its_words_in_both_languages_once() -> None:
    for pair in PAIRS:
        assert pair.levels
        assert set(pair.topics) == set(pair.activities) == {"en", "hi"}
        assert all(pair.activities.values())
        for words in (*pair.topics.values(), *pair.activities.values()):
            assert len(words) == len(set(words)), pair.why
            assert all(phrase == phrase.casefold() for phrase in words), pair.why
            assert not [word for phrase in words for word in phrase.split() if "*" in word[:-1]], pair.why


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
@pytest.mark.parametrize("language", ["en", "hi"])
def test_what_a_pair_forbids_is_not_safe_at_its_levels(pair: Forbidden, language: str) -> None:
    topics = plainly(pair.topics[language]) or ["anything"]
    for topic in topics:
        for phrase in plainly(pair.activities[language]):
            assert not any(is_safe(f"Now {phrase}, and write it down.", [topic], level) for level in pair.levels)


@pytest.mark.parametrize(
    ("activity", "topic", "level", "safe"),
    [
        ("Touch the two wires.", "Electric current", Level.PRIMARY, False),
        ("Touch the two wires.", "Electric current", Level.ADULT, True),
        ("Touch the two leaves.", "Spelling", Level.PRIMARY, True),
        ("Draw the circuit.", "Electric current", Level.PRIMARY, True),
        ("तार को छूकर देखिए।", "विद्युत धारा", Level.MIDDLE, False),
    ],
)
def test_a_pair_forbids_on_its_topics_and_at_its_levels_alone(
    activity: str, topic: str, level: Level, *, safe: bool
) -> None:
    assert is_safe(activity, [topic], level) == safe


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_the_writer_obeys_it_even_where_every_sentence_of_the_article_tempts(pair: Forbidden) -> None:
    topic = plainly(pair.topics["en"])[0] if pair.topics["en"] else "things"
    sentences = [f"On {topic} one may {phrase} a thing or two here." for phrase in plainly(pair.activities["en"])]
    article = VERB.model_copy(
        update={"title": topic, "summary": " ".join((f"A {topic} is a thing of this world.", *sentences))}
    )
    for level in pair.levels:
        request = a_request("science", topic, level=level)
        draft = lesson(an_assignment(request, article))

        assert is_safe(draft.activity, [topic], level)
