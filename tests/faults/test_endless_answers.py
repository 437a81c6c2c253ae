"""A model whose answer never ends costs one call and little memory, and the task says why it failed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.load import Model
from tests.faults.record import RABBITMQ, Measured, fault_in_each
from tests.house.asking import ask, outcome
from tests.house.houses import House, distributed, embedded

TOPICS = ("endless", "endless error")
MEMORY_MAX_BYTES = 16 * 2**20


@pytest.fixture
def house(
    request: pytest.FixtureRequest, deployment: str, tmp_path: Path, wikipedia_url: str, model: Model
) -> Iterator[House]:
    """A running house whose model is a process of its own."""
    wanted: dict[str, Any] = model.settings
    if deployment == RABBITMQ:
        amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, **wanted)
    else:
        made = embedded(tmp_path, wikipedia_url, **wanted)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@fault_in_each(41, slow=RABBITMQ)
def test_an_answer_without_end_costs_little_and_fails_by_its_own_code(
    deployment: str, house: House, model: Model, measured: Measured
) -> None:
    generator = house.services["generator-1" if deployment == RABBITMQ else "pathshala"]
    assert outcome(house.url, ask(house.url, "warm up"))["status"] == "completed"
    calls, before = model.calls("endless"), _bytes_from_now(generator.pid)
    ends = [outcome(house.url, ask(house.url, topic)) for topic in TOPICS]
    grown, calls = _most_bytes(generator.pid) - before, model.calls("endless") - calls
    measured(memory_mib=grown >> 20, most_calls_of_one_task=max(calls.values()))
    assert [(end["status"], end["error_code"]) for end in ends] == [("failed", "answer_too_large")] * 2
    assert calls == dict.fromkeys(TOPICS, 1)
    assert grown <= MEMORY_MAX_BYTES
    assert outcome(house.url, ask(house.url, "innocent"))["status"] == "completed"


def _bytes_from_now(pid: int) -> int:
    """The memory that a process holds now; the most that it held is counted anew from here."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _most_bytes(pid)


def _most_bytes(pid: int) -> int:
    """The most memory that a process held since it was counted anew."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) * 1_024
