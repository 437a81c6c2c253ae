"""Nodes of a RabbitMQ cluster die under load: the others carry on, or requests wait until they can."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import QUIET
from tests.faults.load import Load, Model, final, second_lessons
from tests.faults.record import RABBITMQ, Measured, fault
from tests.house.asking import ask, outcome, status
from tests.house.houses import SEVERAL, House, distributed
from tests.servers.rabbitmq import PrivateCluster, PrivateRabbitMQ
from tests.waiting import until_true

PUBLISHING_AGAIN_SECONDS = 10
LESSON_SECONDS = 1.0
"""A lesson takes no longer on a machine that has time; where one does, everything may take so much longer."""

WAITING = "requests wait in the outbox"
WAIT_SECONDS = 60
ALL_END_SECONDS = 240


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateCluster]:
    """Three nodes, of which a test leaves as many running as it likes."""
    started = PrivateCluster(tmp_path_factory.mktemp("cluster"))
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    cluster: PrivateCluster,
    mongodb_url: str,
    wikipedia_url: str,
    model: Model,
) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    wanted = model.settings | QUIET | {"PATHSHALA_PUBLISH_TIMEOUT_SECONDS": "2", "PATHSHALA_OUTBOX_RETRY_SECONDS": "15"}
    running = distributed(
        folder,
        wikipedia_url,
        f"{cluster.url}?heartbeat=2",
        mongodb_url,
        SEVERAL,
        **wanted,
    )
    try:
        running.start()
        yield running
    finally:
        running.stop()


def queues(cluster: PrivateCluster, house: House, what: str) -> list[str]:
    """Tell one thing of each queue of the house that is kept: a listener's for hints goes with its connection."""
    namespace = house.services["api"].settings["PATHSHALA_NAMESPACE"]
    lines = cluster.nodes[0].ctl("list_queues", "--no-table-headers", "name", "type", what).splitlines()
    told = [line.split("\t", 2) for line in lines if line.startswith(namespace)]
    return [one for _, kind, one in told if kind == "quorum"]


def leader(cluster: PrivateCluster, house: House) -> PrivateRabbitMQ:
    """The node that leads most queues: its death is felt most."""
    name = statistics.mode(queues(cluster, house, "leader"))
    return next(node for node in cluster.nodes if node.name == name)


def lesson_seconds(house: House) -> float:
    began = time.monotonic()
    outcome(house.url, ask(house.url, "yardstick"))
    return time.monotonic() - began


@fault(36, RABBITMQ)
@pytest.mark.slow
def test_a_cluster_that_loses_a_node_and_then_its_majority_loses_no_lesson(
    house: House, cluster: PrivateCluster, measured: Measured
) -> None:
    replicas = [members.count("@") for members in queues(cluster, house, "members")]
    slowness = max(1.0, lesson_seconds(house) / LESSON_SECONDS)
    first = leader(cluster, house)
    second, _ = (node for node in cluster.nodes if node is not first)

    with Load(house.url, name="node", per_second=10) as load:
        until_true(lambda: len(load.accepted) >= 10, WAIT_SECONDS)
        first.kill()
        asked, began = len(load.accepted), time.monotonic()
        until_true(lambda: len(load.accepted) > asked, WAIT_SECONDS)
        held = list(load.accepted.values())[asked]
        until_true(lambda: status(house.url, held)["status"] != "pending", WAIT_SECONDS)
        back_seconds = time.monotonic() - began

        api, waited = house.services["api"], house.services["api"].log_text.count(WAITING)
        second.kill()
        until_true(lambda: api.log_text.count(WAITING) > waited, WAIT_SECONDS)
        asked = len(load.accepted)
        until_true(lambda: len(load.accepted) >= asked + 20, WAIT_SECONDS)
        waiting = list(load.accepted.values())[asked + 10 :]
        without_majority = [status(house.url, task_id)["status"] for task_id in waiting]
        second.start()
        majority_again = time.monotonic()
    ends = final(house.url, load.accepted, ALL_END_SECONDS * slowness)

    measured(
        replicas=min(replicas),
        accepted=len(load.accepted),
        lost=len(load.accepted) - len(ends),
        back_seconds=round(back_seconds, 2),
        slowness=round(slowness, 2),
        accepted_without_majority=len(waiting),
        all_ended_after_seconds=round(time.monotonic() - majority_again, 2),
    )
    assert set(replicas) == {3}
    assert not load.refused
    assert load.accepted.keys() == ends.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert second_lessons(house.url, load.accepted) == 0
    assert set(without_majority) == {"pending"}
    assert back_seconds <= PUBLISHING_AGAIN_SECONDS * slowness
