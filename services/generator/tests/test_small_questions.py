from pathshala_common.checks.draft import Draft
from pathshala_common.contract.lesson import Article, QuestionForm
from pathshala_generator.answer import draft_of
from pathshala_generator.small_questions import questions_of
from services.generator.tests.given import a_request, an_assignment

RAIN = Article(
    title="Rain",
    summary=(
        "Rain is water that falls from clouds in drops. The Sun warms the sea, and vapour rises into the air. High up "
        "the vapour cools and becomes small drops, which form a cloud. Rain fills rivers and wells."
    ),
    url=None,
    language="en",
    revision_id=1,
    licence="MIT",
)
FACTS = [
    {"text": "You have heard drops on a tin roof."},
    {"text": "Rain is water, and it comes down from the clouds.", "quote": "Rain is water that falls from clouds"},
    {"text": "The vapour becomes small drops, because the air high up is cold.", "quote": "the vapour cools"},
    {"text": "Rivers and wells are full again after the rain.", "quote": "Rain fills rivers and wells"},
]
OWN = {"text": "Why do drops form high up?", "answer": "The air high up is cold."}


def test_the_model_s_question_stands_last_with_the_statement_that_bears_it_out() -> None:
    asked = questions_of(OWN, FACTS, an_assignment(a_request("science", "rain"), RAIN))

    assert len(asked) >= 3
    assert (asked[-1]["form"], asked[-1]["text"]) == (QuestionForm.OPEN, OWN["text"])
    assert asked[-1]["proven_by"] == [3]
    assert all(FACTS[place - 1].get("quote") for one in asked[:-1] for place in one["proven_by"])


def test_one_that_nothing_bears_out_gives_way_to_one_that_follows_from_a_fact() -> None:
    stray = {"text": "Who found the monsoon winds?", "answer": "A Greek sailor called Hippalus."}

    asked = questions_of(stray, FACTS, an_assignment(a_request("science", "rain"), RAIN))

    assert asked[-1]["form"] is QuestionForm.OPEN
    assert stray["text"] not in {one["text"] for one in asked}


def test_without_facts_or_words_for_questions_the_model_s_is_alone() -> None:
    bare = [{"text": one["text"]} for one in FACTS]
    german = RAIN.model_copy(update={"language": "de"})

    assert [one["text"] for one in questions_of(OWN, bare, an_assignment(a_request(), RAIN))] == [OWN["text"]]
    foreign = an_assignment(a_request("Kunde", "Regen", language="de"), german)
    assert [one["text"] for one in questions_of(OWN, FACTS, foreign)] == [OWN["text"]]


def test_what_the_model_leaves_out_is_left_out() -> None:
    [asked] = questions_of({}, [], an_assignment(article=None))

    assert (asked["text"], asked["proven_by"]) == (None, [])


def test_what_is_made_of_the_facts_is_a_draft_s_question_whatever_its_form() -> None:
    assignment = an_assignment(a_request("science", "rain"), RAIN)
    explanation = [[said] for said in FACTS]
    fields = {
        "title": "Rain",
        "objectives": ["Say what rain is."],
        "activity": "1. Listen.",
        "minutes": 20,
        "materials": [],
    }

    draft = draft_of(
        {**fields, "explanation": explanation, "questions": OWN, "verse": 1, "connection": "Rain too."}, assignment
    )

    assert isinstance(draft, Draft)
    assert QuestionForm.CHOICE in {question.form for question in draft.questions}
