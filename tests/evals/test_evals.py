"""The set of topics through the offline writer, and an evaluation of a model that is heard again for nothing."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr

from pathshala_common.checks.examination import CHECKS, OF_MODELS
from pathshala_common.contract.lesson import Level
from pathshala_generator.compose import openai_model
from pathshala_generator.offline.framing import languages
from pathshala_generator.settings import GeneratorSettings
from tests.evals import writers
from tests.evals.evaluation import Result, evaluate
from tests.evals.figures import figures
from tests.evals.recordings import Recorder, recordings
from tests.evals.topics import topics, topics_in
from tests.stubs.openai import StubOpenAI

ROOT = Path(__file__).parents[2]
REVISIONS = 3


def test_the_topics_are_many_and_mixed() -> None:
    requests = [topic.request for topic in topics()]
    assert len(requests) >= 40
    assert {request.level for request in requests} == set(Level)
    assert {"en", "hi", "de", "ta", "zh"} <= {request.language for request in requests}
    assert len({request.subject for request in requests}) >= 20
    assert sum(topic.article is None for topic in topics()) >= 5


async def test_every_lesson_of_the_offline_writer_passes_every_check_that_applies() -> None:
    asked = topics_in(languages())
    counted = figures(await evaluate(asked, writers.offline(), revisions=REVISIONS))

    assert counted.failures == {}
    assert counted.well
    assert counted.lessons == REVISIONS * len(asked)
    judged = {name: tally.passed for name, tally in counted.checks.items() if name not in OF_MODELS}
    assert all(passed >= counted.lessons / 2 for passed in judged.values())
    assert all(counted.checks[name].not_applicable == counted.lessons for name in OF_MODELS)
    assert len(counted.verses) >= counted.lessons / 3
    assert max(counted.verses.values()) <= counted.lessons / 10


async def test_the_offline_writer_refuses_the_languages_that_it_has_no_words_in() -> None:
    others = [topic for topic in topics() if topic not in topics_in(languages())]

    results = await evaluate(others, writers.offline())

    assert len(results) >= 4
    assert all(result.refusal.startswith("language_unavailable: ") for result in results)


async def test_the_reading_level_rises_with_the_level() -> None:
    reading = figures(await evaluate(topics_in(languages()), writers.offline())).reading

    means = [reading[f"en {level}, automated_readability_index"] for level in Level]
    assert means == sorted(means)


async def test_what_a_model_said_is_heard_again_with_the_same_results(tmp_path: Path) -> None:
    few, path = topics()[:6], tmp_path / "recorded.jsonl"
    async with StubOpenAI() as stub:
        settings = GeneratorSettings(openai_api_key=SecretStr("sk-test-0123456789"), openai_base_url=stub.url)
        model, recorder = openai_model(settings), Recorder(path)
        asked = await evaluate(few, writers.by_model(model, settings), concurrency=3, record=recorder)
        recorder.close()
        await model.close()
        calls = len(stub.calls)
    assert calls == sum(map(len, recordings(path).values()))

    heard = await evaluate(few, writers.by_recording(recordings(path), settings))

    assert told(heard) == told(asked)
    assert figures(heard).calls == figures(asked).calls
    assert "sk-test" not in path.read_text()


async def test_what_was_not_recorded_is_no_lesson() -> None:
    settings = GeneratorSettings()

    [result] = await evaluate(topics()[:1], writers.by_recording({}, settings))

    assert result.draft is None
    assert not figures([result]).well


@pytest.mark.parametrize("option", [pytest.param("--json", marks=pytest.mark.slow), "--first=20"])
def test_the_command_prints_the_scores_and_its_exit_code_says_whether_all_is_well(option: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.evals", option],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    if option == "--json":
        assert json.loads(ran.stdout)["checks"].keys() == CHECKS.keys()
    else:
        assert "100.0%" in ran.stdout


def told(results: Sequence[Result]) -> list[tuple[int, object, object]]:
    return [(result.topic.number, result.draft, result.failures) for result in results]
