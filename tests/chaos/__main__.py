"""Kills at random while lessons are asked for, and counts what is left: `scripts/chaos --seconds 60 --seed 1`.

There are two APIs, two stores, three generators and two notifiers. Each service and the broker are killed with SIGKILL
and started again at once, for so many seconds. Then all may recover, orders without an answer are asked for again by
their keys, every task that was accepted must end, with one lesson, and every end must be told to its own address. With
`--keys` the house asks for keys.
The last line is the count, as JSON.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.chaos.verdict import Figures, count, llm_calls_max, taught
from tests.chaos.webhooks import SETTINGS as WEBHOOKS
from tests.chaos.webhooks import Webhooks
from tests.faults.load import Load, Model
from tests.faults.teachers import SUBJECT, Teachers
from tests.house.asking import ask, outcome
from tests.house.calling import KEYED
from tests.house.houses import SEVERAL, House, distributed
from tests.house.teaching import order_table
from tests.servers.choice import BrokerServer, start_mongodb, start_rabbitmq
from tests.servers.loopback import free_port

CONCURRENCY = 4
PER_SECOND = 8.0
SHARED_ONE_IN = 5
MODEL_SECONDS = "0.5"
PAUSE_SECONDS = (0.3, 2.0)
BROKER_SHARE = 0.08
RECOVERY_SECONDS = 240
TAUGHT = "chaos taught"
TABLE = "subject,topic\n" + "".join(f"{SUBJECT},chaos row {row}\n" for row in range(20))
SETTINGS = {
    "PATHSHALA_WRITER": "openai",
    "PATHSHALA_GENERATOR_CONCURRENCY": str(CONCURRENCY),
    "PATHSHALA_OUTBOX_RETRY_SECONDS": "10",
    "PATHSHALA_STALLED_SECONDS": "20",
}


def main() -> int:
    """Run it. Returns 0 if every promise was kept."""
    arguments = argparse.ArgumentParser(description="Kill services and the broker at random under load, and count.")
    arguments.add_argument("--seconds", type=float, default=60.0, help="how long to kill")
    arguments.add_argument("--seed", type=int, default=None, help="repeats the order of the kills")
    arguments.add_argument("--per-second", type=float, default=PER_SECOND, help="orders, at the most")
    arguments.add_argument("--keys", action="store_true", help="on a house that asks for keys")
    given = arguments.parse_args()
    seed = random.randrange(1_000_000) if given.seed is None else given.seed
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pathshala-chaos-")))
        figures = _run(folder, stack, given, random.Random(seed))
        for promise in figures.broken():
            print(f"not kept: {promise}")
        print(json.dumps(vars(given) | {"seed": seed} | figures.as_json()))
        return 1 if figures.broken() else 0


def _run(folder: Path, stack: ExitStack, given: argparse.Namespace, rng: random.Random) -> Figures:
    (folder / "rabbitmq").mkdir()
    (folder / "mongodb").mkdir()
    kind, broker = start_rabbitmq(folder / "rabbitmq")
    stack.callback(broker.stop)
    other, database = start_mongodb(folder / "mongodb")
    stack.callback(database.stop)
    print(f"servers: RabbitMQ ({kind}), MongoDB ({other})", flush=True)
    model = Model(_stub(stack, "openai", "--delay", MODEL_SECONDS))
    webhooks = stack.enter_context(Webhooks())
    settings = {**SETTINGS, **WEBHOOKS, **model.settings, **(KEYED if given.keys else {})}
    replicas = replace(SEVERAL, notifiers=2)
    house = distributed(folder, _stub(stack, "wikipedia"), broker.url, database.url, replicas, **settings)
    for api in house.named("api"):
        api.settings["PATHSHALA_PORT"] = str(free_port())  # the same one after each death
    stack.callback(house.stop)
    house.start()
    load = Load(
        *house.urls,
        name="chaos",
        per_second=given.per_second,
        shared_one_in=SHARED_ONE_IN,
        address=webhooks.address,
    )
    outcome(house.url, ask(house.url, TAUGHT, SUBJECT))
    set_path = order_table(house.url, TABLE, user_id="mira").json()["set_url"]
    teachers = Teachers(*house.urls, topic=TAUGHT)
    with load, teachers:
        kills = _kill(house, broker, given.seconds, rng)
    for service in house.services.values():
        service.wait_for_log("started")
    load.settle(house.urls[0])
    accepted = len(load.accepted) + len(load.shared)
    print(f"killed {sum(kills.values())} times; {accepted} accepted; recovering", flush=True)
    bound = llm_calls_max(accepted, kills, concurrency=CONCURRENCY)
    counted = count(load, model, webhooks, kills, url=house.urls[0], seconds=RECOVERY_SECONDS, calls_max=bound)
    return taught(counted, teachers, house, set_path, folder / "beside.db")


def _kill(house: House, broker: BrokerServer, seconds: float, rng: random.Random) -> Counter[str]:
    """Kill one after the other, and start each again at once. The broker takes its time; the others do not wait."""
    kills: Counter[str] = Counter()
    restarting: threading.Thread | None = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(rng.uniform(*PAUSE_SECONDS))
        name = "broker" if rng.random() < BROKER_SHARE else rng.choice(sorted(house.services))
        if name == "broker":
            if restarting is not None and restarting.is_alive():
                continue
            broker.kill()
            restarting = threading.Thread(target=broker.start)
            restarting.start()
        else:
            house.services[name].kill()
            house.services[name].launch()
        kills[name] += 1
    if restarting is not None:
        restarting.join()
    return kills


def _stub(stack: ExitStack, name: str, *arguments: str) -> str:
    """Start a stub server and give the URL that it prints."""
    command = [sys.executable, "-m", f"tests.stubs.{name}", "--port", "0", *arguments]
    process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    stack.callback(process.kill)
    assert process.stdout is not None
    return process.stdout.readline().strip()


if __name__ == "__main__":
    sys.exit(main())
