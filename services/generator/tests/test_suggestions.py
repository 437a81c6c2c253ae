"""A failure whose cause is the order comes with another one, which gets its lesson."""

import json
from collections.abc import AsyncIterator

import pytest

from pathshala_common.checks.reading_level import TOO_HARD
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import LessonEnriched, LessonGenerated
from pathshala_common.contract.lesson import (
    SOURCE_TEXT_LENGTH_MAX,
    Article,
    ArticleSource,
    LessonContent,
    LessonRequest,
    Level,
    Suggestion,
)
from pathshala_generator.draft import LANGUAGE_UNAVAILABLE, LESSON_REFUSED, Writer
from pathshala_generator.handlers import handlers
from pathshala_generator.moderation import TOPIC_REFUSED
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.safety import refusal, shipped_categories
from pathshala_generator.shlokas import shipped_shlokas
from pathshala_generator.source_text import article_of
from pathshala_generator.suggestions import SUBJECT_OF_CARE, suggestion_for
from services.generator.tests.given import VERB, a_request, told, writing
from services.generator.tests.recorded import asked_for_more, recorded
from tests.clock import PassingClock
from tests.stories.events import delivered
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import Fault

OWN_TEXT = "A verb is a word that says what somebody does. In English the basic form is called the infinitive."


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


async def lesson(writer: Writer, request: LessonRequest, article: Article | None = None) -> LessonContent:
    event = LessonEnriched(task_id="t-1", request=request, article=article)
    table = handlers(writer, shipped_shlokas(), PassingClock())
    *_, generated = await told(table[LessonEnriched](event, delivered(event)))
    assert isinstance(generated, LessonGenerated)
    return generated.content


async def refused(writer: Writer, request: LessonRequest, article: Article | None = None) -> tuple[str, Suggestion]:
    with pytest.raises(Reject) as failed:
        await lesson(writer, request, article)
    assert failed.value.suggestion is not None
    return failed.value.code, failed.value.suggestion


def taken(suggestion: Suggestion, request: LessonRequest, **needed: str) -> LessonRequest:
    assert needed.keys() == set(suggestion.needs)
    return request.model_copy(update={**dict(suggestion.order), **needed})


async def test_a_language_without_words_is_suggested_in_one_that_has_them() -> None:
    order = a_request(language="de")

    code, suggestion = await refused(OfflineWriter(), order, VERB)

    assert code == LANGUAGE_UNAVAILABLE
    assert (await lesson(OfflineWriter(), taken(suggestion, order), VERB)).language == "en"


async def test_a_topic_for_no_classroom_is_answered_with_one_that_is() -> None:
    order = a_request("chemistry", "how to make a bomb")

    code, suggestion = await refused(OfflineWriter(), order)

    assert code == TOPIC_REFUSED
    assert (await lesson(OfflineWriter(), taken(suggestion, order))).question


@pytest.mark.parametrize("instead", [each.instead for each in shipped_categories()])
def test_no_topic_that_is_offered_is_itself_refused(instead: str) -> None:
    assert refusal(a_request(SUBJECT_OF_CARE, instead)) is None


async def test_a_lesson_that_stays_too_hard_is_suggested_for_the_level_above(stub: StubOpenAI) -> None:
    hard = recorded("bad-too-hard-for-primary")
    said = {"connection": "A link.", **asked_for_more(hard.fields), "verse": 1}
    stub.faults.extend([Fault(message={"content": json.dumps(said)})] * 3)
    order, article = hard.assignment.request, hard.assignment.article

    async with writing(stub.url) as writer:
        code, suggestion = await refused(writer, order, article)
        written = await lesson(writer, taken(suggestion, order), article)

    assert code == LESSON_REFUSED
    assert (order.level, written.level) == (Level.PRIMARY, Level.MIDDLE)


async def test_a_word_of_several_senses_is_suggested_in_another(stub: StubOpenAI) -> None:
    off = {"activity": "As an AI language model I cannot do that.", "verse": 1}
    well = asked_for_more(recorded("verbs-middle-en").fields)
    stub.faults.extend([Fault(message={"content": json.dumps({**well, **off})})] * 3)
    order = a_request("science", "mercury")
    article = VERB.model_copy(update={"title": "Mercury", "related_articles": ("Mercury (planet)", "Metal")})

    async with writing(stub.url) as writer:
        code, suggestion = await refused(writer, order, article)
        written = await lesson(writer, taken(suggestion, order))

    assert code == LESSON_REFUSED
    assert suggestion.order.topic == "Mercury (planet)"
    assert "planet" in written.title


async def test_else_a_lesson_is_suggested_on_a_text_of_ones_own(stub: StubOpenAI) -> None:
    bad = recorded("bad-maths-for-verbs")
    said = {"connection": "A link.", **asked_for_more(bad.fields), "verse": 1}
    stub.faults.extend([Fault(message={"content": json.dumps(said)})] * 3)
    order = a_request()

    async with writing(stub.url) as writer:
        code, suggestion = await refused(writer, order, VERB)
        written = await lesson(writer, taken(suggestion, order, source_text=OWN_TEXT), VERB)

    assert code == LESSON_REFUSED
    assert written.source is ArticleSource.TEACHER
    assert written.source_info == article_of(taken(suggestion, order, source_text=OWN_TEXT))
    assert written.wikipedia_info is None


@pytest.mark.parametrize("code", ["deadline_exceeded", "quota_exhausted", "provider_refused_key", "model_refused"])
def test_a_failure_that_is_not_the_order_s_suggests_nothing(code: str) -> None:
    assert suggestion_for(Reject(code, "of no fault of the order"), a_request(), VERB) is None


@pytest.mark.parametrize(("level", "other"), [(Level.ADULT, None), (Level.PRIMARY, Level.MIDDLE)])
def test_above_the_highest_level_there_is_none(level: Level, other: Level | None) -> None:
    reason = f"the explanation {TOO_HARD} (reading_level)"

    suggestion = suggestion_for(Reject(LESSON_REFUSED, reason), a_request(level=level), None)

    assert suggestion is not None
    assert suggestion.order.level == (other or level)
    assert (suggestion.needs == ()) == (other is not None)


@pytest.mark.parametrize(("text", "language"), [(OWN_TEXT, "en"), ("क्रिया वह शब्द है जो काम बताता है।", "hi")])
def test_a_text_of_ones_own_is_in_the_language_of_its_letters(text: str, language: str) -> None:
    article = article_of(a_request(language="hi").model_copy(update={"source_text": text}))

    assert article is not None
    assert (article.language, article.summary, article.url) == (language, text, None)


def test_a_text_of_ones_own_is_bounded() -> None:
    order = a_request().model_dump()

    with pytest.raises(ValueError, match="source_text"):
        LessonRequest.model_validate(order | {"source_text": "x" * (SOURCE_TEXT_LENGTH_MAX + 1)})
