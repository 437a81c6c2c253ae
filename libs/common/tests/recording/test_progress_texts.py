"""What people who wait are told is said in each language in whole, and in no mixture of two."""

import re
from string import Formatter

import pytest

from pathshala_common.recording.progress_texts import (
    ENGLISH,
    HINDI,
    HINDI_PARTS,
    HINDI_REASONS,
    part_text,
    reason_text,
    text,
)

LATIN = re.compile("[A-Za-z]")


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_text_is_there_in_both_languages() -> None:
    assert HINDI.keys() == ENGLISH.keys()


@pytest.mark.parametrize("code", ENGLISH)
def test_a_hindi_text_is_hindi_and_tells_nothing_that_the_english_one_does_not(code: str) -> None:
    words = "".join(literal for literal, _, _, _ in Formatter().parse(HINDI[code]))
    assert not LATIN.search(words)
    assert fields(HINDI[code]) <= fields(ENGLISH[code])


def test_what_events_tell_in_english_is_told_in_hindi_or_not_at_all() -> None:
    told = [*HINDI_REASONS.values(), *HINDI_PARTS.values()]
    told += [reason_text("hi-IN", "unheard_of", "something broke"), part_text("hi", "epilogue")]
    assert [one for one in told if LATIN.search(one)] == []
    assert reason_text("en", "unheard_of", "something broke") == "something broke"
    assert part_text("pt-BR", "epilogue") == "epilogue"


def test_a_language_that_the_house_does_not_speak_is_answered_in_english() -> None:
    assert text("ta", "storing") == ENGLISH["storing"]
    assert text("hi-IN", "storing") == HINDI["storing"]
