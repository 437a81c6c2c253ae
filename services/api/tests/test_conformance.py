"""Schemathesis reads the whole description and finds nothing: valid requests are taken, others refused as described."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from pathshala_common.contract.access_key import Role
from services.api.tests.given import Api
from services.api.tests.keyed import a_key, a_keyed_api, bearer

ROOT = Path(__file__).parents[3]
HOOKS = "services.api.tests.schemathesis_hooks"
EXAMPLES_MAX = 1
"""Random requests for each operation."""
SEED = 13
RUN_SECONDS = 900


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keyed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """An API that asks for keys, and counts nobody's requests too many."""
    async with a_keyed_api(tmp_path_factory.mktemp("keyed"), key_requests_per_minute=100_000) as api:
        yield api


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("phases", ["examples,fuzzing", pytest.param("coverage", marks=pytest.mark.slow)])
async def test_schemathesis_finds_nothing(phases: str, shared_api: Api, tmp_path: Path) -> None:
    """Everybody is an operator where no keys are asked for; `coverage` tries each boundary of each parameter."""
    await shared_api.a_lesson("english", "verbs")

    await find_nothing(shared_api, tmp_path, "--phases", phases)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("role", [Role.USER, Role.OPERATOR, None])
@pytest.mark.slow
async def test_it_finds_nothing_in_either_role_and_in_none(role: Role | None, keyed: Api, tmp_path: Path) -> None:
    said = bearer(await a_key(keyed.store, keyed, "asha", role)) if role else {}
    headers = [part for name, value in said.items() for part in ("--header", f"{name}: {value}")]

    await find_nothing(keyed, tmp_path, "--phases", "fuzzing", *headers)


async def find_nothing(api: Api, folder: Path, *options: str) -> None:
    """Let Schemathesis ask an API all that it can think of; fail with what it found."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(Path(__file__).with_name("schemathesis.toml")),
        ),
        *("run", f"{api.client.base_url}/openapi.json", "--no-color", *options),
        *("--max-examples", str(EXAMPLES_MAX), "--seed", str(SEED)),
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(RUN_SECONDS):
        told, _ = await process.communicate()

    assert process.returncode == 0, told.decode()
    assert " passed" in told.decode()
