"""Pairs of an article's sentence and a statement of nearly the same words, with the contradiction to be found."""

import json
from pathlib import Path

import pytest

from pathshala_common.checks.true_to_article import (
    ABSOLUTE,
    NAMED,
    NEGATION,
    NUMBER,
    OPPOSITE,
    SIDES,
    contradictions,
    ground_of,
    true_to_article,
)
from pathshala_common.contract.lesson import Article
from pathshala_common.text.dissection import dissected
from services.generator.tests.checks.given import VERBS, a_draft, an_order

PAIRS = json.loads(Path(__file__).with_name("contradictions.json").read_text("utf-8"))
REASONS = {
    "absolute": ABSOLUTE,
    "name": NAMED,
    "negation": NEGATION,
    "number": NUMBER,
    "opposite": OPPOSITE,
    "sides": SIDES,
    None: None,
}


@pytest.mark.parametrize(("sentence", "statement", "kind"), PAIRS)
def test_a_contradiction_is_found_by_its_kind_and_none_where_there_is_none(
    sentence: str, statement: str, kind: str | None
) -> None:
    ground = ground_of(sentence, "science", "en")
    assert ground is not None

    assert list(contradictions(dissected(statement), ground)) == ([REASONS[kind]] if kind else [])


def test_pairs_of_each_kind_are_many_and_as_many_do_not_contradict() -> None:
    kinds = [kind for _, _, kind in PAIRS]

    assert set(kinds) == REASONS.keys()
    assert len(kinds) >= 50
    assert kinds.count(None) >= len(kinds) / 2


def test_a_statement_is_compared_with_the_sentence_that_is_nearest_to_it() -> None:
    article = (
        "The left half of the heart receives blood and pumps it to the body. "
        "The right half of the heart receives blood and pumps it to the lungs."
    )
    ground = ground_of(article, "heart", "en")
    assert ground is not None

    assert not list(contradictions(dissected("The right half of the heart pumps blood to the lungs."), ground))
    assert list(contradictions(dissected("The right half of the heart never pumps blood to the lungs."), ground))


def test_a_quote_does_not_save_a_statement_that_denies_it() -> None:
    summary = "Whales breathe air at the surface of the sea. Their calves drink milk."
    article = Article(title="Whale", summary=summary, url=None, language="en", revision_id=1, licence="MIT")
    said = {"text": "Whales never breathe air at the surface of the sea.", "quote": "Whales breathe air"}

    faults = true_to_article(a_draft(explanation=[[said]]), an_order("biology", "whales", article=article))

    assert [fault.reason for fault in faults or ()] == [NEGATION]


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_cannot_be_compared_is_not_judged(language: str) -> None:
    other = VERBS.assignment.article
    assert other is not None
    article = other.model_copy(update={"language": "de" if language == "en" else "en"})

    assert true_to_article(a_draft(language=language), an_order(language=language, article=article)) is None
    assert true_to_article(a_draft(), an_order()) is None
