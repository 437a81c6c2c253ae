"""What npm publishes: these files, with the types of the API."""

import shutil
import subprocess
from pathlib import Path

import pytest

from clients.javascript.tests.packing import CLIENT, CONSOLE, TOOLS, packed

HERE = Path(__file__).parent
SIZE_MAX_BYTES = 150_000
STRICT = (
    "--noEmit",
    "--skipLibCheck",
    "--strict",
    "--noUncheckedIndexedAccess",
    "--target",
    "esnext",
    "--module",
    "nodenext",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("package")


@pytest.fixture(scope="module")
def files(folder: Path) -> set[str]:
    return packed(folder)


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
