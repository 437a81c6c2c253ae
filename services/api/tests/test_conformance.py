"""Schemathesis reads the whole description and finds nothing: valid requests are taken, others refused as described."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from services.api.tests.given import Api

ROOT = Path(__file__).parents[3]
EXAMPLES_MAX = 2
"""Random requests for each operation, besides those at every boundary of every parameter."""
SEED = 13
RUN_SECONDS = 900


@pytest.mark.asyncio(loop_scope="module")
async def test_schemathesis_finds_nothing(shared_api: Api, tmp_path: Path) -> None:
    await shared_api.a_lesson("english", "verbs")
    hooks = {
        "SCHEMATHESIS_HOOKS": "services.api.tests.schemathesis_hooks",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }

    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(Path(__file__).with_name("schemathesis.toml")),
        ),
        *("run", f"{shared_api.client.base_url}/openapi.json"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES_MAX), "--seed", str(SEED)),
        "--no-color",
        cwd=tmp_path,
        env=os.environ | hooks,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(RUN_SECONDS):
        said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert " passed" in said.decode()
