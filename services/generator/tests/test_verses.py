"""The collection itself: every verse in both scripts, in its metre, with its source and our translation."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

import pytest

from pathshala_generator.shlokas import Shloka, shipped_shlokas
from services.generator.tests.metre import metre, weights
from services.generator.tests.transliteration import letters, without_blanks

SHLOKAS = shipped_shlokas()
NO_COMMANDS = {"को", "जो", "तो", "दो", "हो", "सबको", "आपको", "उसको", "मानो"}
"""Words that end as the commands do by which one addresses a familiar."""

FREE = {
    "vedic": ("Rigveda", "Atharvaveda", "Brihadaranyaka", "Isha", "Katha", "Mundaka"),
    "prose": ("Taittiriya", "Yoga Sutra"),
}


def the(source: str) -> Shloka:
    return next(shloka for shloka in SHLOKAS if shloka.source == source)


def repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def is_in_its_metre(shloka: Shloka) -> bool:
    kept = metre(shloka.iast)
    if shloka.metre in FREE:
        return kept is None and shloka.source.startswith(FREE[shloka.metre])
    return kept == shloka.metre


def says_the_same_in_both_scripts(shloka: Shloka) -> bool:
    return letters(shloka.text) == without_blanks(shloka.iast)


def test_the_collection_is_large_and_has_nothing_twice() -> None:
    assert len(SHLOKAS) >= 150
    assert not repeated(shloka.source for shloka in SHLOKAS)
    assert not repeated(letters(shloka.text) for shloka in SHLOKAS)
    assert not repeated(letters(shloka.text).partition("|")[0] for shloka in SHLOKAS)
    assert not repeated(shloka.translation.casefold() for shloka in SHLOKAS)


def test_every_transliteration_is_its_devanagari_letter_by_letter() -> None:
    assert [shloka.source for shloka in SHLOKAS if not says_the_same_in_both_scripts(shloka)] == []


def test_every_verse_is_in_the_metre_that_it_declares() -> None:
    assert [(shloka.source, metre(shloka.iast)) for shloka in SHLOKAS if not is_in_its_metre(shloka)] == []


def test_only_few_verses_are_in_no_metre_that_can_be_checked() -> None:
    free = [shloka.source for shloka in SHLOKAS if shloka.metre in FREE]

    assert len(free) < len(SHLOKAS) / 10


def test_a_letter_that_is_wrong_in_one_script_is_seen() -> None:
    verse = the("Bhagavad Gita 2.47")

    broken = verse.model_copy(update={"text": verse.text.replace("फलेषु", "फलेशु")})

    assert says_the_same_in_both_scripts(verse)
    assert not says_the_same_in_both_scripts(broken)


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("Bhagavad Gita 2.47", "evādhikāras", "evādhikaras"),
        ("Bhagavad Gita 11.28", "bahavo", "bahūnāṃ"),
        ("Hitopadesha 1.32", "vākpaṭutā", "vākyapaṭutā"),
        ("Hitopadesha 1.170", "kanduka", "kandūka"),
        ("Bhartrihari, Niti Shataka 67", "rājate", "rajate"),
        ("Kalidasa, Meghaduta 20", "riktaḥ", "rikta"),
        ("Aryabhatiya, Gola 9", "yadvat", "yadvā tat"),
    ],
)
def test_a_letter_that_is_wrong_in_both_scripts_breaks_the_metre(source: str, right: str, wrong: str) -> None:
    verse = the(source)
    assert right in verse.iast

    broken = verse.model_copy(update={"iast": verse.iast.replace(right, wrong)})

    assert is_in_its_metre(verse)
    assert not is_in_its_metre(broken)


def test_no_verse_keeps_its_metre_without_its_first_syllable() -> None:
    metrical = [shloka for shloka in SHLOKAS if shloka.metre not in FREE]
    vowels = "aāiīuūṛeo"

    def beheaded(iast: str) -> str:
        return iast[min(at for at, sign in enumerate(iast) if sign in vowels) + 1 :].lstrip("iuṃḥ ")

    assert [shloka.source for shloka in metrical if metre(beheaded(shloka.iast)) == shloka.metre] == []


def test_syllables_are_weighed_as_the_grammarians_do() -> None:
    assert weights("vāgarthāv iva sampṛktau") == "GGGLLGGG"
    assert weights("na hi jñānena") == "LGGGL"
    assert weights("duḥkhaphalam ṛṣau gaṅgā") == "GLLLLGGG"


def test_every_field_looks_as_it_should() -> None:
    for shloka in SHLOKAS:
        assert all(sign in " \n" or unicodedata.name(sign).startswith("DEVANAGARI") for sign in shloka.text)
        latin = [sign for sign in shloka.iast if sign not in " \n|'"]
        assert all(unicodedata.name(sign).startswith(("LATIN SMALL", "COMBINING TILDE")) for sign in latin)
        assert shloka.text.endswith(" ॥"), shloka.source
        assert 30 < len(shloka.text) < 300, shloka.source
        assert shloka.translation.isascii(), shloka.source
        assert shloka.translation[0] in '"ABCDEFGHIJKLMNOPQRSTUVWXYZ', shloka.source
        assert shloka.translation[-1] in ".?", shloka.source
        assert 40 < len(shloka.translation) < 400, shloka.source
        assert len(shloka.source) < 60
        assert any(sign.isdigit() for sign in shloka.source) or "invocation" in shloka.source


def test_every_verse_has_its_hindi_in_devanagari_and_in_one_form_of_address() -> None:
    assert not repeated(shloka.translation_hi for shloka in SHLOKAS)
    for shloka in SHLOKAS:
        for text in (shloka.translation_hi, shloka.about_hi):
            assert not [sign for sign in text if sign.isalpha() and "DEVANAGARI" not in unicodedata.name(sign)], text
            told = re.findall("[\u0900-\u097f]+", text)
            assert not [word for word in told if word.startswith("तुम") or word in {"तू", "तेरा", "तेरी"}], text
            assert not [word for word in told if word.endswith(("ओ", "ो")) and word not in NO_COMMANDS], text
        assert shloka.translation_hi[-1] in "।?", shloka.source
        assert 20 < len(shloka.translation_hi) < 400, shloka.source


def test_every_verse_says_in_a_few_words_what_it_speaks_of() -> None:
    for shloka in SHLOKAS:
        assert 2 <= len(shloka.about.split()) <= 14, shloka.source
        assert 2 <= len(shloka.about_hi.split()) <= 14, shloka.source
        assert shloka.about.isascii(), shloka.source
        assert shloka.about[-1] not in ".,;:", shloka.source
        assert shloka.about_hi[-1] not in "।,;:", shloka.source


def test_a_lesson_shows_a_verse_in_its_language() -> None:
    verse = the("Bhagavad Gita 2.47")

    assert verse.translation_in("hi") == verse.translation_in("hi-IN") == verse.translation_hi
    assert verse.translation_in("en") == verse.translation_in("de") == verse.translation
    assert (verse.about_in("hi"), verse.about_in("en")) == (verse.about_hi, verse.about)


def test_every_verse_speaks_to_something_in_plain_words() -> None:
    for shloka in SHLOKAS:
        assert 5 <= len(set(shloka.themes)) == len(shloka.themes) <= 24, shloka.source
        assert all(theme.isascii() and theme.islower() and theme.isalpha() for theme in shloka.themes)
