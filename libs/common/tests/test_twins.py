"""Adapters of a port are twins: the port's methods, all of them, in the port's order."""

import pytest

from pathshala_common.broker.memory import MemoryBroker
from pathshala_common.broker.rabbitmq import RabbitMQBroker
from pathshala_common.contract import ports
from pathshala_common.store.mongodb import MongoStore
from pathshala_common.store.mongodb_history import MongoHistory
from pathshala_common.store.mongodb_projections import MongoProjections
from pathshala_common.store.sqlite import SQLiteStore
from pathshala_common.store.sqlite_history import SQLiteHistory
from pathshala_common.store.sqlite_projections import SQLiteProjections

BROKER = ["start", "fault", "publish", "consume", "left_in_hand", "waiting", "close"]


def methods(of: type) -> list[str]:
    return [name for name, member in vars(of).items() if callable(member) and not name.startswith("_")]


@pytest.mark.parametrize("adapter", [MemoryBroker, RabbitMQBroker])
def test_brokers_have_the_methods_of_the_port_in_one_order(adapter: type) -> None:
    assert methods(adapter) == BROKER
    assert set(BROKER) == {*methods(ports.Broker), *methods(ports.Publisher), *methods(ports.Subscriber)}


@pytest.mark.parametrize("adapter", [MongoStore, SQLiteStore])
def test_stores_have_the_methods_of_the_port_in_its_order(adapter: type) -> None:
    assert methods(adapter) == methods(ports.Store)


@pytest.mark.parametrize("adapter", [MongoHistory, SQLiteHistory])
def test_logs_have_the_methods_of_the_port_in_its_order(adapter: type) -> None:
    assert methods(adapter) == methods(ports.Log)


@pytest.mark.parametrize("adapter", [MongoProjections, SQLiteProjections])
def test_projections_have_the_methods_of_the_port_in_its_order(adapter: type) -> None:
    assert methods(adapter) == methods(ports.Projections)
