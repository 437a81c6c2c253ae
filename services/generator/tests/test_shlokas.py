import unicodedata
from collections import Counter

import pytest

from pathshala_generator.shlokas import Shloka, choose, shipped_shlokas
from services.generator.tests.given import a_request

SHLOKAS = shipped_shlokas()
COLLECTION = pytest.mark.parametrize("shloka", SHLOKAS, ids=lambda shloka: shloka.source)


def script(signs: str, latin: str) -> dict[str, str]:
    return dict(zip(signs, latin.split(), strict=True))


CONSONANTS = script(
    "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
    "k kh g gh ṅ c ch j jh ñ ṭ ṭh ḍ ḍh ṇ t th d dh n p ph b bh m y r l v ś ṣ s h",
)
VOWELS = script("अआइईउऊऋएऐओऔ", "a ā i ī u ū ṛ e ai o au")
SIGNS = script("ािीुूृेैोौ", "ā i ī u ū ṛ e ai o au")
MARKS = script("\N{DEVANAGARI SIGN VISARGA}ंँॐ", "ḥ ṃ \N{COMBINING TILDE} oṃ")
SILENT = frozenset(" \n।॥ऽ|'")
VIRAMA = "्"


def sounds(devanagari: str) -> str:
    """The sounds of a text in Devanagari, in IAST without word breaks."""
    heard, pending = "", False
    for sign in devanagari:
        if pending and sign not in SIGNS and sign != VIRAMA:
            heard += "a"
        pending = sign in CONSONANTS
        if sign not in SILENT and sign != VIRAMA:
            heard += {**CONSONANTS, **VOWELS, **SIGNS, **MARKS}[sign]
    return unicodedata.normalize("NFC", heard + "a" * pending)


def test_the_collection_has_enough_verses_and_none_twice() -> None:
    assert len(SHLOKAS) >= 24
    assert len({shloka.source for shloka in SHLOKAS}) == len(SHLOKAS)
    assert len({sounds(shloka.text) for shloka in SHLOKAS}) == len(SHLOKAS)


@COLLECTION
def test_a_verse_is_devanagari_and_its_transliteration_latin(shloka: Shloka) -> None:
    assert all(sign in " \n" or unicodedata.name(sign).startswith("DEVANAGARI") for sign in shloka.text)
    letters = [sign for sign in shloka.iast if sign not in " \n|'"]
    assert all(unicodedata.name(sign).startswith(("LATIN SMALL", "COMBINING TILDE")) for sign in letters)
    assert shloka.text.endswith("॥")
    assert shloka.iast.endswith("||")


@COLLECTION
def test_both_scripts_say_the_same_sounds(shloka: Shloka) -> None:
    iast = "".join(sign for sign in shloka.iast if sign not in SILENT)

    assert sounds(shloka.text) == unicodedata.normalize("NFC", iast)


@COLLECTION
def test_a_verse_says_where_it_stands_and_what_it_speaks_to(shloka: Shloka) -> None:
    assert any(sign.isdigit() for sign in shloka.source)
    assert shloka.translation.isascii()
    assert shloka.translation[0].isupper()
    assert shloka.translation[-1] in ".?"
    assert len(set(shloka.themes)) == len(shloka.themes) >= 3
    assert all(theme.isascii() and theme.islower() and theme.isalpha() for theme in shloka.themes)


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
