"""The framing's files: whoever adds a language finds here what is missing."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from pathshala_common.contract.lesson import Level
from pathshala_generator.offline.activities import FOR_ANY
from pathshala_generator.offline.framing import ByAge, framing, languages
from pathshala_generator.offline.subjects import GENERAL, kind_of
from pathshala_generator.offline.topic_kinds import TopicKind
from services.generator.tests.given import a_request

SUBJECTS = {"language", "mathematics", "science", "society", "arts", "computing", "life", GENERAL}
NAMES = {
    "topic",
    "Topic",
    "subject",
    "title",
    "licence",
    "cloze",
    "claim",
    "term",
    "other",
    "about",
    "terms",
    "fact",
    "law",
}
FROM_THE_LESSON = ("{terms}", "{fact}", "{law}")
POLITE = {"को", "जो", "तो", "दो", "हो", "सो", "सबको", "आपको", "उसको", "किसको", "मानो", "दोनों"}
LANGUAGES = sorted(languages())


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def of_file(name: str) -> list[str]:
    return list(texts(json.loads(files("pathshala_generator.offline").joinpath("framing", name).read_bytes())))


def test_there_are_words_in_english_and_hindi() -> None:
    assert {"en", "hi"} <= languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_topic_has_three_activities_for_each_level(language: str) -> None:
    activities = framing(language).activities
    kinds = {name.partition(" of ")[0] for name in activities}
    assert kinds == {*TopicKind, FOR_ANY}
    assert activities.keys() >= {*TopicKind, FOR_ANY}
    assert {subject for name in activities for subject in name.partition(" of ")[2].split(" and ")} <= {*SUBJECTS, ""}
    for by_age in activities.values():
        for level in Level:
            assert len(set(by_age.of(level))) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_activity_for_a_kind_of_topic_takes_something_from_the_lesson(language: str) -> None:
    for name, by_age in framing(language).activities.items():
        for texts in (by_age.young, by_age.older):
            taking = [text for text in texts if any(part in text for part in FROM_THE_LESSON)]
            assert taking == (list(texts) if name != FOR_ANY else [])
            if name != FOR_ANY:
                assert any("{terms}" not in text for text in texts), "one for lessons without terms"


def test_every_language_has_the_same_activities() -> None:
    assert len({tuple(framing(language).activities) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("name", ["hi.json", "hi-activities.json"])
def test_hindi_has_one_form_of_address(name: str) -> None:
    for text in of_file(name):
        told = re.findall("[\u0900-\u097f]+", text)
        assert not [word for word in told if word.startswith("तुम") or word in {"तू", "तेरा", "तेरी"}], text
        assert not [word for word in told if word.endswith(("ओ", "ो")) and word not in POLITE], text


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_more_titles_and_openings_than_earlier_lessons_are_remembered(language: str) -> None:
    words = framing(language)
    bare = words.bare
    for listed in (
        *(words.titles, words.openings.young, words.openings.older),
        *(bare.titles, bare.openings.young, bare.openings.older),
    ):
        beginnings = {text.format_map(dict.fromkeys(NAMES, "x"))[:20] for text in listed}
        assert len(listed) >= 5
        assert len(beginnings) == len(listed)


@pytest.mark.parametrize("name", sorted(f"{each}{part}.json" for each in LANGUAGES for part in ("", "-activities")))
def test_every_text_fills_in_names_that_there_are_and_no_text_comes_twice(name: str) -> None:
    listed = of_file(name)
    for text in listed:
        assert set(re.findall(r"\{(\w*)\}", text)) <= NAMES, text
        assert "{" not in text.format_map(dict.fromkeys(NAMES, "x"))
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_openings_activities_and_connections_name_the_topic(language: str) -> None:
    words = framing(language)
    by_age: list[ByAge] = [words.openings, words.closings, words.bare.openings, words.bare.steps, words.bare.questions]
    by_age += [words.bare.activities, words.questions.open, *words.activities.values()]
    connections = words.connections
    for text in (
        *(text for each in by_age for text in (*each.young, *each.older)),
        *(*connections.near, *connections.learning, *connections.likeness, *words.titles, *words.bare.titles),
    ):
        assert "{topic}" in text.lower(), text


@pytest.mark.parametrize(
    ("subject", "topic", "kind"),
    [
        ("English grammar", "verbs", "language"),
        ("गणित", "भिन्न", "mathematics"),
        ("Class 7", "photosynthesis in biology", "science"),
        ("विज्ञान", "प्रकाश", "science"),
        ("World HISTORY", "Rome", "society"),
        ("music", "raga", "arts"),
        ("Computer science", "sorting", "computing"),
        ("health", "sleep", "life"),
        ("misc", "things", GENERAL),
    ],
)
def test_the_kind_of_a_subject_is_known_by_its_words(subject: str, topic: str, kind: str) -> None:
    assert kind_of(a_request(subject, topic)) == kind
