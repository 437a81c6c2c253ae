import pytest

from pathshala_common.checks.complete import CIRCLING, complete
from pathshala_common.checks.own_voice import LEAKED, own_voice
from pathshala_common.checks.plain_text import plain_text
from pathshala_common.contract.lesson import Level
from services.generator.tests.checks.given import a_draft, an_order

ACTIVITY = "Write five sentences about your morning and put a ring around each verb that you find."
ORDERS = "Begin with something that the learner has seen, done or wondered about, and arrive at what the topic is."


@pytest.mark.parametrize(
    "text",
    [
        "If a < b and b < c, then a < c; the same holds for x<y and y>z.",
        "Compute 2 * 3 * 4 and a*b*c, then 5^2 and x_1 + x_2.",
        "- one\n- two\n* three",
        "Read https://en.wikipedia.org/wiki/Verb_(linguistics) and note [1] in brackets (like this).",
        "R&D and AT&T; salt & pepper; H&#M is no entity",
        "He said: data: none. Java is no script: it is a language.",
        "The matrix [1, 2](3) is no link, nor is f[x](y z).",
    ],
)
def test_signs_of_mathematics_lists_and_addresses_are_text(text: str) -> None:
    assert list(plain_text(a_draft(activity=text), an_order())) == []


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>", "line<br/>line", "<div class='x'>", "<!-- x -->", "&nbsp;x", "&#x27;", "# Heading", "**bold**",
        "```python", "[a](/b)", "__bold__", "a *word* set", "| a | b |", "---", "javascript:alert(1)",
        "data:text/html;base64,x",
        "<script src=x>", "hid\u202eden", "ver\U000e0062b",
    ],
)  # fmt: skip
def test_markup_is_not_text(text: str) -> None:
    faults = list(plain_text(a_draft(activity=text), an_order()))

    assert {fault.field for fault in faults} == {"activity"}


def test_a_lesson_on_html_may_name_tags_but_runs_nothing() -> None:
    order = an_order("computing", "HTML")

    assert list(plain_text(a_draft(activity="Put <p> before a paragraph and </p> behind it."), order)) == []
    assert list(plain_text(a_draft(activity="Try <script>alert(1)</script>."), order)) != []


@pytest.mark.parametrize(
    "text",
    [
        "Of course, not every word that ends in -ing is a verb, and you can show why.",
        "She says: I apologize for being late. Would you like me to help you?",
        "Follow the rules above and, from the given data, find the mean. I was told to wait outside.",
        "Zero is a placeholder: it holds a place open. Todo verbo cambia.",
        "Machines learn too, and a robot can answer; people call that artificial intelligence.",
    ],
)
def test_ordinary_sentences_are_nobodys_self_talk(text: str) -> None:
    draft = a_draft(activity=f"{ACTIVITY} {text}")

    assert [*own_voice("")(draft, an_order()), *complete(draft, an_order())] == []


def test_a_lesson_on_json_may_show_json() -> None:
    draft = a_draft(activity='Read {"title": "verbs", "status": "failed"} aloud, and say what the JSON object holds.')

    assert list(own_voice("")(draft, an_order("computing", "JSON"))) == []
    assert list(own_voice("")(draft, an_order())) != []


def test_words_of_the_instructions_in_a_row_are_leaked_and_a_few_are_not() -> None:
    check = own_voice(ORDERS)

    leaked = list(check(a_draft(activity=f"{ACTIVITY} {ORDERS}"), an_order()))
    few = list(check(a_draft(activity=f"{ACTIVITY} Begin with something that you know."), an_order()))

    assert [(fault.field, fault.reason) for fault in leaked] == [("activity", LEAKED)]
    assert few == []


@pytest.mark.parametrize(
    "text", ["N/A", "none", "...", "[topic]", "{{title}}", "TODO: write", "Lorem ipsum dolor", "insert example here"]
)
def test_a_placeholder_is_nothing(text: str) -> None:
    assert {fault.field for fault in complete(a_draft(activity=text), an_order())} == {"activity"}


def test_lengths_are_judged_by_the_level() -> None:
    words = " ".join(f"Verb number {number} tells what person {number} did then." for number in range(70))

    assert [fault.field for fault in complete(a_draft(explanation=words), an_order(level=Level.PRIMARY))] == [
        "explanation"
    ]
    assert list(complete(a_draft(explanation=words), an_order(level=Level.ADULT))) == []


@pytest.mark.parametrize(("field", "text"), [("question", "verbs"), ("title", "x " * 40), ("activity", "Do it.")])
def test_a_field_of_a_senseless_length_is_found(field: str, text: str) -> None:
    assert {fault.field for fault in complete(a_draft(**{field: text}), an_order())} == {field}


def test_a_field_that_repeats_another_is_found() -> None:
    assert [fault.field for fault in complete(a_draft(question=f"{ACTIVITY}?", activity=ACTIVITY), an_order())] == [
        "question"
    ]


def test_three_sentences_of_the_same_words_go_round_in_circles() -> None:
    told = "A strong verb changes its own vowel in the past. " * 2 + "So a strong verb changes its own vowel in songs."

    assert CIRCLING in {fault.reason for fault in complete(a_draft(activity=told), an_order())}
    assert CIRCLING not in {fault.reason for fault in complete(a_draft(activity=told, arranged=True), an_order())}


@pytest.mark.parametrize("name", ["the causes of the First World War in Europe", "First World War in Europe: causes"])
def test_a_topic_of_many_words_may_be_named_in_each_sentence(name: str) -> None:
    told = f"Write {name} on a card. Sort {name} by weight. Tell a friend of {name} that you doubt."
    order = an_order("history", "the causes of the First World War in Europe")

    assert CIRCLING not in {fault.reason for fault in complete(a_draft(activity=told), order)}
