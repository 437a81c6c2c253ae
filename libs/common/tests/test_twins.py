"""Adapters of a port are twins: the port's methods, all of them, in the port's order."""

from itertools import chain
from typing import Generic, Protocol

import pytest

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

BROKER = ["start", "fault", "publish", "consume", "left_in_hand", "waiting", "close"]


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
