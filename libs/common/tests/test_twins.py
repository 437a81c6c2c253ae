"""Adapters of a port are twins: its methods, all of them, in its order; the same files, and the same in each."""

import ast
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Generic, Protocol

import pytest

import pathshala_common
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.operator import Log, Projections
from pathshala_common.contract.ports.store import Store
from pathshala_common.store.mongodb.log_reader import MongoLog
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.projections import SQLiteProjections
from pathshala_common.store.sqlite.store import SQLiteStore

BROKER = ["start", "fault", "misfit", "publish", "consume", "left_in_hand", "waiting", "hint", "listen", "close"]


COMMON = Path(pathshala_common.__file__).parent
TWINS = [("broker/memory", "broker/rabbitmq"), ("store/mongodb", "store/sqlite")]

IN_ONE_TWIN_ONLY = {
    "broker/memory/in_flight.py": "RabbitMQ itself counts how often a message came back",
    "broker/memory/queue.py": "RabbitMQ has queues, and deliveries from them, of its own",
    "broker/rabbitmq/address.py": "memory:// says nothing that is to be read",
    "broker/rabbitmq/deliveries.py": "in memory nothing is read from a connection",
    "broker/rabbitmq/link.py": "memory needs no connection",
    "broker/rabbitmq/messages.py": "in memory a message stays as it is",
    "broker/rabbitmq/moving.py": "a queue in memory is made anew with each process, so no other holds anything",
    "broker/rabbitmq/own_events.py": "in memory a message carries its event along",
    "broker/rabbitmq/publishing.py": "in memory a message is in its queues at once, and needs no confirm",
    "broker/rabbitmq/refusals.py": "in memory what one queue refuses is in none of the others",
    "broker/rabbitmq/sender.py": "no other process sends to a broker in memory",
    "broker/rabbitmq/settling.py": "a queue in memory needs not be told of an acknowledgement",
    "broker/rabbitmq/subscription.py": "a queue in memory is never lost, so its consumers are not set up anew",
    "broker/rabbitmq/topology.py": "nobody else can have made queues in memory, so none are declared",
    "broker/rabbitmq/variants.py": "nobody else can have made a queue in memory with other arguments",
    "store/mongodb/address.py": "a SQLite URL is a path and no more",
    "store/mongodb/one_turn.py": "the thread of a SQLite connection puts what waits together by itself",
    "store/sqlite/heads.py": "others write to MongoDB too, so what one process remembers may be overtaken",
    "store/sqlite/packing.py": "versions of a house share MongoDB, and its server packs what it keeps by itself",
    "store/sqlite/file.py": "MongoDB's server keeps its files itself",
}


def files(twin: str) -> set[str]:
    return {path.name for path in (COMMON / twin).glob("*.py")}


def functions(twin: str) -> Mapping[str, str]:
    """The public functions of a twin, and the file of each."""
    return {
        node.name: path.name
        for path in (COMMON / twin).glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    }


def test_twins_have_the_same_files_but_for_those_with_a_reason() -> None:
    one_sided = {
        f"{one}/{name}" for a, b in TWINS for one, other in ((a, b), (b, a)) for name in files(one) - files(other)
    }
    assert one_sided == set(IN_ONE_TWIN_ONLY)


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_what_both_twins_have_stands_in_files_of_one_name(one: str, other: str) -> None:
    ours, theirs = functions(one), functions(other)
    assert {name: ours[name] for name in ours.keys() & theirs} == {name: theirs[name] for name in ours.keys() & theirs}


def methods(of: type) -> list[str]:
    return [name for name, member in vars(of).items() if callable(member) and not name.startswith("_")]


def methods_of_port(port: type) -> list[str]:
    """The methods of a port that is a sum of others: theirs in the order of the sum, then its own."""
    parts = [methods_of_port(part) for part in port.__bases__ if part not in {Protocol, object, Generic}]
    return list(dict.fromkeys([*chain.from_iterable(parts), *methods(port)]))


@pytest.mark.parametrize("adapter", [MemoryBroker, RabbitMQBroker])
def test_brokers_have_the_methods_of_the_port_in_one_order(adapter: type) -> None:
    assert methods(adapter) == BROKER
    assert set(BROKER) == set(methods_of_port(Broker))


@pytest.mark.parametrize("adapter", [MongoStore, SQLiteStore])
def test_stores_have_the_methods_of_the_port_in_its_order(adapter: type) -> None:
    assert methods(adapter) == methods_of_port(Store)


@pytest.mark.parametrize("adapter", [MongoLog, SQLiteLog])
def test_logs_have_the_methods_of_the_port_in_its_order(adapter: type) -> None:
    assert methods(adapter) == methods_of_port(Log)


@pytest.mark.parametrize("adapter", [MongoProjections, SQLiteProjections])
def test_projections_have_the_methods_of_the_port_in_its_order(adapter: type) -> None:
    assert methods(adapter) == methods_of_port(Projections)
