"""The wheel in an empty environment, away from this tree: the command is there, and a house of it gives a lesson."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which

import pytest

from deploy.release.building import ROOT, build
from pathshala_common import __version__
from tests.waiting import until_true

EPOCH = 1_700_000_000
CLIENT = ROOT / "clients/python"
NOWHERE = "http://127.0.0.1:9/{language}/w/api.php"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that has the house."""
    return environment(ROOT, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of one that has the client, and not the house."""
    return environment(CLIENT, tmp_path_factory.mktemp("client"))


def environment(tree: Path, folder: Path) -> Path:
    """Make one that has the wheel of a tree, and what the wheel says that it needs. Returns the folder of its commands.

    The versions are those of the lock; uv takes them from its cache, or from the index.
    """
    build(tree, folder, EPOCH, ["wheel"])
    [wheel] = folder.glob("*.whl")
    made = folder / "environment"
    uv("venv", "--python", sys.executable, made)
    uv("pip", "install", "--python", made, "--constraint", ROOT / "requirements.lock", wheel)
    return made / "bin"


def uv(*arguments: str | Path) -> None:
    """Run uv, as if there were no environment but the one that it is told."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = which("uv", path=places)
    assert command is not None, "scripts/test installs uv"
    subprocess.run([command, "--quiet", *arguments], env=clean(), check=True)


def clean(**settings: str) -> Mapping[str, str]:
    """The environment without this tree, and with no settings but these."""
    ours = ("PATHSHALA_", "OPENAI_", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings


@pytest.fixture
def house(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a house that the installed command has started, in a folder that has nothing else."""
    log = tmp_path / "log"
    settings = clean(PATHSHALA_PORT="0", PATHSHALA_LOG_FORMAT="json", PATHSHALA_WIKIPEDIA_URL=NOWHERE)
    with log.open("wb") as told:
        process = subprocess.Popen(
            [installed / "pathshala", "up"], cwd=tmp_path, env=settings, stdout=subprocess.DEVNULL, stderr=told
        )
    try:
        yield until_true(lambda: started_at(log))
    finally:
        process.terminate()
        assert process.wait() == 0


def started_at(log: Path) -> str:
    """Where a house answers; nothing, until its log says so."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
    return next((str(line["url"]) for line in lines if line["event"] == "started"), "")


def told_by(command: Path, *arguments: str, folder: Path, **settings: str) -> str:
    """What a command printed in a folder that is not of this tree. It must end well."""
    ran = subprocess.run(
        [command, *arguments], cwd=folder, env=clean(**settings), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_an_installed_house_gives_a_lesson_by_its_command_line(installed: Path, house: str, tmp_path: Path) -> None:
    order = ("lesson", "create", "english", "verbs", "--no-wikipedia", "--wait")
    told = told_by(installed / "pathshala", *order, folder=tmp_path, PATHSHALA_URL=house)
    shown = told_by(installed / "pathshala", "lesson", "show", "english", "verbs", folder=tmp_path, PATHSHALA_URL=house)
    assert "verbs" in told
    assert "verbs" in shown


def test_an_installed_client_gets_a_lesson_as_its_page_says(house: str, client: Path, tmp_path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", CLIENT.joinpath("README.md").read_text(encoding="utf-8"), re.DOTALL)
    here = code.replace('"https://house.example"', repr(house))
    told = told_by(client / "python", "-c", here, folder=tmp_path)
    assert here != code
    assert told.strip()
    assert not client.joinpath("pathshala").exists()


def test_what_is_installed_is_this_version_and_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    version = told_by(installed / "pathshala", "--version", folder=tmp_path)
    file = told_by(installed / "python", "-c", "import pathshala_api; print(pathshala_api.__file__)", folder=tmp_path)
    assert version.split() == ["pathshala", __version__]
    assert Path(file.strip()).is_relative_to(installed.parent)
