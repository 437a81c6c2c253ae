import json
from typing import Any

import pytest

from pathshala_common.checks.draft import Draft
from pathshala_common.contract.errors import Reject, Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.answer import draft_of, read_fields
from pathshala_generator.draft import Assignment, explanation_of
from pathshala_generator.prompt import FORMS
from pathshala_generator.shlokas import shipped_shlokas
from services.generator.tests.given import VERB, a_request, an_assignment
from tests.clock import NOON

FIELDS: dict[str, Any] = {
    "title": "T",
    "explanation": [[{"text": "E", "quote": ""}]],
    "activity": "A",
    "question": "Q",
    "verse": 1,
    "connection": "C",
}


ONE_ASKED = "Answer with one JSON object that has these fields, and no other:\\n- question: one line of text"
"""What a request ends with that is of the time when a lesson had one question."""
TODAY_ASKED = "Answer with one JSON object that has these fields, and no other:\\n- questions: a list"


def answered(content: str | None, **message: Any) -> ProviderCall:
    request = message.pop("request", ONE_ASKED)
    choice = {"finish_reason": message.pop("finish_reason", "stop"), "message": {"content": content, **message}}
    return call(json.dumps({"choices": [choice]}), request=request)


def call(answer: str, status: int = 200, request: str = ONE_ASKED) -> ProviderCall:
    return ProviderCall.recorded("openai", request, seconds=0, status=status, answer=answer)


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here it is:\n{}\nI hope that helps."])
def test_fields_are_read_whatever_stands_around_them(around: str) -> None:
    content = around.replace("{}", json.dumps(FIELDS | {"stranger": "x"}))

    assert read_fields(answered(content), list(FORMS), NOON) == FIELDS


def test_only_what_was_asked_for_is_taken() -> None:
    assert read_fields(answered(json.dumps(FIELDS)), ["title"], NOON) == {"title": "T"}


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        (call("", 500), Retry, "provider_error"),
        (call("null"), Retry, "invalid_answer"),
        (call("<html>"), Retry, "invalid_answer"),
        (call('{"choices": []}'), Retry, "invalid_answer"),
        (call(" " * 300_000), Retry, "invalid_answer"),
        (answered("  "), Retry, "invalid_answer"),
        (answered(None), Retry, "invalid_answer"),
        (answered('{"title": "Cut'), Retry, "invalid_answer"),
        (answered("[" * 9_999), Retry, "invalid_answer"),
        (answered('["title"]'), Retry, "invalid_answer"),
        (answered('{"title": "T"}'), Retry, "invalid_answer"),
        (answered(json.dumps(FIELDS), finish_reason="length"), Retry, "invalid_answer"),
        (answered("", finish_reason="content_filter"), Reject, "content_filtered"),
        (answered(None, refusal="I cannot help with that."), Reject, "model_refused"),
    ],
)
def test_an_answer_without_a_lesson_has_a_named_fate(said: ProviderCall, kind: type[Retry | Reject], code: str) -> None:
    fate = read_fields(said, list(FORMS), NOON)

    assert isinstance(fate, kind)
    assert fate.code == code
    assert "cannot help" not in str(fate)


def test_text_is_cleaned_of_what_is_no_text() -> None:
    said = [[{"text": "\0x\r\ny\x1b\ud800\uffff", "quote": ""}]]

    draft = draft_of(FIELDS | {"title": "A\nB", "explanation": said, "question": "q\t?"}, an_assignment())

    assert isinstance(draft, Draft)
    assert (draft.title, explanation_of(draft), draft.question) == ("A B", "x\ny", "q ?")


def test_a_quote_becomes_the_article_s_own_words_and_an_invented_one_stays_for_the_check() -> None:
    said = [
        {"text": "A", "quote": "“a verb is a WORD that in\n syntax”"},
        {"text": "B", "quote": "a verb is a fruit"},
        {"text": "C", "quote": " "},
    ]

    draft = draft_of(FIELDS | {"explanation": [said]}, an_assignment())

    assert isinstance(draft, Draft)
    assert [one.quote for one in draft.statements] == ["A verb is a word that in syntax", "a verb is a fruit", None]


def test_without_an_article_nothing_is_a_quote() -> None:
    draft = draft_of(FIELDS | {"explanation": [[{"text": "A", "quote": "A verb"}]]}, an_assignment(article=None))

    assert isinstance(draft, Draft)
    assert draft.statements[0].quote is None


