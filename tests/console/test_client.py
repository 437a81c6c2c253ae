"""The JavaScript client orders, follows and reads in Node; and the types of all modules."""

import base64
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clients.javascript.tests.packing import laid
from clients.javascript.tests.packing import node as find_node
from pathshala_notifier.signing import Signer
from tests.console.pages import ordered, paused
from tests.house.houses import House

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "services" / "api" / "src" / "pathshala_api" / "console"
TOOLS = ROOT / ".venv" / "clients" / "node_modules"
USE = Path(__file__).parent / "use_client.mjs"
WHOLE = Path(__file__).parent / "use_whole_client.mjs"
SECRET, OTHER = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))


@pytest.fixture(scope="module")
def using(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client installed in it, and a program that uses it."""
    folder = tmp_path_factory.mktemp("client")
    laid(folder)
    shutil.copy(USE, folder)
    shutil.copy(WHOLE, folder)
    return folder


def node(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([find_node(), USE.name, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True)


def test_it_orders_follows_and_reads(using: Path, house: House) -> None:
    said, _ = node(using, house.url).communicate()
    assert json.loads(said) == {
        "one": True,
        "title": True,
        "editions": 1,
        "versions": 1,
        "cited": True,
        "file": "verbs-1.0.md",
        "refused": "lesson_not_found",
        "nobody": True,
        "auth": "off",
        "keys": [3, 1],
    }


def test_it_waits_orders_class_sets_and_verifies_webhooks(using: Path, house: House) -> None:
    now, body = datetime.now(UTC), b'{"task_id": "t"}'
    signed = [
        Signer([OTHER, SECRET]).headers("t-5", body, now),
        Signer([OTHER]).headers("t-6", body, now),
        Signer([SECRET]).headers("t-7", body, now - timedelta(hours=1)),
    ]
    webhooks = [json.dumps({"body": body.decode(), "headers": dict(headers)}) for headers in signed]
    environment = os.environ | {"PATHSHALA_URL": house.url}
    command = [find_node(), WHOLE.name, SECRET, *webhooks]
    said = subprocess.run(command, cwd=using, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    assert json.loads(said.stdout) == {
        "title": True,
        "failed": ["language_unavailable", "en"],
        "refused": [3],
        "mended": 3,
        "counts": 2,
        "pack": "class-set.zip",
        "gift": "All.gift",
        "last": "finished",
        "sets": 2,
        "rows": 2,
        "retry": 0,
        "none": "class_set_not_found",
        "editions": ["comets", "planets", "stars"],
        "tasks": 2,
        "stopped": "enough",
        "webhooks": ["t-5", "Its signature is not of this secret.", "Its time is not now."],
    }


def test_it_follows_a_task_through_a_restart(using: Path, house: House) -> None:
    paused(house.url, wanted=True)
    follower = node(using, house.url, ordered(house.url, "english", "nouns"))
    assert follower.stdout is not None
    while "writing_paused" not in follower.stdout.readline():
        assert follower.poll() is None
    house.services["pathshala"].kill()
    house.restart("pathshala")
    paused(house.url, wanted=False)
    said, _ = follower.communicate()
    told = json.loads(said.splitlines()[-1])
    assert told["ended"] == "completed"
    assert {"live"} <= set(told["links"])


def test_client_and_page_pass_a_strict_type_checker() -> None:
    checked = subprocess.run([TOOLS / ".bin" / "tsc", "-p", USE.parent], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
