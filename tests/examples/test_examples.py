"""The examples and the page of the clients, each run as it stands against one house."""

import base64
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect, sync_playwright

from clients.javascript.tests.packing import laid, node
from pathshala_client import Client
from tests.console.pages import chromium
from tests.house.conftest import Stub, stub, wikipedia_url
from tests.house.houses import House, embedded
from tests.servers.loopback import free_port

__all__ = ["Stub", "stub", "wikipedia_url"]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
AMONG = {
    "index": "Saved verbs.html",
    "for-frontend-developers": '"task_id"',
    "for-teachers": "Plainer.",
    "for-operators": "generator",
}
"""What the commands of a page say, among other things."""

SECRET = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples in a folder of their own, with the JavaScript client as npm would install it."""
    made = tmp_path_factory.mktemp("examples")
    for example in EXAMPLES.iterdir():
        shutil.copy(example, made)
    laid(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """That folder, served to browsers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str, site: str) -> Iterator[House]:
    settings = {
        "PATHSHALA_CORS_ORIGINS": site,
        "PATHSHALA_WEBHOOK_SECRETS": SECRET,
        "PATHSHALA_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    made = embedded(tmp_path_factory.mktemp("house"), wikipedia_url, **settings)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def run(house: House, folder: Path, *command: str | Path) -> list[str]:
    """Run a program that finds its house by the environment, and give the lines that it says."""
    said = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATHSHALA_URL": house.url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return said.stdout.splitlines()


def blocks(language: str, page: str = PAGE) -> str:
    """The code of a page, from top to bottom."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL))


def test_the_python_of_the_page_runs(house: House, folder: Path) -> None:
    said = run(house, folder, sys.executable, "-c", blocks("python"))
    assert "lesson_not_found" in "".join(said)
    assert "['title']" in said
    assert any(line.startswith("language_unavailable") for line in said)
    assert any(line.startswith("class-set-") for line in said)


def test_the_javascript_of_the_page_runs(house: House, folder: Path) -> None:
    (folder / "page.mjs").write_text(blocks("js"))
    said = run(house, folder, node(), "page.mjs")
    assert [line.partition(" ")[0] for line in said if "lesson_not_found" in line] == ["lesson_not_found"]
    assert "[ 'title' ]" in said
    assert said[-1].startswith("1 class-set-")


@pytest.mark.parametrize("page", AMONG)
def test_the_commands_of_a_first_page_run(house: House, folder: Path, page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8").replace("http://127.0.0.1:8000", house.url)
    command = f'pathshala() {{ {shlex.quote(sys.executable)} -m pathshala "$@"; }}'
    said = run(house, folder, "bash", "-euo", "pipefail", "-c", f"{command}\n{blocks('sh', text)}")
    assert AMONG[page] in "\n".join(said)


def test_the_node_script_saves_a_lesson(house: House, folder: Path) -> None:
    *steps, saved = run(house, folder, node(), "lesson.mjs", "english", "prepositions")
    assert steps[-1].startswith("100 %")
    file = folder / saved.rpartition(": ")[2]
    assert file.name == "prepositions-1.0.html"
    assert "<h1" in file.read_text()


def test_the_class_set_is_ordered_mended_and_packed(house: House, folder: Path) -> None:
    said = run(house, folder, sys.executable, "class_set.py")
    assert any(line.startswith("100 %") and line.count("completed") == 3 for line in said)
    assert (folder / said[-1].partition(":")[0]).read_bytes()[:2] == b"PK"


def test_the_receiver_is_told_the_end(house: House, folder: Path) -> None:
    port = str(free_port())
    command = [sys.executable, "-m", "uvicorn", "webhook_receiver:app", "--port", port, "--log-level", "warning"]
    environment = os.environ | {"PATHSHALA_WEBHOOK_SECRET": SECRET}
    with (
        subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as receiver,
        Client(house.url) as client,
    ):
        url = f"http://127.0.0.1:{port}/hooks/pathshala"
        ordered = client.create(subject="english", topic="adverbs", user_id="asha", callback_url=url)
        assert receiver.stdout is not None
        told = receiver.stdout.readline().split()
        receiver.kill()
    assert told[:2] == [ordered["task_id"], "completed"]
    assert told[2].startswith("/lessons/english/adverbs")


def test_the_page_orders_a_lesson_and_shows_it(house: House, site: str) -> None:
    assert len((EXAMPLES / "lesson.html").read_text().splitlines()) < 80
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        page = browser.new_page()
        faults = list[str]()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{site}/lesson.html?house={house.url}")
        page.get_by_label("Topic").fill("verbs")
        page.get_by_label("Subject").fill("english")
        page.get_by_role("button").click()
        expect(page.get_by_role("article")).to_be_visible()
        assert "Verb" in page.get_by_role("heading", level=1).inner_text()
        page.get_by_label("Topic").fill("")
        page.get_by_label("Subject").fill("status")
        page.get_by_label("Topic").fill("verbs")
        page.get_by_role("button").click()
        expect(page.get_by_role("status")).to_contain_text("subject")
        browser.close()
    assert faults == []
