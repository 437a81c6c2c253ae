"""Starting and stopping: what cannot work says so in one clear line, and SIGTERM ends a process in good order."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.load import Model
from tests.house.asking import ask, outcome
from tests.house.conftest import Stub
from tests.house.houses import House, embedded
from tests.house.processes import ServiceProcess
from tests.waiting import until_true

NOWHERE = "http://127.0.0.1:9/{language}"
CHOSEN = {"aio_pika", "aiormq", "bson", "openai", "pymongo", "rich", "sqlite3"}
"""What belongs to one broker, one store, one writer or the command line, and costs memory and time to import."""


UNUSED = CHOSEN - {"sqlite3"} | {"aiohttp", "docx", "multiprocessing.pool", "pydantic.v1", "typer", "weasyprint"}
"""What a house in one process that writes offline has no use for, once it is composed with all its routes."""

COMPOSED = """
import sys
from pathshala.run.embedded import process
from pathshala.settings import HouseSettings
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.health import Health
api = process(HouseSettings.load(), SystemClock()).services[0]
api.app(Health({}))
print(*(name for name, module in sys.modules.items() if module is not None))
"""

COUNTING = """
import atexit, gc, sys
def tell(phase, _):
    if phase == "start" and "pathshala.run.action" in sys.modules and not gc.get_freeze_count():
        print("collected", flush=True)
gc.callbacks.append(tell)
atexit.register(lambda: print("collects", gc.isenabled(), gc.get_freeze_count() > 100_000, flush=True))
sys.argv = ["pathshala", "up"]
from pathshala.__main__ import main
main()
"""
"""Starts the house. Tells of each collection of garbage before it is up, and at the end whether any is made by then."""


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = embedded(tmp_path, NOWHERE)
    yield made
    made.stop()


def complaint(folder: Path, module: str, **settings: str) -> str:
    """Start what cannot start. Returns the one line that it says."""
    defaults = {"PATHSHALA_PORT": "0", "PATHSHALA_STORE_URL": f"sqlite:///{folder / 'complaint.db'}"}
    process = ServiceProcess(module, defaults | settings, folder, "complaint")
    process.launch()
    assert process.wait() == 2, process.log_text
    lines = process.log_text.strip().splitlines()
    assert len(lines) == 1, process.log_text
    assert lines[0].startswith("pathshala: ")
    return lines[0]


def test_a_port_that_is_taken(tmp_path: Path, taken_port: int) -> None:
    said = complaint(tmp_path, "pathshala", PATHSHALA_PORT=str(taken_port))
    assert f"127.0.0.1:{taken_port}" in said
    assert "in use" in said


def test_a_bad_setting(tmp_path: Path) -> None:
    assert "PATHSHALA_PORT" in complaint(tmp_path, "pathshala", PATHSHALA_PORT="eighty")


@pytest.mark.parametrize("url", ["sqlite:///no/such/folder/p.db", "sqlite:////dev/null/p.db", "sqlite://", "files://x"])
def test_a_store_that_cannot_be_used(tmp_path: Path, url: str) -> None:
    complaint(tmp_path, "pathshala", PATHSHALA_STORE_URL=url)


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database" * 100)
    assert "notes.txt" in complaint(tmp_path, "pathshala", PATHSHALA_STORE_URL=f"sqlite:///{path}")


def test_a_file_that_another_house_owns(tmp_path: Path, house: House) -> None:
    house.start()
    said = complaint(tmp_path, "pathshala", PATHSHALA_STORE_URL=f"sqlite:///{tmp_path / 'pathshala.db'}")
    assert "another process" in said


@pytest.mark.parametrize("url", ["http://127.0.0.1", "amqp"])
def test_a_broker_of_no_known_kind(tmp_path: Path, url: str) -> None:
    assert "PATHSHALA_BROKER_URL" in complaint(tmp_path, "pathshala", PATHSHALA_BROKER_URL=url)


@pytest.mark.parametrize("service", ["api", "enricher", "generator", "notifier", "store"])
def test_a_service_alone_cannot_use_a_broker_in_memory(tmp_path: Path, service: str) -> None:
    assert "memory://" in complaint(tmp_path, f"pathshala_{service}")


def test_no_adapter_is_imported_before_it_is_chosen() -> None:
    asked = "import sys, pathshala.run.embedded; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    imported = told.stdout.split()
    assert "pathshala_common.runtime.reading" in imported
    assert CHOSEN.isdisjoint(imported)


def test_a_house_that_writes_offline_imports_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    place = os.environ | {"PATHSHALA_WRITER": "offline", "PATHSHALA_STORE_URL": f"sqlite:///{tmp_path / 'p.db'}"}
    told = subprocess.run([sys.executable, "-c", COMPOSED], capture_output=True, text=True, check=True, env=place)
    imported = told.stdout.split()
    assert {"fastapi", "pathshala_common.store.sqlite.store"} <= {*imported}
    assert UNUSED.isdisjoint(imported)


def test_no_garbage_is_collected_until_the_house_is_up(tmp_path: Path) -> None:
    place = {"PATHSHALA_PORT": "0", "PATHSHALA_WRITER": "offline"}
    place["PATHSHALA_STORE_URL"] = f"sqlite:///{tmp_path / 'p.db'}"
    started = [sys.executable, "-c", COUNTING]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True, env=os.environ | place) as process:
        assert process.stdout is not None
        before = list(iter(process.stdout.readline, "A first lesson:\n"))
        process.terminate()
        after = process.stdout.readlines()
    assert "collected\n" not in before
    assert after[-1] == "collects True True\n"


def test_sigterm_ends_the_house_in_good_order(house: House) -> None:
    house.start()
    task_id = ask(house.url, "verbs")
    assert house.services["pathshala"].terminate() == 0
    house.restart("pathshala")
    assert outcome(house.url, task_id)["status"] == "completed"


def test_the_house_says_where_it_is_and_how_to_get_a_first_lesson(house: House, tmp_path: Path) -> None:
    house.start()
    said = (tmp_path / "pathshala.out").read_text()
    assert f"listens on {house.url}" in said
    assert f"curl -s {house.url}/lessons" in said
    assert "offline" in said
    for path in ("live", "ready"):
        assert requests.get(f"{house.url}/health/{path}", timeout=10).status_code == 200


def test_the_printed_line_gives_a_lesson(house: House, tmp_path: Path) -> None:
    house.start()
    line = next(line for line in (tmp_path / "pathshala.out").read_text().splitlines() if "curl" in line)
    ran = subprocess.run(line.strip(), shell=True, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ran.stdout.splitlines()[-1])["version"] == "1.0"


def test_a_second_signal_cuts_short_what_the_first_lets_finish(house: House, stub: Stub, tmp_path: Path) -> None:
    model = Model(stub("openai", "--delay", "600"))
    writing = ServiceProcess(
        "pathshala", {**house.services["pathshala"].settings, **model.settings}, tmp_path, "writing"
    )
    url = writing.start()
    ask(url, "verbs")
    until_true(model.calls)

    writing.signal(signal.SIGTERM)
    writing.wait_for_log("stopping")
    writing.signal(signal.SIGTERM)

    assert writing.wait() == 0
    until_true(lambda: model.aborted() == 1)
