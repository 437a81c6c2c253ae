"""Clients that are generated from the description: each compiles, orders a lesson and reads its task."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from services.api.tests.given import Api

GENERATORS = Path(__file__).parents[3] / ".venv" / "clients"
USES = Path(__file__).parent / "client_uses"
RUN_SECONDS = 300


@pytest.fixture
def described(tmp_path: Path, document: dict[str, Any]) -> Path:
    """A folder with the description in it, and nothing else."""
    assert (GENERATORS / "state").exists(), "scripts/test sets up what generates clients, in .venv/clients"
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    return tmp_path


async def run(folder: Path, *command: str | Path) -> str:
    """Run a command in a folder; fail with what it said if it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(RUN_SECONDS):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.slow
async def test_a_typescript_client_compiles_and_orders_a_lesson(described: Path, shared_api: Api) -> None:
    (described / "node_modules").symlink_to(GENERATORS / "node_modules")
    (described / "package.json").write_text('{"type": "module"}')
    (described / "use.ts").write_text((USES / "use.ts").read_text())
    tools = described / "node_modules" / ".bin"

    await run(described, tools / "openapi-typescript", "openapi.json", "--output", "api.ts")
    options = ["--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext"]
    await run(described, tools / "tsc", *options, "use.ts")

    said = await run(described, "node", "use.js", str(shared_api.client.base_url))
    assert json.loads(said) == {"status": "pending", "subject": "english", "refused": "lesson_not_found"}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_python_client_passes_a_strict_type_checker_and_orders_a_lesson(
    described: Path, shared_api: Api
) -> None:
    (described / "use.py").write_text((USES / "use.py.txt").read_text())
    # The generator knows no tables; to it one is a file as any other.
    (described / "none.yml").write_text(
        "post_hooks: []\ncontent_type_overrides:\n  text/csv: application/octet-stream\n"
    )
    python = GENERATORS / "bin" / "python"

    said = await run(
        described,
        GENERATORS / "bin" / "openapi-python-client",
        *("generate", "--path", "openapi.json", "--output-path", "lessons", "--meta", "none", "--config", "none.yml"),
        "--fail-on-warning",
    )
    assert "warning" not in said.lower()
    checker = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "--cache-dir", "cache"]
    await run(described, *checker, "use.py", "lessons")

    said = await run(described, python, "use.py", str(shared_api.client.base_url))
    assert json.loads(said) == {"status": "pending", "subject": "english", "refused": "lesson_not_found"}
