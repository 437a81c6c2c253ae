"""A URL's scheme chooses the adapters, by one table for brokers, one for stores and one for readers."""

from collections.abc import Callable

import pytest

from pathshala_common.contract.errors import SettingsError
from pathshala_common.runtime import connect, reading
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.settings import Settings

BROKERS: list[Callable[[Settings], object]] = [
    lambda settings: connect.broker(settings, SystemClock()),
    lambda settings: connect.shared_broker(settings, SystemClock()),
    connect.dead_letters,
    connect.sender,
    connect.checks,
]
STORES: list[Callable[[Settings], object]] = [
    connect.store,
    connect.shared_store,
    connect.checks,
    reading.log,
    reading.projections,
]


@pytest.mark.parametrize("choose", BROKERS)
@pytest.mark.parametrize(("url", "scheme"), [("kafka://host", "kafka"), ("no url", "")])
def test_an_unknown_broker_is_refused_in_one_way(choose: Callable[[Settings], object], url: str, scheme: str) -> None:
    with pytest.raises(SettingsError) as refused:
        choose(Settings(broker_url=url))
    assert str(refused.value) == f"PATHSHALA_BROKER_URL: {scheme!r} is none of memory, amqp, amqps"


@pytest.mark.parametrize("choose", STORES)
def test_an_unknown_store_is_refused_in_one_way(choose: Callable[[Settings], object]) -> None:
    with pytest.raises(SettingsError) as refused:
        choose(Settings(store_url="postgresql://host"))
    assert str(refused.value) == "PATHSHALA_STORE_URL: 'postgresql' is none of sqlite, mongodb, mongodb+srv"


def test_what_can_be_stored_in_can_be_read() -> None:
    assert list(connect.STORES) == list(reading.READERS)


def test_what_no_other_process_can_reach_has_nothing_for_one() -> None:
    settings = Settings(broker_url="memory://", store_url="sqlite:///here.db")
    without_file = Settings(broker_url="memory://", store_url="mongodb://127.0.0.1:1/house")
    assert (connect.dead_letters(without_file), connect.sender(settings), connect.shared_store(settings)) == (None,) * 3
    with pytest.raises(SettingsError, match="reaches no other process"):
        connect.shared_broker(settings, SystemClock())
