import sys
from itertools import product

import pytest

from pathshala_common.checks.evidence import evidence
from pathshala_common.checks.examination import findings, passed
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.fresh import fresh
from pathshala_common.checks.reading_level import BANDS, measured, reading_level
from pathshala_common.contract.lesson import Level, Precedent
from pathshala_common.text.quoting import stands_in
from pathshala_common.text.readability import FORMULAS, readability
from services.generator.tests.checks.given import VERBS, a_draft, an_order

SUMMARY = "The “leaf” \u2013 a green organ \u2013 makes\nsugar from light. It isn\u2019t a root."
HARD = (
    "Morphosyntactic inflection of English verbs systematically encodes grammatical distinctions concerning "
    "temporality, aspectuality and evidentiality, notwithstanding considerable heterogeneity in their realisation."
)


@pytest.mark.parametrize(
    "quote", ['the "leaf" - a green organ', "makes sugar from light.", "It isn't a root", "SUGAR FROM LIGHT"]
)
def test_blanks_case_and_the_shape_of_marks_do_not_count_in_a_quote(quote: str) -> None:
    assert stands_in(quote, SUMMARY)


@pytest.mark.parametrize("quote", ["leaf makes sugar", "a green org", "The leaf ... from light", "It is a root", "..."])
def test_a_quote_is_a_run_of_whole_words_and_nothing_is_left_out(quote: str) -> None:
    assert not stands_in(quote, SUMMARY)


def test_a_tiny_article_gives_one_quote_and_no_article_none() -> None:
    article = VERBS.assignment.article
    assert article is not None
    tiny = article.model_copy(update={"summary": "A verb is a word that names an action. It is inflected."})
    one = [[{"text": "A verb names an action.", "quote": "a word that names an action"}, {"text": "Run is a verb."}]]

    assert evidence(a_draft(explanation=one), an_order(article=tiny)) == []
    assert evidence(a_draft(explanation="A verb names an action."), an_order()) is None
    assert len(list(evidence(a_draft(explanation=one), an_order()) or ())) == 1


def test_a_statement_that_is_its_quote_has_to_do_with_it_whatever_its_words() -> None:
    article = VERBS.assignment.article
    assert article is not None
    tags = article.model_copy(update={"summary": "The tag after let us is shall we."})
    told = [[{"text": "The tag after let us is shall we.", "quote": "The tag after let us is shall we."}]]

    assert list(evidence(a_draft(explanation=told), an_order(article=tags)) or ()) == []


def test_without_precedents_nothing_can_be_repeated_and_another_lesson_is_no_repetition() -> None:
    other = Precedent(title="Verbs in motion", opening="Clap your hands, then stamp your foot on the floor.")

    assert fresh(a_draft(), an_order()) is None
    assert list(fresh(a_draft(), an_order(precedents=[other])) or ()) == []


@pytest.mark.parametrize(("language", "level"), [*product(FORMULAS, Level)])
def test_each_formula_works_without_the_network_and_knows_every_level(language: str, level: Level) -> None:
    score = readability("Das ist gut. Alle Kinder lernen lesen.", language)
    band = BANDS[FORMULAS[language]][level]

    assert isinstance(score, float)
    assert band.low < band.high
    assert "nltk.corpus.cmudict" not in sys.modules


def test_what_stands_in_the_article_is_measured_but_is_nobodys_fault() -> None:
    quoted = [[{"text": f"{HARD[:-1]} in case {number}.", "quote": HARD[:-1]} for number in range(4)]]
    own = [[{"text": said["text"]} for said in quoted[0]]]
    primary = an_order(level=Level.PRIMARY)

    level = measured(a_draft(explanation=quoted), primary)

    assert level is not None
    assert not level.fits
    assert reading_level(a_draft(explanation=quoted), primary) is None
    assert [fault.field for fault in reading_level(a_draft(explanation=own), primary) or ()] == ["explanation"]


def test_a_short_text_and_one_without_a_formula_are_not_measured() -> None:
    assert measured(a_draft(explanation="A verb is a word for an action."), an_order()) is None
    assert measured(a_draft(language="hi"), an_order(language="hi")) is None


def test_a_check_that_has_nothing_to_judge_is_neither_passed_nor_failed() -> None:
    fault = Fault("strict", "title", "is not strict")
    checks = {"idle": lambda *_: None, "mild": lambda *_: (), "strict": lambda *_: [fault]}

    found = findings(a_draft(), an_order(), checks)

    assert found == {"mild": (), "strict": (fault,)}
    assert passed(found) == ("mild",)
