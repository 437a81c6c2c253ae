"""Loads an HTTP server with wrk: as many requests as it answers, over so many connections."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.orders import ORDERS
from tests.servers.loopback import HOST, ServerError

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("load.lua")
ANSWER_SECONDS = 10


def post_orders(port: int, seconds: int, connections: int = CONNECTIONS) -> dict[str, float]:
    """POST orders. Returns requests a second, latencies in ms, and how many were answered by an error or not at all."""
    return _load(port, seconds, connections, ORDERS, {"BENCH_POST": "yes", "BENCH_PATH": "/lessons"})


def get(port: int, seconds: int, paths: Iterable[str], etag: str | None = None) -> dict[str, float]:
    """GET these paths in turn. Returns the same."""
    lines = (path.encode() for path in paths)
    return _load(port, seconds, CONNECTIONS, lines, {"BENCH_ETAG": etag} if etag else {})


def _load(
    port: int, seconds: int, connections: int, lines: Iterable[bytes], environment: dict[str, str]
) -> dict[str, float]:
    program = shutil.which("wrk")
    if program is None:
        raise ServerError("wrk is not installed")
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={ANSWER_SECONDS}s", "-s", str(SCRIPT)]
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        said = subprocess.run(  # noqa: S603 - a command of this benchmark
            [*command, f"http://{HOST}:{port}/"],
            env=os.environ | environment | {"BENCH_LINES": file.name},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    figures: dict[str, float] = json.loads(said.splitlines()[-1])
    return figures
