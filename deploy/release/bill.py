"""Writes the bill of materials: every distribution that a house runs on, its licence, and what needs it (CycloneDX)."""

import json
import subprocess
import sys
from pathlib import Path

SPEC_VERSION = "1.6"
NAME = "pathshala"


def write(file: Path, environment: Path, wheel: Path) -> None:
    """Install the wheel into an environment that has what it needs, and write the bill of what is there then."""
    python = environment / "bin" / "python"
    _run("pip", "--python", python, "install", "--quiet", "--no-deps", "--force-reinstall", wheel)
    options = ("--output-reproducible", "--spec-version", SPEC_VERSION, "--output-file", file)
    _run("cyclonedx_py", "environment", *options, python)
    bill = json.loads(file.read_text(encoding="utf-8"))
    [ours] = [each for each in bill["components"] if each["name"] == NAME]
    bill["components"].remove(ours)
    # Where this machine had the wheel is of no use to anybody.
    del ours["externalReferences"]
    bill["metadata"]["component"] = ours | {"type": "application", "purl": f"pkg:pypi/{NAME}@{ours['version']}"}
    file.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def _run(module: str, *arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=sys.stderr)  # noqa: S603 - ours
