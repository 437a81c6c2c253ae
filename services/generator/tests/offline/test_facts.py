"""The sentences of an article that a lesson tells: what the topic is, then facts, and its past last or not at all."""

import pytest

from pathshala_common.contract.lesson import Article, Level
from pathshala_generator.offline.facts import facts_of
from services.generator.tests.given import VERB

DEFINITION = "A lever is a stiff bar that turns about a fixed point."
LAW = "The law of the lever states that force times arm is the same on both sides."
PART = "The fixed point is called the fulcrum, and the two sides of the bar are called the arms of the lever."
ORIGIN = "The word lever comes from a Latin word that means to raise."
BIRTH = "Archimedes, who wrote about levers, was born in Syracuse about 287 BC."
PAST = "In 1586 Simon Stevin described the lever in a book."
FACTS = (
    "Scissors are two levers on one pin.",
    "A longer arm needs less force.",
    "A seesaw is a lever with a seat on each side.",
    "People lift heavy stones with levers.",
    "The arm of a crane is a lever as well.",
    "A door turns about its hinge like a lever.",
    "Oars push boats as levers do.",
    "A nutcracker is a pair of levers.",
    "The lower jaw works as a lever too.",
)


def on(*sentences: str, title: str = "Lever") -> Article:
    return VERB.model_copy(update={"title": title, "summary": " ".join(sentences)})


def told(article: Article, level: Level, *, is_history: bool = False) -> list[str]:
    return [fact.quote for fact in facts_of(article, level, is_history=is_history)]


@pytest.mark.parametrize("level", Level)
def test_the_definition_and_the_law_come_first_and_the_parts_are_told_at_every_level(level: Level) -> None:
    article = on(DEFINITION, ORIGIN, FACTS[0], LAW, *FACTS[1:5], PART, *FACTS[5:], PAST, BIRTH)

    quotes = told(article, level)

    assert quotes[:2] == [DEFINITION, LAW]
    assert PART in quotes
    assert not {ORIGIN, PAST, BIRTH} & set(quotes)


@pytest.mark.parametrize("level", Level)
def test_the_past_is_told_only_where_little_else_is_left(level: Level) -> None:
    quotes = told(on(DEFINITION, PAST, ORIGIN), level)

    assert quotes[0] == DEFINITION
    assert PAST in quotes


def test_of_a_person_a_place_or_an_event_the_past_is_the_matter() -> None:
    march = "The march was a protest of 1930."
    began = "It began on 12 March 1930 in Ahmedabad."
    article = on(march, began, "The marchers walked for 24 days.", title="Salt March")

    assert began in told(article, Level.MIDDLE, is_history=True)
    assert began not in told(on(march, began, *FACTS), Level.PRIMARY)


def test_a_long_sentence_on_what_the_topic_is_is_told_in_short_ones_and_quoted_whole() -> None:
    [_, _, fact] = facts_of(on(DEFINITION, LAW, PART), Level.PRIMARY)

    assert (
        fact.text == "The fixed point is called the fulcrum. The two sides of the bar are called the arms of the lever."
    )
    assert fact.quote == PART


def test_what_cannot_be_told_in_short_sentences_asks_to_be_led_in() -> None:
    long = (
        "A lever is a stiff and usually straight bar of some strong material that turns about a single fixed point "
        "wherever a force acts upon one of its two unequal arms."
    )

    [definition, *_] = facts_of(on(long, *FACTS), Level.PRIMARY)

    assert definition.quote == long
    assert definition.is_long
    assert not any(fact.is_long for fact in facts_of(on(long, *FACTS), Level.ADULT))


def test_at_a_later_turn_other_facts_are_told_but_the_same_core() -> None:
    article = on(DEFINITION, LAW, *FACTS)

    first, later = (facts_of(article, Level.PRIMARY, turn) for turn in (0, 2))

    assert first[:2] == later[:2]
    assert first[2:] != later[2:]
