"""The embedded house: all services in one process, on whatever broker and store the settings name.

It is a deployment, not a mode: the same handler tables, composed as each service composes itself.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

from pathshala.run.resume import resume
from pathshala.run.undelivered import send_again
from pathshala.settings import HouseSettings
from pathshala.surroundings.checks import checks_of
from pathshala_api import compose as api
from pathshala_api.settings import refuse_unsafe
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime import connect, reading
from pathshala_common.runtime.process import Process
from pathshala_enricher import compose as enricher
from pathshala_generator import compose as generator
from pathshala_notifier import compose as notifier
from pathshala_store import compose as store_service


def process(settings: HouseSettings, clock: Clock) -> Process:
    """Run the whole house in one process, on the broker and the store that the settings name. Raises SettingsError."""
    refuse_unsafe(settings)
    made = house(settings, connect.broker(settings, clock), connect.store(settings), clock)
    return replace(made, prepare=partial(_prepare, settings, made))


def house(settings: HouseSettings, broker: Broker, store: Store, clock: Clock) -> Process:
    """Put the whole house together from what it is given. Raises SettingsError."""
    recorder = store_service.recorder(settings, store, clock)
    return Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        notices=store,
        services=[
            api.service(settings, broker, store, clock, shares_process=True, checks=partial(checks_of, settings)),
            enricher.service(settings, clock, store),
            generator.service(settings, clock, store, broker),
            store_service.service(settings, broker, store, clock),
            notifier.service(settings, store, clock),
        ],
        address=(settings.host, settings.port),
        prepare=partial(resume, store, recorder.record, broker, settings.topology, clock),
    )


async def _prepare(settings: HouseSettings, made: Process) -> None:
    """Bring the store up, then go on with what an earlier process left."""
    await connect.migrate(settings, drop=False)
    if made.prepare is not None:
        await made.prepare()
    log = reading.log(settings)
    await log.open()
    try:
        deadline = timedelta(seconds=settings.task_deadline_seconds)
        await send_again(log, made.broker, settings.topology, made.clock, deadline)
    finally:
        await log.close()


def announce(settings: HouseSettings, url: str) -> None:
    """Tell the person who started the house where it is, what writes, and how to get a first lesson."""
    order = '{"subject": "english", "topic": "verbs", "user_id": "me"}'
    ask = f"curl -s {url}/lessons -H 'Content-Type: application/json' -d '{order}'"
    lines = [
        f"Pathshala listens on {url} (its description: {url}/docs)",
        f"Console: {url}/",
        f"Writer: {_writer(settings)}",
        f"Tasks and lessons are kept in {_place(settings.store_url)}",
        "A first lesson:",
        "",
        f"  {ask}; echo; sleep 5; curl -s {url}/lessons/english/verbs",
        "",
    ]
    print("\n".join(lines), flush=True, file=sys.stdout)  # noqa: T201 - for the person who started it


def _writer(settings: HouseSettings) -> str:
    if settings.chosen_writer == "openai":
        return f"openai, model {settings.model}"
    if settings.writer == "offline":
        return "offline, as set"
    return "offline (set OPENAI_API_KEY or OPENAI_BASE_URL for a model); its lessons are plain and say what they are"


def _place(store_url: str) -> str:
    """The store without its password."""
    scheme, _, rest = store_url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
