import pytest

from pathshala_common.text.readability import (
    WEIGHTS,
    Counts,
    FleschWeights,
    automated_readability_index,
    count,
    flesch_reading_ease,
    gulpease_index,
    readability,
)
from pathshala_common.text.syllables import syllables
from services.generator.tests.recorded import recorded

OF_ENGLISH = FleschWeights(206.835, 1.015, 84.6)
"""Flesch's own; published scores are mostly of English texts."""


def test_the_index_by_strokes_gives_the_published_scores() -> None:
    # R. L. Stevenson, On Some Technical Elements of Style in Literature, a passage that the package
    # automated-readability counts and scores.
    assert automated_readability_index(Counts(sentences=6, words=151, strokes=623)) == pytest.approx(10.586, abs=0.001)


@pytest.mark.parametrize(
    ("counts", "score"),
    [
        (Counts(sentences=1, words=6, syllables=6), 116.145),  # "The cat sat on the mat.", as Wikipedia has it
        (Counts(sentences=29, words=249, syllables=406), 60.2),  # a review that leichtlesbar.ch counted and gave 60
    ],
)
def test_the_ease_by_syllables_gives_the_published_scores(counts: Counts, score: float) -> None:
    assert flesch_reading_ease(counts, OF_ENGLISH) == pytest.approx(score, abs=0.05)


def test_gulpease_gives_the_published_score() -> None:
    # "Cool dogs wear da sunglasses." in the tests of textstat, which counts the stop as a letter.
    assert gulpease_index(Counts(sentences=1, words=5, letters=25)) == pytest.approx(99.0)


@pytest.mark.parametrize(
    ("language", "score"), [("de", 77.57), ("es", 101.84), ("fr", 80.562), ("nl", 75.875), ("ru", 98.877)]
)
def test_each_language_has_the_weights_of_its_author(language: str, score: float) -> None:
    counts = Counts(sentences=10, words=100, syllables=158)
    assert flesch_reading_ease(counts, WEIGHTS[language]) == pytest.approx(score, abs=0.001)


def test_a_text_is_counted_in_sentences_words_strokes_letters_and_syllables() -> None:
    assert count("Im 19. Jahrhundert war z. B. Gold — wie heute — rar. Nun ja!", "de") == Counts(2, 12, 47, 40, 15)


@pytest.mark.parametrize(
    ("word", "language", "number"),
    [("Wasserkreislauf", "de", 4), ("fotosíntesis", "es", 5), ("Rad", "de", 1), ("révolution", "fr", 4)],
)
def test_syllables_are_counted_by_places_for_hyphens(word: str, language: str, number: int) -> None:
    assert syllables(word, language) == number


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("compound-interest-adult-en", 7.7),
        ("fractions-middle-de", 83.1),
        ("fractions-primary-en", 1.0),
        ("french-revolution-adult-fr", 92.0),
        ("osmosis-secondary-en", 8.3),
        ("photosynthesis-primary-en", 1.9),
        ("verbs-middle-en", 5.7),
        ("volcanoes-secondary-es", 87.6),
    ],
)
def test_recorded_lessons_score_as_by_textstat(name: str, score: float) -> None:
    draft = recorded(name).draft
    text = " ".join(said.text for said in draft.statements)
    assert readability(text, draft.language) == pytest.approx(score, abs=0.5)