@pytest.mark.parametrize(
    "explanation",
    ["One.\n\nTwo.", ["One.", "Two."], [{"text": "One."}, {"text": "Two."}], [["One."], [], [{"text": "Two."}]]],
)
def test_an_explanation_in_a_simpler_form_is_read_as_paragraphs(explanation: object) -> None:
    draft = draft_of(FIELDS | {"explanation": explanation}, an_assignment())

    assert isinstance(draft, Draft)
    assert explanation_of(draft) == "One.\n\nTwo."


@pytest.mark.parametrize("number", [2, "2"])
def test_a_verse_is_picked_by_its_number(number: object) -> None:
    draft = draft_of(FIELDS | {"verse": number}, Assignment(a_request(), VERB, shipped_shlokas()[:2]))

    assert isinstance(draft, Draft)
    assert draft.verse == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"activity": 7},
        {"question": None},
        {"connection": ""},
        {"verse": 0},
        {"verse": 2},
        {"verse": "the first"},
        {"explanation": []},
        {"explanation": [[{"quote": "x"}]]},
        {"explanation": "x" * 21_000},
        {"explanation": [["x" * 15_000], ["y" * 15_000]]},
        {"title": "", "question": ""},
    ],
)
def test_fields_that_cannot_be_used_are_named_and_no_other(wrong: dict[str, Any]) -> None:
    faults = draft_of(FIELDS | wrong, an_assignment())

    assert not isinstance(faults, Draft)
    assert {fault.field for fault in faults} == wrong.keys()
    assert {fault.check for fault in faults} == {"complete"}


GAP = {"form": "gap", "text": "A verb is a _____.", "options": ["word"], "answer": "word", "proven_by": ["1"]}
CHOICE = {
    "form": "choice",
    "text": "What is a verb?",
    "options": ["a word", "a letter", "10 words", "9 words"],
    "answer": "A word",
    "proven_by": [1],
}
CLAIM = {"form": "true_false", "text": "A verb is a word.", "options": [], "answer": True, "proven_by": []}
OF_CLASSROOM = {"objectives": ["Find verbs."], "minutes": "30", "materials": "paper", "questions": [GAP, CHOICE, CLAIM]}
TODAY = {name: said for name, said in FIELDS.items() if name != "question"} | OF_CLASSROOM


def test_questions_are_read_with_options_in_an_order_that_betrays_nothing() -> None:
    draft = draft_of(TODAY, an_assignment())

    assert isinstance(draft, Draft)
    gap, choice, claim = draft.questions
    assert (gap.options, gap.answer, gap.proven_by) == ((), "word", (1,))
    assert (choice.options, choice.answer) == (("a letter", "a word", "9 words", "10 words"), "a word")
    assert choice.distractors == ("a letter", "9 words", "10 words")
    assert claim.answer == "true"
    assert draft.question == gap.text
    assert (draft.objectives, draft.minutes, draft.materials) == (("Find verbs.",), 30, ("paper",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"objectives": []},
        {"objectives": None},
        {"minutes": 0},
        {"minutes": "a while"},
        {"minutes": 1_000},
        {"materials": None},
        {"questions": []},
        {"questions": "Why?"},
        {"questions": ["Why?"]},
        {"questions": [GAP, {"form": "riddle"}]},
        {"questions": [CHOICE | {"answer": "a sentence"}]},
        {"questions": [CHOICE | {"options": ["a word"]}]},
        {"questions": [CLAIM | {"answer": "perhaps"}]},
        {"questions": [GAP | {"answer": " "}]},
        {"questions": [GAP | {"text": ""}]},
        {"questions": [GAP | {"proven_by": [0]}]},
    ],
)
def test_what_is_no_question_or_no_plan_for_a_class_is_named(wrong: dict[str, Any]) -> None:
    faults = draft_of(TODAY | wrong, an_assignment())

    assert not isinstance(faults, Draft)
    assert {fault.field for fault in faults} == wrong.keys()


def test_a_recording_is_read_as_it_was_asked_for_when_a_lesson_had_one_question() -> None:
    said = json.dumps(FIELDS | OF_CLASSROOM)
    before, today = (read_fields(answered(said, request=end), list(FORMS), NOON) for end in (ONE_ASKED, TODAY_ASKED))

    assert before == FIELDS
    assert today == TODAY
    assert isinstance(before, dict)
    assert isinstance(draft := draft_of(before, an_assignment()), Draft)
    assert (draft.question, draft.questions) == ("Q", ())


def test_a_topic_cannot_make_a_request_look_like_one_of_that_time() -> None:
    fields = read_fields(
        answered(json.dumps(FIELDS | OF_CLASSROOM), request=f"{ONE_ASKED} {TODAY_ASKED}"), list(FORMS), NOON
    )

    assert fields == TODAY
