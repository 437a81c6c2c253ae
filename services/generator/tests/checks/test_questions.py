"""The checks of questions, by questions on the recorded lesson on evaporation and on a Hindi one."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pathshala_common.checks import answers, distractors, gaps, giveaways, questions
from pathshala_common.checks.draft import Asking, Draft
from pathshala_common.checks.fault import Check
from pathshala_common.contract.lesson import Level
from pathshala_common.text.dissection import dissected
from pathshala_generator.draft import Assignment
from services.generator.tests.checks.given import an_order
from services.generator.tests.recorded import recorded

EVAPORATION = recorded("evaporation-middle-en")
DRAFT, ORDER = EVAPORATION.draft, EVAPORATION.assignment
STATEMENTS = [said.text for said in DRAFT.statements]
HINDI_TEXT = [
    [{"text": "जल के भाप बनने को वाष्पीकरण कहते हैं।"}],
    [{"text": "हवा भाप को दूर ले जाती है, इसलिए कपड़े जल्दी सूखते हैं।"}, {"text": "भाप के जल में बदलने को संघनन कहते हैं।"}],
]


def asked(form: str, text: str, answer: str, *proven_by: int, options: Sequence[str] = ()) -> Asking:
    return Asking.model_validate(
        {"form": form, "text": text, "answer": answer, "proven_by": proven_by, "options": options}
    )


def gap(text: str, answer: str, *proven_by: int) -> Asking:
    return asked("gap", text, answer, *proven_by)


def claim(text: str, answer: str, *proven_by: int) -> Asking:
    return asked("true_false", text, answer, *proven_by)


def choice(text: str, answer: str, *proven_by: int, others: Sequence[str]) -> Asking:
    return asked("choice", text, answer, *proven_by, options=(answer, *others))


def open_question(text: str, answer: str, *proven_by: int) -> Asking:
    return asked("open", text, answer, *proven_by)


def with_questions(*asked_for: Asking, **fields: Any) -> Draft:
    return DRAFT.model_copy(update={"questions": asked_for, "question": asked_for[0].text, **fields})


def in_hindi(*asked_for: Asking) -> Draft:
    return Draft.model_validate(
        {**EVAPORATION.fields, "explanation": HINDI_TEXT, "questions": asked_for, "language": "hi"}
    )


HINDI_ORDER = an_order("विज्ञान", "वाष्पीकरण", language="hi")


def found(check: Check, draft: Draft, order: Assignment = ORDER) -> Iterable[str]:
    faults = check(draft, order)
    assert faults is not None
    return [fault.reason for fault in faults]


OPEN = open_question("Why does a fan dry a floor?", "It carries the vapour away.", 4)
CLAIM = claim("Evaporation needs boiling water.", "false", 3)
GAP = gap("The liquid that stays behind gets _____ as it loses heat.", "cooler", 5)
CHOICE = choice("What does the water of a puddle become?", "vapour", 2, others=("ice", "salt"))


@pytest.mark.parametrize(
    ("asked_for", "reason"),
    [
        ([OPEN], questions.TOO_FEW),
        ([GAP, OPEN], questions.TOO_FEW),
        ([CLAIM, OPEN], questions.TOO_FEW),
        ([CLAIM, GAP, CHOICE, CLAIM.model_copy(update={"text": "Wind helps."}), GAP, OPEN], questions.TOO_MANY),
        ([CLAIM, CLAIM, OPEN], questions.REPEATED),
        ([GAP, CHOICE, GAP, OPEN], questions.REPEATED),
        (
            [OPEN, OPEN.model_copy(update={"text": "Why?"}), OPEN.model_copy(update={"text": "How?"})],
            questions.ONE_FORM,
        ),
        ([OPEN, GAP, CLAIM], questions.EASY_END),
        ([OPEN, CLAIM, CHOICE], questions.EASY_END),
        ([CHOICE, CLAIM, GAP], questions.EASY_END),
    ],
)
def test_a_set_that_is_no_set_is_found(asked_for: list[Asking], reason: str) -> None:
    assert reason in found(questions.questions, with_questions(*asked_for))


@pytest.mark.parametrize("asked_for", [[CHOICE, GAP, OPEN], [CLAIM, GAP, OPEN], [CHOICE, CLAIM, GAP, OPEN]])
def test_three_to_five_questions_that_end_open_are_a_set(asked_for: list[Asking]) -> None:
    assert found(questions.questions, with_questions(*asked_for)) == []


@pytest.mark.parametrize("objectives", [(), ("a", "b", "c", "d")])
def test_objectives_are_one_to_three(objectives: tuple[str, ...]) -> None:
    draft = with_questions(CHOICE, GAP, OPEN, objectives=objectives)

    assert found(questions.questions, draft) == [questions.OBJECTIVES_COUNT]


def test_a_draft_of_one_question_has_nothing_for_these_checks() -> None:
    draft = with_questions(OPEN).model_copy(update={"questions": ()})

    checks = (questions.questions, answers.answers, distractors.distractors, giveaways.giveaways, gaps.gaps)
    assert [check(draft, ORDER) for check in checks] == [None] * 5


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (gap("The liquid gets _____ as it loses heat.", "cooler"), answers.UNPROVEN),
        (gap("The liquid gets _____ as it loses heat.", "cooler", 99), answers.UNPROVEN),
        (gap("The liquid gets _____ as it loses heat.", "cooler", 5, 99), answers.UNPROVEN),
        (gap("The liquid gets _____ as it loses heat.", "cooler", 1), answers.UNSAID),
        (gap("The liquid gets _____ as it loses heat.", "heavier", 5), answers.UNSAID),
        (gap("The water has become _____ in the air.", "vapour and steam", 2), answers.UNSAID),
        (choice("What carries the vapour away?", "sunlight", 4, others=("ice", "salt")), answers.UNSAID),
        (open_question("Why does it dry?", "The ground has drunk every drop of it.", 4), answers.UNSAID),
        (open_question("When is the puddle gone?", "By noon, after 3 hours.", 1), answers.UNSAID),
        (claim("Evaporation is the change of a solid into a metal.", "true", 2), answers.NOT_TRUE),
        (claim("Evaporation goes on at 100 degrees.", "true", 3), answers.NOT_TRUE),
        (claim("Evaporation does wait for boiling.", "true", 3), answers.NOT_TRUE),
        (claim("Wind carries the vapour away from the wet surface.", "false", 4), answers.NOT_FALSE),
        (claim("Cows give milk in the village.", "false", 4), answers.NOT_FALSE),
    ],
)
def test_an_answer_that_does_not_follow_is_found(question: Asking, reason: str) -> None:
    assert found(answers.answers, with_questions(question)) == [reason]


@pytest.mark.parametrize(
    "question",
    [
        gap("The liquid gets _____ as it loses heat.", "cooler", 5),
        gap("The water has become a gas, called _____.", "vapours", 2),
        choice("What carries the vapour away?", "the wind", 4, others=("ice", "salt")),
        open_question("Why does a fan dry a floor?", "Its wind carries the vapour off.", 4),
        open_question("Is the puddle of the yard in the ground?", "No, a glass plate dries too.", 7),
        claim("Evaporation goes on at any temperature.", "true", 3),
        claim("Evaporation is the change of a gas into a liquid.", "false", 2),
        claim("Evaporation does wait for boiling.", "false", 3),
        claim("True or false? “A warm liquid loses less in the same time.”", "false", 3),
        claim("True or false? “Wind helps, because it carries the vapour away.”", "true", 4),
    ],
)
def test_an_answer_that_follows_passes(question: Asking) -> None:
    assert found(answers.answers, with_questions(question)) == []


@pytest.mark.parametrize(
    ("question", "passes"),
    [
        (gap("जल के भाप बनने को _____ कहते हैं।", "वाष्पीकरण", 1), True),
        (gap("जल के भाप बनने को _____ कहते हैं।", "संघनन", 1), False),
        (claim("सही या ग़लत? “भाप के जल में बदलने को संघनन कहते हैं।”", "true", 3), True),
        (claim("सही या ग़लत? “भाप के जल में बदलने को संघनन नहीं कहते हैं।”", "true", 3), False),
        (claim("सही या ग़लत? “भाप के जल में बदलने को वाष्पीकरण कहते हैं।”", "false", 3), True),
        (open_question("कपड़े जल्दी क्यों सूखते हैं?", "क्योंकि हवा भाप को दूर ले जाती है।", 2), True),
        (open_question("कपड़े जल्दी क्यों सूखते हैं?", "क्योंकि गाय दूध देती है।", 2), False),
    ],
)
def test_answers_are_judged_in_hindi_too(question: Asking, passes: bool) -> None:  # noqa: FBT001
    assert (found(answers.answers, in_hindi(question), HINDI_ORDER) == []) is passes


@pytest.mark.parametrize(
    ("answer", "others", "reason"),
    [
        ("vapour", ["ice"], distractors.NUMBER),
        ("vapour", ["ice", "salt", "soil", "stone", "sand"], distractors.NUMBER),
        ("vapour", ["vapours", "salt"], distractors.ALIKE),
        ("vapour", ["stone", "the stones"], distractors.ALIKE),
        ("vapour", ["a gas", "salt"], distractors.RIGHT_TOO),
        ("vapour", ["water vapour", "salt"], distractors.RIGHT_TOO),
        ("vapour", ["salt", "liquids"], distractors.RIGHT_TOO),
        ("vapour", ["7", "9"], distractors.OF_ANOTHER_KIND),
        ("vapour", ["बर्फ़", "नमक"], distractors.OF_ANOTHER_KIND),
        ("vapour, which is a gas that nobody can see", ["ice", "salt"], distractors.OF_ANOTHER_KIND),
        ("vapour", ["ice", "all of these"], distractors.CATCH_ALL),
        ("vapour", ["ice", "None of the above"], distractors.CATCH_ALL),
    ],
)
def test_a_distractor_that_is_none_is_found(answer: str, others: list[str], reason: str) -> None:
    draft = with_questions(choice("What does a puddle become?", answer, 2, others=others))

    assert found(distractors.distractors, draft) == [reason]


@pytest.mark.parametrize(
    ("answer", "others"),
    [
        ("vapour", ["ice", "salt"]),
        ("vapour", ["ice", "salt", "soil"]),
        ("vapour", ["a kind of ice", "fine salt", "wet soil", "warm stone"]),
        ("a gas that nobody sees", ["a stone that everybody sees", "a salt"]),
        ("The water has become vapour", ["The ground has drunk it", "A child has wiped it up"]),
        ("10 metres", ["20 metres", "30 metres"]),
        ("वाष्पीकरण", ["संघनन", "वर्षा"]),
        ("all water of the puddle", ["all of the soil", "all of the salt"]),
    ],
)
def test_wrong_options_of_one_kind_pass(answer: str, others: list[str]) -> None:
    draft = with_questions(choice("What does a puddle become?", answer, 2, others=others))

    assert found(distractors.distractors, draft) == []


@pytest.mark.parametrize(
    "question",
    [
        gap("The liquid, now cooler, gets _____ than it was.", "cooler", 5),
        gap("Vapours are a gas; the gas is called _____.", "vapour", 2),
        gap("Wind carries the _____ away, and vapour is a gas.", "the vapour", 4),
        choice("Does the wind or the Sun carry it away?", "the wind", 4, others=("ice", "salt")),
        choice("What does the cold skin feel?", "It is cold", 6, others=("It is hard", "It is dry")),
        open_question("Why does wind help, because it carries the vapour away?", "It carries the vapour away.", 4),
        open_question("The liquid that stays gets cooler. What does it get?", "The liquid gets cooler.", 5),
        open_question("Is the wind what helps, by carrying vapour away?", "Wind helps: it carries vapour away.", 4),
    ],
)
def test_a_question_that_says_its_answer_is_found(question: Asking) -> None:
    assert found(giveaways.giveaways, with_questions(question)) == [giveaways.GIVEN_AWAY]


@pytest.mark.parametrize(
    "other",
    [
        claim("The liquid that stays behind gets cooler as it loses heat.", "true", 5),
        claim("True or false? “The liquid that stays behind gets cooler as it loses heat.”", "true", 5),
        open_question("Why does the liquid that stays behind get cooler as it loses heat?", "Evaporation takes it.", 5),
    ],
)
def test_a_question_that_another_one_answers_is_found(other: Asking) -> None:
    assert giveaways.BY_ANOTHER in found(giveaways.giveaways, with_questions(GAP, other))


@pytest.mark.parametrize(
    "question",
    [
        GAP,
        CHOICE,
        CLAIM,
        OPEN,
        open_question("Why does a wet hand feel cold?", "Evaporation takes heat with it.", 5, 6),
        open_question("What is evaporation?", "Evaporation is the change of a liquid into a gas.", 2),
        choice("What takes the vapour along?", "the wind", 4, others=("the ice", "the salt")),
        gap("_____ helps, because it carries the vapour away.", "Wind", 4),
    ],
)
def test_a_question_that_leaves_its_answer_to_the_learner_passes(question: Asking) -> None:
    assert found(giveaways.giveaways, with_questions(question)) == []


@pytest.mark.parametrize(
    ("text", "answer", "reason"),
    [
        ("The liquid that stays behind gets cooler.", "cooler", gaps.NO_GAP),
        ("The _____ that stays behind gets _____ by it.", "cooler", gaps.NO_GAP),
        ("It gets _____.", "cooler", gaps.BARE),
        ("_____ it is.", "Cooler", gaps.BARE),
        ("Nobody sees that the water has become _____.", "a gas that nobody ever sees", gaps.FLOOD),
        ("The change of a liquid into a gas is _____.", "evaporation", gaps.OWN_NAME),
        ("The change of a liquid into a gas is _____.", "Evaporation", gaps.OWN_NAME),
        ("Water that has become vapour has _____ from the yard.", "evaporated", gaps.OWN_NAME),
        ("The thermometer was first sold in the year _____.", "1714", gaps.DATE),
        ("The rains of that country begin in _____ each year.", "June", gaps.DATE),
        ("Steam was put to work in the _____ century by miners.", "18th", gaps.DATE),
        ("It was in _____ that steam was put to work.", "1712", gaps.DATE),
    ],
)
def test_a_gap_that_is_not_worth_filling_is_found(text: str, answer: str, reason: str) -> None:
    assert found(gaps.gaps, with_questions(gap(text, answer, 2))) == [reason]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The liquid that stays behind gets _____.", "cooler"),
        ("The water of the puddle has become _____, a gas.", "vapour"),
        ("A kettle of water boils at _____ degrees.", "100"),
        ("A litre of water becomes about _____ litres of steam.", "1700"),
        ("A litre of water becomes about 1,_____ litres of steam.", "700"),
        ("_____ carries the vapour away from the wet surface.", "Wind"),
        ("The skin feels cold where the _____ leaves it.", "water"),
        ("_____ of water needs heat from the Sun or from a stove.", "The slow evaporation"),
    ],
)
def test_a_gap_for_a_telling_word_passes(text: str, answer: str) -> None:
    assert found(gaps.gaps, with_questions(gap(text, answer, 2))) == []


def test_a_date_may_be_asked_for_where_dates_are_the_matter() -> None:
    draft = with_questions(gap("The battle of Plassey was fought in _____.", "1757", 2))

    assert found(gaps.gaps, draft, an_order("history", "the battle of Plassey")) == []
    assert found(gaps.gaps, draft, an_order("science", "evaporation")) == [gaps.DATE]


@pytest.mark.parametrize(("answer", "passes"), [("वाष्पीकरण", False), ("भाप", True)])
def test_a_gap_for_the_topic_is_found_in_hindi(answer: str, passes: bool) -> None:  # noqa: FBT001
    draft = in_hindi(gap("जल के बदलने की इस क्रिया में _____ का नाम क्या है।", answer, 1))

    assert (found(gaps.gaps, draft, HINDI_ORDER) == []) is passes


PLACES = st.integers(0, len(STATEMENTS) - 1)
FOREIGN = st.sampled_from(["giraffe", "parliament", "violin", "sulphur", "harvest", "galaxy"])


@given(PLACES, st.data())
def test_a_word_of_a_statement_follows_from_it_and_a_word_of_none_does_not(place: int, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([word for word in STATEMENTS[place].split() if word.isalpha() and len(word) > 4]))
    text = STATEMENTS[place].replace(word, "_____", 1)

    assert found(answers.answers, with_questions(gap(text, word, place + 1))) == []
    assert found(answers.answers, with_questions(gap(text, data.draw(FOREIGN), place + 1))) == [answers.UNSAID]


@given(PLACES, FOREIGN)
def test_a_statement_is_true_as_it_stands_and_false_with_another_word(place: int, foreign: str) -> None:
    said = STATEMENTS[place]
    word = max((word for word in said.split() if word.isalpha()), key=len)
    wrong = said.replace(word, foreign)

    assert found(answers.answers, with_questions(claim(said, "true", place + 1))) == []
    assert found(answers.answers, with_questions(claim(said, "false", place + 1))) == [answers.NOT_FALSE]
    assert found(answers.answers, with_questions(claim(wrong, "false", place + 1))) == []


@given(PLACES, st.data())
def test_no_word_of_the_proof_is_a_distractor(place: int, data: st.DataObject) -> None:
    words = sorted({word for word in dissected(STATEMENTS[place]).words if len(word) > 4})
    answer, right_too = data.draw(st.permutations(words))[:2]
    assume(not dissected(answer).stems("en") & dissected(right_too).stems("en"))
    draft = with_questions(choice("Which?", answer, place + 1, others=("giraffe", right_too)))

    assert found(distractors.distractors, draft) == [distractors.RIGHT_TOO]


@pytest.mark.parametrize("level", Level)
def test_the_recorded_lesson_passes_at_every_level(level: Level) -> None:
    order = Assignment(ORDER.request.model_copy(update={"level": level}), ORDER.article, ORDER.verses)

    for check in (questions.questions, answers.answers, distractors.distractors, giveaways.giveaways, gaps.gaps):
        assert found(check, DRAFT, order) == []
