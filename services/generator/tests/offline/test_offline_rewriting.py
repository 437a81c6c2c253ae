"""One part of a lesson is written anew without a model: what rules can make, or an honest refusal."""

from collections.abc import Sequence

import pytest

from pathshala_common.checks.examination import findings
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import Article, LessonContent, LessonPart, Level, QuestionForm
from pathshala_common.text.words import length
from pathshala_generator.draft import Assignment, content_of
from pathshala_generator.offline_examination import CHECKED, UNREFUSED
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.rewriting import Rewriting
from pathshala_generator.rewritten import LESSON_FIELDS, as_it_stands, rewritten_content
from pathshala_generator.shlokas import candidates, other_candidates, shipped_shlokas
from services.generator.tests.given import a_request, unrecorded

WRITER = OfflineWriter()
PLANT = Article(
    title="Photosynthesis",
    summary=(
        "Photosynthesis is the process by which green plants make sugar from water and carbon dioxide with the energy "
        "of light. Oxygen is set free in photosynthesis and passes into the air. Photosynthesis takes place mainly in "
        "the leaves. Leaf cells contain small bodies called chloroplasts. Chlorophyll catches the energy of sunlight "
        "and gives leaves their green colour. The roots take up water from the soil. Carbon dioxide enters a leaf "
        "through tiny openings called stomata. The plant uses the sugar to build starch, wood and other substances. "
        "A potato plant, for example, stores starch in its tubers."
    ),
    url="https://en.wikipedia.org/wiki/Photosynthesis",
    language="en",
    revision_id=7,
    licence="CC BY-SA 4.0",
)
REQUEST = a_request("biology", "photosynthesis", level=Level.SECONDARY)


async def a_lesson(article: Article | None = PLANT) -> LessonContent:
    assignment = Assignment(REQUEST, article, candidates(shipped_shlokas(), REQUEST, "t-1"))
    return content_of(assignment, await WRITER.write(assignment, unrecorded), WRITER, None)


async def rewrite(lesson: LessonContent, part: LessonPart, wish: str, number: int | None = None) -> LessonContent:
    order = Rewriting(lesson, part, wish, number)
    verses = other_candidates(shipped_shlokas(), REQUEST, "t-2", lesson.shloka)
    assignment = Assignment(REQUEST, order.article, verses, rewriting=order)
    return rewritten_content(order, assignment, await WRITER.write(assignment, unrecorded), WRITER)


def words(texts: str | Sequence[str]) -> int:
    return length(texts if isinstance(texts, str) else "\n".join(texts))


@pytest.mark.parametrize("part", list(LessonPart))
async def test_another_one_of_each_part_leaves_the_rest_byte_for_byte(part: LessonPart) -> None:
    lesson = await a_lesson()

    now = await rewrite(lesson, part, "another one, please")

    own = {*LESSON_FIELDS[part], *({"questions"} if part is LessonPart.EXPLANATION else ()), "quality"}
    assert now.model_dump_json(exclude=own) == lesson.model_dump_json(exclude=own)
    assert getattr(now, LESSON_FIELDS[part][0]) != getattr(lesson, LESSON_FIELDS[part][0])
    unproven = [[one.model_dump_json(exclude={"proven_by"}) for one in each.questions] for each in (now, lesson)]
    assert (unproven[0] == unproven[1]) == (part is not LessonPart.QUESTIONS)
    assert [(one.part, one.writer, one.model) for one in now.quality.rewritten] == [(part, "offline", None)]


@pytest.mark.parametrize(
    ("part", "wish", "is_shorter"),
    [
        (LessonPart.EXPLANATION, "shorter", True),
        (LessonPart.EXPLANATION, "a longer explanation", False),
        (LessonPart.VERSE, "a shorter verse", True),
        (LessonPart.OBJECTIVES, "fewer objectives", True),
    ],
)
async def test_a_shorter_one_has_fewer_words_and_a_longer_one_more(
    part: LessonPart,
    wish: str,
    is_shorter: bool,  # noqa: FBT001  a parametrised value
) -> None:
    lesson = await a_lesson()
    field = "translation" if part is LessonPart.VERSE else LESSON_FIELDS[part][0]

    now = await rewrite(lesson, part, wish)

    assert (words(getattr(now, field)) < words(getattr(lesson, field))) == is_shorter


async def test_every_answer_is_still_proven_and_every_check_is_passed_that_was() -> None:
    lesson = await a_lesson()

    for wish in ("another", "shorter", "longer"):
        now = await rewrite(lesson, LessonPart.EXPLANATION, wish)

        assert set(now.quality.checks_passed) >= set(lesson.quality.checks_passed)
        order = Rewriting(now, LessonPart.TITLE, "")
        found = findings(as_it_stands(order), Assignment(REQUEST, PLANT, ()), CHECKED)
        assert [name for name, faults in found.items() if faults and name not in UNREFUSED] == []


@pytest.mark.parametrize(
    ("wish", "form"),
    [
        ("as a gap", QuestionForm.GAP),
        ("true or false", QuestionForm.TRUE_FALSE),
        ("multiple choice", QuestionForm.CHOICE),
    ],
)
async def test_one_question_of_a_form_takes_its_place_among_the_others(wish: str, form: QuestionForm) -> None:
    lesson = await a_lesson()

    now = await rewrite(lesson, LessonPart.QUESTIONS, wish, number=2)

    assert now.questions[1].form is form
    assert now.questions[1].text not in [one.text for one in lesson.questions]
    others = [[one.model_dump_json() for one in (each.questions[0], *each.questions[2:])] for each in (now, lesson)]
    assert others[0] == others[1]


@pytest.mark.parametrize(
    ("part", "wish"),
    [
        (LessonPart.ACTIVITY, "an example from cricket"),
        (LessonPart.ACTIVITY, "an easier activity"),
        (LessonPart.EXPLANATION, "as a multiple choice question"),
    ],
)
async def test_a_wish_that_it_cannot_meet_is_refused_with_what_it_can(part: LessonPart, wish: str) -> None:
    with pytest.raises(Reject) as refused:
        await rewrite(await a_lesson(), part, wish)

    assert refused.value.code == "wish_unmet"
    assert "a shorter one" in refused.value.reason
    assert "PATHSHALA_WRITER=openai" in refused.value.reason
    assert "cricket" not in refused.value.reason


async def test_a_lesson_without_an_article_gets_other_words_and_no_facts() -> None:
    lesson = await a_lesson(None)

    now = await rewrite(lesson, LessonPart.ACTIVITY, "another")
    assert now.activity != lesson.activity
    assert now.quality.checks_passed == ()
    assert not now.quality.grounded
    with pytest.raises(Reject, match="cannot make one with a choice"):
        await rewrite(lesson, LessonPart.QUESTIONS, "multiple choice", number=1)
