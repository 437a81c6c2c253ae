"""The activity of a lesson: for what its topic is, with something of what the lesson tells."""

import pytest

from pathshala_common.contract.lesson import Article, Level
from pathshala_generator.offline.lesson import lesson
from services.generator.tests.given import VERB, a_request, an_assignment

HEART = (
    "The heart is a hollow muscle that pumps blood through the body. The upper chambers are called atria. "
    "The lower chambers are called ventricles. The doors between them are called valves. "
    "The heart of a grown person beats about 70 times in a minute."
)
MARCH = (
    "The Salt March was a protest led by Mahatma Gandhi. The march began at the Sabarmati Ashram near Ahmedabad. "
    "The marchers walked to Dandi in Gujarat. Many people joined the march on its way."
)


def drawn(subject: str, topic: str, text: str, language: str = "en", level: Level = Level.PRIMARY) -> set[str]:
    article = VERB.model_copy(update={"title": topic, "summary": text, "language": language})
    request = a_request(subject, topic, language=language, level=level)
    return {lesson(an_assignment(request, article), turn).activity for turn in range(40)}


def test_a_thing_is_drawn_with_the_terms_that_the_lesson_explains() -> None:
    activities = drawn("biology", "heart", HEART)

    assert any("“atria”, “ventricles” and “valves”" in each for each in activities)
    assert all("“heart”" in each for each in activities)


def test_an_event_is_told_with_the_names_that_the_lesson_has() -> None:
    activities = drawn("history", "Salt March", MARCH)

    assert any("“Mahatma Gandhi”, “Sabarmati Ashram”, “Ahmedabad” and “Dandi”" in each for each in activities)
    assert not any("atria" in each for each in activities)


@pytest.mark.parametrize("level", Level)
def test_a_rule_is_tried_out_as_the_article_states_it(level: Level) -> None:
    law = "Ohm's law states that the current is the voltage divided by the resistance."
    activities = drawn("physics", "Ohm's law", f"{law} It holds for metals. The unit is the ohm.", level=level)

    assert any("Ohm's law states that" in each for each in activities)


def test_an_article_without_terms_still_gives_an_activity_with_one_of_its_sentences() -> None:
    text = (
        "Honesty is the quality of telling the truth. Honest people keep their word when it is hard. They tell no lies."
    )
    activities = drawn("ethics", "honesty", text)

    assert all("Honest people keep their word" in each or "telling the truth" in each for each in activities)


def test_an_article_in_another_language_is_not_mixed_into_the_activity() -> None:
    article: Article = VERB
    request = a_request("भाषा", "क्रिया", language="hi")

    activity = lesson(an_assignment(request, article)).activity

    assert not any(sign.isascii() and sign.isalpha() for sign in activity)
