import pytest

from pathshala_common.checks.language import language
from pathshala_common.checks.on_topic import on_topic
from pathshala_common.checks.topic_words import topic_words
from pathshala_common.contract.lesson import Article
from pathshala_common.text.content import content
from pathshala_common.text.languages import known
from pathshala_common.text.scripts import scripts
from pathshala_common.text.sentences import sentences
from pathshala_common.text.words import words
from services.generator.tests.checks.given import VERBS, a_draft, an_order
from services.generator.tests.given import a_request
from services.generator.tests.recorded import recorded

NUMBERS = (
    "Aryabhata wrote numbers with ten digits.\nEach digit has a value by its place.\nZero holds a place open.\n"
    "Brahmagupta gave rules for sums with zero.\nMerchants carried the digits to Baghdad."
)
QUECHUA = "Yachay wasipi wawakuna tusunku, takinku, pukllanku ima. Paykunaqa sapa punchaw yachakunku."


def fields_of(faults: object) -> list[str | None] | None:
    return None if faults is None else [fault.field for fault in faults]  # type: ignore[attr-defined]


@pytest.mark.parametrize("sentence", ["", "\nAll of this helps with verbs.", "\nVerbs!"])
def test_one_sentence_that_names_the_topic_does_not_let_another_lesson_in(sentence: str) -> None:
    draft = a_draft(title="Numbers of old India", explanation=NUMBERS + sentence)

    assert fields_of(on_topic(draft, an_order())) == [None]
    assert fields_of(on_topic(draft, VERBS.assignment)) == [None]


@pytest.mark.parametrize(
    "topic", ["verbs", "Verb", "VERBS in english", "types of verbs", "Introduction to verbs", "the verb"]
)
def test_a_topic_is_known_by_its_telling_words_in_any_inflection(topic: str) -> None:
    assert fields_of(on_topic(VERBS.draft, an_order(topic=topic))) == []


@pytest.mark.parametrize("topic", ["introduction", "Lesson 3", "1+1", "basics"])
def test_a_topic_without_words_of_its_own_is_known_by_its_subject(topic: str) -> None:
    assert fields_of(on_topic(VERBS.draft, an_order("verbs", topic))) == []
    assert fields_of(on_topic(VERBS.draft, an_order("chemistry", topic))) == [None]


def test_a_lesson_that_calls_its_topic_otherwise_is_known_by_the_article() -> None:
    article = VERBS.assignment.article
    assert article is not None
    synonym = an_order(topic="doing words", article=article)

    assert fields_of(on_topic(VERBS.draft, synonym)) == []


def test_where_topic_and_lesson_share_no_language_nothing_is_claimed() -> None:
    hindi = recorded("kriya-primary-hi")

    assert on_topic(hindi.draft, an_order("hindi", "verbs", language="hi")) is None
    assert fields_of(on_topic(hindi.draft, an_order("हिंदी", "वर्षा जल", language="hi"))) == [None]


def test_an_article_in_the_lessons_language_speaks_for_a_topic_in_another() -> None:
    hindi = recorded("photosynthesis-middle-hi")
    other = (
        Article.model_validate(
            {
                **hindi.assignment.article.model_dump(),
                "title": "मुग़ल वास्तुकला",
                "summary": "ताजमहल आगरा में है। उसे शाहजहाँ ने संगमरमर से बनवाया।",
            }
        )
        if hindi.assignment.article
        else None
    )

    assert (
        fields_of(
            on_topic(
                hindi.draft, an_order("science", "photosynthesis", language="hi", article=hindi.assignment.article)
            )
        )
        == []
    )
    assert fields_of(on_topic(hindi.draft, an_order("science", "photosynthesis", language="hi", article=other))) == [
        None
    ]


def test_words_of_every_script_are_taken_apart() -> None:
    assert words("Brüche, naïve l'eau!") == ["bruche", "naive", "l", "eau"]
    assert words("पत्तियाँ हरी हैं।") == ["पत्तियाँ", "हरी", "हैं"]
    assert words("光合作用") == ["光合", "合作", "作用"]
    assert content("plants", "en") == content("Plant", "en")
    assert content("क्रियाएँ", "hi") == content("क्रिया", "hi")
    assert len(sentences("Is it? Yes. It is!\nक्या है? हाँ। ठीक।")) == 6
    assert topic_words(a_request("history", "World War II"), "en").stems == {"world", "war"}


def test_quotes_in_another_language_do_not_count_against_a_field() -> None:
    quoting = a_draft(
        question='Was bedeutet der Satz "Tomorrow and tomorrow and tomorrow creeps in this petty pace"?',
        title="Das Verb",
        activity="Schreibe fünf Sätze über deinen Morgen auf und unterstreiche in jedem Satz das Verb.",
        explanation="Ein Verb sagt, was jemand tut oder was geschieht. Ohne Verb ist ein Satz nicht vollständig.",
        language="de",
        connection="Im Vers geht es um Menschen, die handeln und nicht nur reden, so wie ein Satz ein Verb braucht.",
    )

    assert fields_of(language(quoting, an_order(language="de"))) == []


@pytest.mark.parametrize(("asked", "own"), [("de", "de"), ("de-AT", "de"), ("sr-Latn", "sr"), ("hi-Latn", "hi")])
def test_a_tag_may_name_a_region_or_a_script(asked: str, own: str) -> None:
    assert scripts(asked) == frozenset({"LATIN"})
    assert known(own)


def test_a_draft_that_says_that_it_is_in_another_language_is_not_judged() -> None:
    assert language(a_draft(), an_order(language="hi")) is None


def test_of_a_language_that_the_model_does_not_know_the_script_is_judged() -> None:
    draft = a_draft(
        explanation=QUECHUA, title="Tusuy", activity=QUECHUA, question=QUECHUA, connection=None, language="tlh"
    )

    assert fields_of(language(draft, an_order(language="tlh"))) == []
    hindi = draft.model_copy(update={"activity": recorded("kriya-primary-hi").draft.activity})
    assert fields_of(language(hindi, an_order(language="tlh"))) == ["activity"]
