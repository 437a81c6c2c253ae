"""The JavaScript client, installed where a program finds it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "clients" / "javascript"
CONSOLE = ROOT / "services" / "api" / "src" / "pathshala_api" / "console"
TOOLS = ROOT / ".venv" / "clients" / "node_modules" / ".bin"


def packed(folder: Path) -> set[str]:
    """Install in a folder what `npm pack` makes of the client. Returns the files that the package holds.

    It is packed of a copy, since what it takes from the console would else lie in the tree for a while.
    """
    source = folder / "source" / "clients" / "javascript"
    shutil.copytree(CLIENT, source, ignore=shutil.ignore_patterns("node_modules", "tests"))
    (folder / "source" / "services").symlink_to(ROOT / "services")
    said = subprocess.run(
        ["npm", "pack", "--json", "--silent", "--pack-destination", folder],
        cwd=source,
        env=os.environ | {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    [package] = json.loads(said.stdout)
    archive = folder / package["filename"]
    subprocess.run(["tar", "-xzf", archive, "--strip-components=1", "-C", _package(folder)], check=True)
    return {file["path"] for file in package["files"]}


def laid(folder: Path) -> None:
    """Install the same in a folder without its types, which takes no time."""
    package = _package(folder)
    for file in (CLIENT / "package.json", *CLIENT.glob("*.js"), *CONSOLE.glob("client*.js")):
        shutil.copy(file, package)


def _package(folder: Path) -> Path:
    made = folder / "node_modules" / "@pathshala" / "client"
    made.mkdir(parents=True)
    return made


def node() -> str:
    """Find Node."""
    found = shutil.which("node") or shutil.which("nodejs")
    assert found is not None, "install Node (Debian: apt-get install nodejs)"
    return found
