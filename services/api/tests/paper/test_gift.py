"""GIFT: what a reader of the format takes out is what the lesson says, whatever signs it has."""

from pathshala_api.paper.gift import gift
from pathshala_api.paper.pieces import joined
from pathshala_common.contract.lesson import LessonQuestion, QuestionForm
from services.api.tests.paper.gift_reader import Read, read_gift
from services.api.tests.paper.given import CANARIES, CANARY, HINDI, STORED, UNGROUNDED, with_content

SIGNS = "// a {b} = c ~ d # e : f \\ g\n$CATEGORY: h\n\n%50% i -> j \\n"


def test_a_lesson_is_a_category_of_its_questions_in_their_forms() -> None:
    questions = read_gift(joined(gift([STORED])).decode())["Understanding Verbs"]

    choice, claim, gap, essay = questions
    assert choice == Read(
        "1. Which is a verb?",
        "Which is a verb?",
        [(False, "cat"), (False, "red"), (True, "run")],
        "A verb conveys an action.",
    )
    assert (claim.truth, claim.feedback) == (False, "Its basic form is the infinitive.")
    assert gap.answers == [(True, "infinitive")]
    assert (essay.answers, essay.truth) == ([], None)
    assert essay.feedback == "Answer: To tell what happens.\nA verb conveys an action."


def test_signs_that_the_format_knows_come_in_as_they_are() -> None:
    asked = (
        LessonQuestion(
            form=QuestionForm.CHOICE, text=SIGNS, options=(f"%50% {SIGNS}", f"{SIGNS}2"), answer=f"{SIGNS}2"
        ),
        LessonQuestion(form=QuestionForm.GAP, text="It is _____.", answer="%7% = TRUE"),
        LessonQuestion(form=QuestionForm.GAP, text="It is _____.", answer="a -> b"),
        LessonQuestion(form=QuestionForm.OPEN, text=SIGNS, answer=SIGNS),
    )
    [questions] = read_gift(joined(gift([with_content(questions=asked)])).decode()).values()

    assert questions[0].text == SIGNS
    assert questions[0].answers == [(False, f"%50% {SIGNS}"), (True, f"{SIGNS}2")]
    assert questions[1].answers == [(True, "%7% = TRUE")]
    assert questions[2].answers == [(True, "a → b")]
    assert questions[3].feedback == f"Answer: {SIGNS}"


def test_markup_is_text_and_a_lesson_without_facts_has_one_question_without_an_answer() -> None:
    read = read_gift(joined(gift([CANARIES, HINDI, UNGROUNDED])).decode())

    assert [len(questions) for questions in read.values()] == [2, 4, 1]
    assert read[CANARY][0].text == CANARY
    assert read["Understanding Verbs"] == [Read("1", "Which is a verb?", [], "")]
