"""A house that asks for keys: the seed's own clients and the walk pass by a key, and without one are turned away."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.house.houses import House, embedded

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "tests" / "clients"
WALK = ROOT / "test_async_lesson_generation.py"
MAKE_KEY = ("-m", "pathshala", "keys", "create", "--user", "root", "--name", "walk", "--role", "operator")

# The seed's JavaScript as it is written, but for the address and the session that a page would have.
NODE = """
const realFetch = globalThis.fetch;
const Authorization = `Bearer ${process.env.PATHSHALA_KEY}`;
globalThis.fetch = (path, options = {}) =>
  realFetch(process.argv[1] + path, {...options, headers: {...options.headers, Authorization}});
%s
createLessonAsync('english', 'verbs', 'node').then(lesson => console.log(JSON.stringify(lesson)));
"""


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[tuple[House, str]]:
    """A house in one process, and an operator's key that was made before it started."""
    house = embedded(tmp_path_factory.mktemp("keyed"), wikipedia_url, PATHSHALA_AUTH="keys")
    settings = os.environ | house.services["pathshala"].settings
    made = subprocess.run([sys.executable, *MAKE_KEY], env=settings, capture_output=True, text=True, check=True)
    house.start()
    yield house, made.stdout.strip()
    house.stop()


def test_the_seeds_python_client_gets_a_lesson_by_a_key(keyed: tuple[House, str]) -> None:
    house, key = keyed
    spec = importlib.util.spec_from_file_location("seed_client", CLIENTS / "seed_client.py")
    assert spec is not None
    assert spec.loader is not None
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {key}"
        client.requests = session  # type: ignore[attr-defined]  # it posts and gets by what has this name
        assert client.generate_lesson_async("english", "verbs", "user123", base_url=house.url)["title"]


def test_the_seeds_javascript_client_gets_a_lesson_by_a_key(keyed: tuple[House, str]) -> None:
    house, key = keyed
    node = shutil.which("node") or shutil.which("nodejs")
    assert node is not None, "install Node (Debian: apt-get install nodejs)"
    script, own = NODE % (CLIENTS / "seed_client.js").read_text(), os.environ | {"PATHSHALA_KEY": key}
    ran = subprocess.run(
        [node, "-e", script, house.url], env=own, capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(ran.stdout)["title"]


def test_the_walk_passes_by_a_key_and_not_without(keyed: tuple[House, str]) -> None:
    house, key = keyed
    walk = [sys.executable, str(WALK), "--base-url", house.url]
    for more, code in (({"PATHSHALA_KEY": key}, 0), ({}, 1)):
        ran = subprocess.run(walk, env=os.environ | more, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert key not in ran.stdout + ran.stderr


def test_no_key_stands_in_the_log_of_the_house(keyed: tuple[House, str]) -> None:
    house, key = keyed
    lines = house.services["pathshala"].log_lines()
    assert lines
    assert key.split("_", 2)[2] not in str(lines)
