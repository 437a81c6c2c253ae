from itertools import chain

import pytest

from pathshala_common.checks.examination import findings
from pathshala_common.contract.lesson import Level, QuestionForm
from pathshala_generator.draft import Assignment
from pathshala_generator.offline.cloze import GAP, askable, filled
from pathshala_generator.offline.gap_terms import Kind, reason_in, terms
from pathshala_generator.offline.lesson import lesson
from pathshala_generator.offline.rivals import rivals
from pathshala_generator.offline_writer import OfflineWriter
from services.generator.tests.given import VERB, a_request, an_assignment, unrecorded

ANGLES = (
    "An angle is the figure formed by two rays that start at the same point. "
    "The common point is called the vertex, and the two rays are called the arms of the angle. "
    "A right angle measures 90 degrees. A straight angle measures 180 degrees. "
    "Two angles that add up to 90 degrees are called complementary. "
    "Two angles that add up to 180 degrees are called supplementary. "
    "Carpenters measure angles, because joints must fit."
)
NONE = frozenset[str]()


@pytest.mark.parametrize(
    ("sentence", "language", "text", "kind"),
    [
        ("The longest side is called the hypotenuse.", "en", "hypotenuse", Kind.CALLED),
        ("Such a number is called a composite number.", "en", "composite number", Kind.CALLED),
        ("The number below the line is the denominator, and it is whole.", "en", "denominator", Kind.CALLED),
        ("A right angle measures 90 degrees.", "en", "90", Kind.NUMBER),
        ("The times are past, present and future.", "en", "future", Kind.LISTED),
        ("Plants take in water from the soil.", "en", "soil", Kind.NAMED),
        ("जल के भाप बनने को वाष्पीकरण कहते हैं।", "hi", "वाष्पीकरण", Kind.CALLED),
        ("सबसे लंबी भुजा कर्ण कहलाती है।", "hi", "कर्ण", Kind.CALLED),
        ("जिस भिन्न में अंश छोटा हो, उसे उचित भिन्न कहते हैं।", "hi", "उचित भिन्न", Kind.CALLED),
        ("परिपथ में बैटरी, तार और स्विच होते हैं।", "hi", "स्विच", Kind.LISTED),
        ("Wasser siedet bei 100 Grad.", "de", "100", Kind.NUMBER),
    ],
)
def test_the_best_term_of_a_sentence_comes_first(sentence: str, language: str, text: str, kind: Kind) -> None:
    best = terms(sentence, language)[0]

    assert (best.text, best.kind) == (text, kind)
    assert sentence[best.start : best.end] == text


@pytest.mark.parametrize(
    "sentence",
    [
        "He was born in 1869.",
        "It was known by 300 BC.",
        "The number 7 is prime.",
        "9 + 16 = 25.",
        "It flows quickly.",
        "A common noun names any kind, such as river, teacher or city.",
        "Nouns change, as in mouse and mice.",
        "The sentence says “the boy is a king”.",
        "This is one of the ways.",
    ],
)
def test_dates_examples_and_words_of_any_article_are_no_terms(sentence: str) -> None:
    assert terms(sentence, "en") == []


def test_a_gap_leaves_out_what_is_neither_the_topic_s_name_nor_said_beside_it() -> None:
    sentence = "A whole number that is not prime is called a composite number."

    [first, *_] = askable(sentence, "en", NONE)

    assert filled(sentence, first) == f"A whole number that is not prime is called a {GAP} number."
    assert [term.text for term in askable("It is called the vertex of it.", "en", frozenset({"vertex"}))] == []


def test_rivals_are_of_the_same_kind_and_stand_elsewhere_in_the_article() -> None:
    sentence = "Two angles that add up to 90 degrees are called complementary."
    adjective, number = terms(sentence, "en")[0], terms("A right angle measures 90 degrees.", "en")[0]

    assert "180" in rivals(number, "A right angle measures 90 degrees.", ANGLES, "en", NONE)
    assert all(rival.isdigit() for rival in rivals(number, "", ANGLES, "en", NONE))
    assert rivals(adjective, sentence, ANGLES, "en", NONE) == []  # there is but one other that is called so


def test_of_a_hundred_no_more_than_all_is_offered() -> None:
    sentence = "About 97 percent of all water is salty."
    number = terms(sentence, "en")[0]

    assert max(map(int, rivals(number, sentence, sentence, "en", NONE))) <= 100


@pytest.mark.parametrize(
    ("sentence", "language", "reason"),
    [
        ("Carpenters measure angles, because joints must fit.", "en", "because joints must fit."),
        ("घर जल्दी सूख जाता है, क्योंकि हवा चलती रहती है।", "hi", "क्योंकि हवा चलती रहती है।"),
        ("The ship sank because of the storm that night.", "en", None),
    ],
)
def test_a_reason_is_found_where_one_is_given(sentence: str, language: str, reason: str | None) -> None:
    found = reason_in(sentence, language)

    assert (found["reason"] if found else None) == reason


def assignment(level: Level, summary: str = ANGLES) -> Assignment:
    article = VERB.model_copy(update={"title": "Angle", "summary": summary})
    return an_assignment(a_request("mathematics", "angles", level=level), article)


@pytest.mark.parametrize("level", Level)
def test_questions_go_from_easy_to_hard_and_each_is_proven(level: Level) -> None:
    order = assignment(level)

    draft = lesson(order)

    forms = [question.form for question in draft.questions]
    assert 3 <= len(forms) <= 5
    assert forms == sorted(
        forms, key=[*(form for form in QuestionForm if form != "open"), QuestionForm.OPEN].index
    ) or (forms[-1] is QuestionForm.OPEN)
    assert draft.question == draft.questions[0].text
    assert [fault for fault in chain.from_iterable(findings(draft, order).values()) if fault.field == "questions"] == []


async def test_an_article_of_one_sentence_gives_one_question_and_the_lesson_does_not_claim_a_set() -> None:
    order = assignment(Level.MIDDLE, "An angle is a figure.")

    written = await OfflineWriter().write(order, unrecorded)

    [question] = written.draft.questions
    assert (question.form, question.answer) == (QuestionForm.OPEN, "An angle is a figure.")
    assert "questions" not in written.checks_passed
    assert "answers" in written.checks_passed


async def test_without_an_article_there_is_no_answer_to_give() -> None:
    written = await OfflineWriter().write(an_assignment(article=None), unrecorded)

    assert written.draft.question
    assert written.draft.questions == ()
