from concurrent.futures import ThreadPoolExecutor

import pytest

from pathshala_common.text.content import content
from pathshala_common.text.stems import ALGORITHMS, singular, stem


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "fractions", "fraction"),
        ("en-GB", "volcanoes", "volcano"),
        ("hi", "क्रियाएँ", "क्रिया"),
        ("hi", "पत्तियाँ", "पत्तियों"),
        ("de", "brüche", "bruch"),
        ("es", "volcanes", "volcán"),
        ("fr", "révolutions", "révolution"),
        ("ru", "красный", "красного"),
        ("sa", "क्रियाविशेषणम्", "क्रियाविशेषः"),
        ("hi", "verbs", "verb"),
    ],
)
def test_forms_of_one_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("photosynthesis", "photography"),
        ("electricity", "elections"),
        ("internet", "international"),
        ("trade", "train"),
    ],
)
def test_words_that_only_begin_alike_have_not(one: str, other: str) -> None:
    assert stem(one, "en") != stem(other, "en")


def test_each_language_named_has_an_algorithm() -> None:
    assert all(stem("a", language) for language in ALGORITHMS)


def test_threads_do_not_spoil_each_others_stems() -> None:
    words = [f"{word}{number}s" for number in range(200) for word in ("alpha", "omega")]
    alone = [stem.__wrapped__(word, "en") for word in words]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda word: stem.__wrapped__(word, "en"), words))
    assert together == alone


def test_a_singular_is_english_alone() -> None:
    assert [*map(singular, ("stories", "plants", "glass", "virus", "gas", "पौधे"))] == [
        "story", "plant", "glass", "virus", "gas", "पौधे",
    ]  # fmt: skip


def test_grammar_and_numbers_carry_no_meaning() -> None:
    assert content("There are 12 plants in the soil", "en") == {"plant", "soil"}
