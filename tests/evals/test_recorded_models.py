"""What a real model said to the shipped plan for small models, judged by today's checks."""

from pathlib import Path

import pytest

from pathshala_common.checks.examination import CHECKS
from pathshala_generator.settings import GeneratorSettings
from tests.evals import page, writers
from tests.evals.evaluation import evaluate
from tests.evals.figures import Figures, figures
from tests.evals.recordings import recordings
from tests.evals.topics import sample_topics

RECORDED = recordings(Path(__file__).with_name("recorded") / "small.jsonl")
ACCEPTED_MIN = 8
"""Of twelve topics: with fewer lessons, a small model is of no use here, or the plan is not, or a check is wrong."""

PAGE = Path(__file__).parents[2] / "docs" / "evals.md"


@pytest.fixture
async def heard() -> Figures:
    settings = GeneratorSettings(plan=Path("small"))
    asked = [topic for topic in sample_topics() if topic.number in RECORDED]
    model = writers.by_recording(RECORDED, settings)
    return figures(await evaluate(asked, model, checks=writers.checks_for_model(settings)))


async def test_each_topic_comes_to_a_lesson_that_every_check_passes_or_to_a_refusal_by_name(heard: Figures) -> None:
    assert heard.lessons + heard.refused == len(RECORDED)
    assert heard.lessons >= ACCEPTED_MIN
    assert not any(tally.failed for tally in heard.checks.values())
    assert heard.refused_for.keys() <= CHECKS.keys()


async def test_the_page_of_figures_is_what_the_recording_comes_to(heard: Figures) -> None:
    told = PAGE.read_text("utf-8")

    assert page.filled(told, "small", page.table(heard)) == told
