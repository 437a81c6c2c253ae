from collections import Counter

from pathshala_generator.shlokas import choose, shipped_shlokas
from services.generator.tests.given import a_request

SHLOKAS = shipped_shlokas()


def test_the_topic_chooses_the_verse() -> None:
    for topic, theme in {
        "Verbs": "verb",
        "The Sun": "sun",
        "INFINITY": "infinity",
        "law and courts": "justice",
    }.items():
        chosen = choose(SHLOKAS, a_request("anything", topic), "task-1")

        assert theme in chosen.themes, topic


def test_one_task_always_gets_the_same_verse_and_others_may_get_another() -> None:
    request = a_request("Gardening", "Wheelbarrows")

    chosen = [choose(SHLOKAS, request, f"task-{number % 20}").source for number in range(40)]

    assert chosen[:20] == chosen[20:]
    assert len(set(chosen)) > 5


def test_no_verse_becomes_everybodys() -> None:
    subjects = {
        "english": "verbs nouns spelling tenses essays punctuation",
        "mathematics": "fractions triangles probability algebra vectors percentages",
        "physics": "gravity light magnets motion energy sound",
        "biology": "cells plants heredity digestion birds evolution",
        "history": "rome ashoka revolution trade printing egypt",
        "geography": "rivers mountains deserts maps climate cities",
        "chemistry": "acids atoms salts metals water polymers",
        "computing": "loops networks databases sorting robots encryption",
        "music": "rhythm scales opera drums notation singing",
        "civics": "voting parliament rights taxes courts newspapers",
    }
    requests = [a_request(subject, topic) for subject, topics in subjects.items() for topic in topics.split()]

    chosen = Counter(choose(SHLOKAS, request, f"t-{at}").source for at, request in enumerate(requests))

    assert sum(chosen.values()) == 60
    assert chosen.most_common(1)[0][1] <= 6
    assert len(chosen) >= 24


def test_a_topic_in_any_script_gets_a_verse() -> None:
    assert choose(SHLOKAS, a_request("संस्कृतम्", "क्रियापदम्"), "task-1") in SHLOKAS
