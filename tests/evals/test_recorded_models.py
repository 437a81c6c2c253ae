"""What a real model said to the shipped plans, judged by today's checks."""

from pathlib import Path

import pytest

from pathshala_common.checks.examination import CHECKS
from pathshala_generator.settings import GeneratorSettings
from tests.evals import page, writers
from tests.evals.evaluation import evaluate
from tests.evals.figures import Figures, figures
from tests.evals.recordings import recordings
from tests.evals.topics import sample_topics

FOLDER = Path(__file__).with_name("recorded")
PLANS = {"small": GeneratorSettings(plan=Path("small")), "usual": GeneratorSettings(repairs_max=1)}
ACCEPTED_SHARE_MIN = {"small": 2 / 3, "usual": 0}
"""With fewer lessons by the plan that is made for it, a small model is of no use here, or plan or check is wrong.

By the usual plan it may fail each time: what it says then is refused by name.
"""

PAGE = Path(__file__).parents[2] / "docs" / "evals.md"


async def heard(plan: str) -> tuple[Figures, int]:
    """The figures of a plan's recording, and on how many topics it is."""
    recorded = recordings(FOLDER / f"{plan}.jsonl")
    settings = PLANS[plan]
    asked = [topic for topic in sample_topics() if topic.number in recorded]
    model = writers.by_recording(recorded, settings)
    return figures(await evaluate(asked, model, checks=writers.checks_for_model(settings))), len(recorded)


@pytest.mark.parametrize("plan", PLANS)
async def test_each_topic_comes_to_a_lesson_that_every_check_passes_or_to_a_refusal_by_name(plan: str) -> None:
    found, topics = await heard(plan)
    assert found.lessons + found.refused == topics
    assert found.lessons >= ACCEPTED_SHARE_MIN[plan] * topics
    assert not any(tally.failed for tally in found.checks.values())
    assert found.refused_for.keys() <= CHECKS.keys()


@pytest.mark.parametrize("plan", PLANS)
async def test_the_page_of_figures_is_what_the_recording_comes_to(plan: str) -> None:
    told = PAGE.read_text("utf-8")
    found, _ = await heard(plan)

    assert page.filled(told, plan, page.table(found)) == told
