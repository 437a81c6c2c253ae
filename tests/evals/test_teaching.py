"""Lessons of the offline writer on all shipped articles, and lessons that are not well, by a teacher's eye."""

import asyncio
import json
from pathlib import Path

import pytest

from pathshala_common.contract.lesson import Level
from tests.evals import writers
from tests.evals.evaluation import Result, evaluate
from tests.evals.figures import figures, judged
from tests.evals.shelf import core_sentences, shelf
from tests.evals.teaching import TEACHING

GENERAL = json.loads(Path(__file__).with_name("general_activities.json").read_bytes())
"""Activities that would fit any topic: of the time when they were chosen by subject alone."""

FOUND_MIN = 0.8
FLAGGED_MIN = {"en": 0.95, "hi": 0.8}


@pytest.fixture(scope="module")
def lessons() -> list[Result]:
    return [*asyncio.run(evaluate(shelf(), writers.offline(), revisions=2))]


def test_every_shipped_article_becomes_a_lesson_at_every_level_that_a_teacher_would_hand_out(
    lessons: list[Result],
) -> None:
    counted = figures(lessons)

    assert counted.failures == {}
    assert counted.well
    assert counted.taught_well
    assert counted.lessons == 2 * len(shelf()) == 2 * len(core_sentences()) * len(Level)


def test_every_lesson_has_the_sentences_that_say_what_its_topic_is_and_the_definition_first(
    lessons: list[Result],
) -> None:
    chosen = core_sentences()
    for result in lessons:
        assert result.draft
        assert result.topic.article
        quotes = [said.quote for said in result.draft.statements if said.quote]
        wanted = chosen[result.topic.article.title]
        assert all(any(quote.startswith(each) for quote in quotes) for each in wanted), result.topic.name
        assert quotes[0].startswith(wanted[0])


def changed(result: Result, **fields: object) -> dict[str, bool | None]:
    assert result.draft
    draft = result.draft.model_copy(update=fields)
    return {name: judge(draft, result.topic.request, result.topic.article) for name, judge in TEACHING.items()}


def test_a_lesson_without_its_definition_is_found(lessons: list[Result]) -> None:
    """In most cases: some articles say much of their definition a second time."""
    without: list[bool | None] = []
    for result in lessons:
        assert result.draft
        assert result.topic.article
        wanted = core_sentences()[result.topic.article.title][0]
        left = tuple(said for said in result.draft.statements if not (said.quote or "").startswith(wanted))
        found = changed(result, explanation=(left,))
        without.append(found["core"])
    assert without.count(False) >= FOUND_MIN * len(without)


def test_an_activity_that_fits_any_topic_is_found(lessons: list[Result]) -> None:
    for language, least in FLAGGED_MIN.items():
        found = [
            changed(result, activity=text.replace("{topic}", result.topic.request.topic))["own_activity"]
            for result in lessons[::8]
            if result.topic.request.language == language
            for text in GENERAL[language]
        ]
        assert found.count(False) >= least * len(found)


@pytest.mark.parametrize(
    "denial",
    [
        "The verse does not explain “rain”. Read it first, be still for a moment, and then begin.",
        "The verse is not about “rain”; it opens the lesson.",
        "Between the verse and “rain” there is no bridge yet.",
        "Does it fit anywhere? It need not.",
        "यह श्लोक “वर्षा” के बारे में नहीं है।",
        "श्लोक “वर्षा” को समझाता नहीं है।",
        "श्लोक और “वर्षा” का कोई संबंध नहीं।",
    ],
)
def test_a_denied_link_is_found(lessons: list[Result], denial: str) -> None:
    assert changed(lessons[0], connection=denial)["link"] is False
    assert judged(lessons[0])["link"] is True
