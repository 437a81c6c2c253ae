"""What happened once is replayed by today's code: recorded tasks of each kind, of the first version of the house,
and of the time when a model was asked for one question.

KIND.jsonl holds a task's events, KIND.json its document then, and what today's code is known to tell differently.
`scripts/golden` records the kinds anew, but for those of former times.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from pathshala.replay.engine import Result, replay
from pathshala.replay.storing import document_differences
from pathshala.replay.tables import recorded_tables
from pathshala.replay.task_log import read_file
from pathshala_common.contract.ports.operator import StoredFold
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings
from tests.golden.__main__ import FOLDER, KINDS, WIKIPEDIA_URL

# What a model is asked may change with every word of a prompt; what becomes of its recorded answers may not.
FREE = frozenset({"exchange.request", "content.quality.prompt_version"})

NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def replayed(file: Path) -> list[Result]:
    tables = recorded_tables(EnricherSettings(wikipedia_url=WIKIPEDIA_URL), GeneratorSettings())
    return [*replay(read_file(file).log, tables)]


def differences(results: list[Result]) -> dict[str, list[str]]:
    """The fields that differ, by the events' names; of an event that is missing or new, what it is."""
    found: dict[str, list[str]] = {}
    for result in results:
        for line in result.different:
            fields = [field.path for field in line.fields if field.path not in FREE]
            if fields or not line.fields:
                found.setdefault(line.envelope.type, []).extend(fields or [line.mark])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_task_is_told_as_it_was_but_for_what_is_declared(name: str) -> None:
    declared: dict[str, Any] = json.loads(FOLDER.joinpath(f"{name}.json").read_text())

    results = replayed(FOLDER / f"{name}.jsonl")

    assert differences(results) == declared.get("different", {})
    assert [str(result.step) for result in results if result.gap] == declared.get("not_recorded", [])


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_log_folds_to_the_document_that_there_was(name: str) -> None:
    log = read_file(FOLDER / f"{name}.jsonl").log
    document = json.loads(FOLDER.joinpath(f"{name}.json").read_text())["document"]

    assert document["task_id"] == log[0].envelope.task_id
    assert not document_differences(log, StoredFold(json.dumps(document), len(log)))


def test_every_kind_is_there() -> None:
    assert set(KINDS) < set(NAMES)
    of_first_version = {"old_plain", "old_enriched", "old_retried", "old_failed"}
    of_one_question = {"old_written", "old_repaired"}
    assert of_first_version | of_one_question == set(NAMES) - set(KINDS)
