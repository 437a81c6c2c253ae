"""What npm publishes: these files, with types, and all that the page's client has and more, in Node."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clients.javascript.tests.packing import CLIENT, CONSOLE, TOOLS, node, packed
from pathshala_notifier.signing import Signer
from tests.house.conftest import Stub, stub, wikipedia_url
from tests.house.houses import House, embedded

__all__ = ["Stub", "stub", "wikipedia_url"]

HERE = Path(__file__).parent
SECRET, OTHER = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
SIZE_MAX_BYTES = 150_000
STRICT = ("--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "esnext", "--module", "nodenext")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("package")


@pytest.fixture(scope="module")
def files(folder: Path) -> set[str]:
    return packed(folder)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[House]:
    made = embedded(tmp_path_factory.mktemp("house"), wikipedia_url)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def test_npm_packs_these_files_and_no_other(files: set[str], folder: Path) -> None:
    of_the_page = {path.name for path in CONSOLE.glob("client*.js")}
    modules = {"index.js", "class-sets.js", "webhooks.js", *of_the_page}
    types = {name.removesuffix("js") + "d.ts" for name in modules}
    assert files == {"README.md", "package.json", "bodies.d.ts", *modules, *types}
    package = folder / "node_modules/@pathshala/client"
    assert all((package / name).read_bytes() == (CONSOLE / name).read_bytes() for name in of_the_page)
    assert sum(path.stat().st_size for path in package.iterdir()) < SIZE_MAX_BYTES
    assert not list(CLIENT.glob("client*")), "nothing of it lies there twice"


@pytest.mark.usefixtures("files")
def test_its_types_are_those_of_the_api(folder: Path) -> None:
    shutil.copy(HERE / "use.ts", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    checked = subprocess.run(
        [TOOLS / "tsc", *STRICT, "use.ts"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.usefixtures("files")
def test_it_waits_orders_class_sets_and_verifies_webhooks_in_node(folder: Path, house: House) -> None:
    shutil.copy(HERE / "use.mjs", folder)
    now, body = datetime.now(UTC), b'{"task_id": "t"}'
    signed = [
        Signer([OTHER, SECRET]).headers("t-5", body, now),
        Signer([OTHER]).headers("t-6", body, now),
        Signer([SECRET]).headers("t-7", body, now - timedelta(minutes=6)),
    ]
    webhooks = [json.dumps({"body": body.decode(), "headers": dict(headers)}) for headers in signed]
    said = subprocess.run(
        [node(), "use.mjs", SECRET, *webhooks],
        cwd=folder,
        env=os.environ | {"PATHSHALA_URL": house.url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
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
        "editions": ["nouns", "pronouns", "verbs"],
        "tasks": 2,
        "stopped": "enough",
        "webhooks": ["t-5", "Its signature is not of this secret.", "Its time is not now."],
    }
