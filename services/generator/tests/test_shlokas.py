"""Choosing: verses that fit the topic, the same for a task, and not the same for everybody."""

import json
from collections import Counter
from importlib.resources import files

import pytest

from pathshala_generator.shlokas import CANDIDATES, _lot, candidates, closeness, shipped_shlokas
from services.generator.tests.given import a_request
from tests.counting import calls_of

SHLOKAS = shipped_shlokas()
USES_MAX = 5

SYLLABUS = {
    "English": "verbs, nouns, pronouns, adverbs, prepositions, tenses, articles, conjunctions, punctuation, clauses",
    "Mathematics": "fractions, triangles, probability, algebra, vectors, percentages, zero",
    "Physics": "gravity, light, magnets, motion, sound, heat",
    "Chemistry": "acids, atoms, metals, the periodic table, polymers",
    "Biology": "cells, plants, heredity, digestion, birds, photosynthesis",
    "Astronomy": "the solar system, eclipses, the moon, stars",
    "Earth science": "rocks, earthquakes, the water cycle",
    "History": "Rome, Ashoka, the French Revolution, printing, Egypt",
    "Geography": "rivers, mountains, deserts, maps",
    "Civics": "voting, parliament, rights",
    "Economics": "money, taxes, trade",
    "Computing": "loops, networks, databases",
    "Music": "rhythm, scales, drums",
    "Art": "painting, pottery",
    "Sport": "football, running",
    "Health": "sleep, vaccines",
    "Philosophy": "logic, truth",
    "Life skills": "friendship, planning your day",
}
REQUESTS = [(subject, topic) for subject, topics in SYLLABUS.items() for topic in topics.split(", ")]


def themes_near(subject: str, topic: str) -> list[set[str]]:
    return [set(shloka.themes) for shloka in candidates(SHLOKAS, a_request(subject, topic), "task-1")]


@pytest.mark.parametrize(
    ("subject", "topic", "themes"),
    [
        ("English", "Verbs", {"verb"}),
        ("English", "Similes and metaphors", {"simile", "metaphor"}),
        ("Literature", "Shakespeare's plays", {"shakespeare", "drama", "theatre"}),
        ("Mathematics", "Fractions", {"fraction"}),
        ("Mathematics", "The theorem of Pythagoras", {"pythagoras"}),
        ("Mathematics", "INFINITY", {"infinity"}),
        ("Physics", "Newton's laws of motion", {"motion", "force"}),
        ("Physics", "Rainbows", {"rainbow"}),
        ("Chemistry", "Combustion", {"combustion"}),
        ("Chemistry", "Metals and alloys", {"metal", "alloy"}),
        ("Biology", "Photosynthesis", {"photosynthesis"}),
        ("Biology", "The human heart", {"heart", "body", "human"}),
        ("Earth science", "The water cycle", {"water", "cycle"}),
        ("Astronomy", "The Sun", {"sun"}),
        ("Geography", "Time zones", {"zone"}),
        ("Geography", "The Himalayas", {"himalaya"}),
        ("History", "Ashoka", {"ashoka"}),
        ("Civics", "Law and courts", {"justice"}),
        ("Economics", "Saving and investment", {"saving", "investment"}),
        ("Computing", "Sorting algorithms", {"algorithm"}),
        ("Music", "Drums", {"drum"}),
        ("Art", "Pottery", {"pottery"}),
        ("Sport", "Football", {"football"}),
        ("Health", "Nutrition", {"nutrition"}),
        ("Life skills", "Friendship", {"friendship"}),
        ("विज्ञान", "सूर्य और चंद्रमा", {"sun", "moon"}),
        ("हिन्दी", "संज्ञा", {"noun", "name", "word"}),
        ("गणित", "शून्य", {"zero"}),
    ],
)
def test_the_topic_chooses_the_verse(subject: str, topic: str, themes: set[str]) -> None:
    assert themes_near(subject, topic)[0] & themes


@pytest.mark.parametrize("subject", [*SYLLABUS, "Languages", "Literature", "Psychology", "Physical education", "Maths"])
def test_any_subject_reaches_five_verses_that_fit_it(subject: str) -> None:
    vocabulary = json.loads(files("pathshala_generator").joinpath("vocabulary.json").read_bytes())
    words = subject.casefold().removesuffix("s").split() + subject.casefold().split()
    near = set(words).union(*(vocabulary.get(word, ()) for word in words))

    fitting = candidates(SHLOKAS, a_request(subject, "Xyzzy"), "task-1", 5)

    assert len(fitting) == 5
    assert all(near.intersection(shloka.themes) for shloka in fitting)


def test_the_candidates_are_a_few_different_verses_the_best_first() -> None:
    request = a_request("Biology", "Birds")

    few = candidates(SHLOKAS, request, "task-1")

    assert len({shloka.source for shloka in few}) == len(few) == CANDIDATES
    assert candidates(SHLOKAS, request, "task-1", 2) == few[:2]
    assert candidates(SHLOKAS[:3], request, "task-1", 5) == candidates(SHLOKAS[:3], request, "task-1", 3)


def test_one_task_always_gets_the_same_verses_and_others_may_get_others() -> None:
    request = a_request("Gardening", "Wheelbarrows")

    chosen = [candidates(SHLOKAS, request, f"task-{number % 20}") for number in range(40)]

    assert chosen[:20] == chosen[20:]
    assert len({first.source for first, *_ in chosen}) > 5


@pytest.mark.parametrize("day", range(5))
def test_no_verse_becomes_everybodys(day: int) -> None:
    chosen = Counter(
        candidates(SHLOKAS, a_request(subject, topic), f"task-{day}-{at}")[0].source
        for at, (subject, topic) in enumerate(REQUESTS)
    )

    assert sum(chosen.values()) >= 60
    assert chosen.most_common(1)[0][1] <= USES_MAX
    assert len(chosen) >= 45


def test_lessons_that_nothing_fits_share_the_verses_that_fit_any_lesson() -> None:
    chosen = [candidates(SHLOKAS, a_request("தமிழ்", f"பாடம் {number}"), f"task-{number}")[0] for number in range(60)]

    assert all("learning" in shloka.themes for shloka in chosen)
    assert Counter(shloka.source for shloka in chosen).most_common(1)[0][1] <= USES_MAX


def test_every_word_of_the_vocabulary_leads_to_a_verse() -> None:
    vocabulary = json.loads(files("pathshala_generator").joinpath("vocabulary.json").read_bytes())
    spoken_to = {theme for shloka in SHLOKAS for theme in shloka.themes}

    assert {theme for near in vocabulary.values() for theme in near} <= spoken_to


def test_of_all_verses_only_those_that_have_to_do_with_a_request_are_weighed() -> None:
    weighed = {
        request: len(closeness(SHLOKAS, a_request(*request)))
        for request in [("Biology", "Birds"), ("Mathematics", "Fractions"), ("தமிழ்", "பாடம்")]
    }
    fitting = sum("learning" in shloka.themes for shloka in SHLOKAS)

    assert weighed["தமிழ்", "பாடம்"] == fitting < len(SHLOKAS) / 3
    assert max(weighed.values()) < len(SHLOKAS) / 2
    assert sum(calls_for(request) for request in REQUESTS) / len(REQUESTS) < len(SHLOKAS) / 5


def calls_for(request: tuple[str, str]) -> int:
    """How many lots are drawn for a request: one for each verse that comes near enough."""
    with calls_of(_lot) as calls:
        candidates(SHLOKAS, a_request(*request), "task-1")
    return len(calls["_lot"])
