"""The store logs a suspect in a process of its own, once it died over it alone, where it shares its store."""

import sys
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import Process
from pathshala_common.runtime.trial import Trial, Tried
from pathshala_store import compose
from pathshala_store.settings import StoreSettings
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.events import requested


def tried(process: Process) -> Tried:
    """When a process has the suspects of its store tried."""
    (found,) = (part.consuming.tried for part in process.services if part.name == "store" and part.consuming)
    return found


def test_only_a_store_that_others_may_open_too_is_tried(tmp_path: Path) -> None:
    broker_url, store_url = "amqp://127.0.0.1", "mongodb://127.0.0.1/suspects"
    alone = StoreSettings(broker_url=broker_url, store_url=store_url)
    assert tried(compose.process(alone, SystemClock())) is Tried.LAST
    house = HouseSettings(broker_url=broker_url, store_url=store_url)
    assert tried(embedded.process(house, SystemClock())) is Tried.LAST
    on_a_file = HouseSettings(store_url=f"sqlite:///{tmp_path}/suspects.db")
    assert tried(embedded.process(on_a_file, SystemClock())) is Tried.NEVER


async def test_what_is_logged_in_a_trial_is_in_the_log(mongodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = of_database(mongodb_url, f"suspects_{uuid4().hex[:12]}")
    monkeypatch.setenv("PATHSHALA_STORE_URL", url)
    monkeypatch.setenv("PATHSHALA_BROKER_URL", "amqp://127.0.0.1:1")
    store = MigratedMongoStore(url)
    await store.open()
    try:
        envelope = requested()
        trial = Trial("store", [sys.executable, "-m", "pathshala_store"], SystemClock())
        assert [event async for event in trial.handle(envelope.event, Context(envelope, 1, 4))] == []
        assert [logged.id for logged in await store.events(envelope.task_id)] == [envelope.id]
    finally:
        await store.close()
