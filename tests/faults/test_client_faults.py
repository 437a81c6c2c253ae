"""Clients that stall, or send heads without end: a stop does not wait for them, nothing they sent is logged."""

import contextlib
import json
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pathshala_common.runtime.http import CANCEL_SECONDS, STOP_SECONDS
from tests.faults.record import RABBITMQ, Measured, fault_in_each
from tests.house.asking import ask, outcome
from tests.house.houses import House, distributed, embedded

STALLED = 1_000
HANDLES = 4_096
HEADS_BYTES = 64 * 2**20
RSS_GROWTH_MAX_BYTES = 64 * 2**20
LOG_MAX_BYTES = 4_096
GRACE_SECONDS = 10
BUSY_SECONDS = 15
"""How much longer than its bound a stop may take on a machine that has much else to do."""

CANARY = b"canary-4711"
HEAD = (
    b"POST /lessons HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + CANARY + b"\r\n"
)
AMID_THE_BODY = HEAD + b'Content-Length: 1000\r\n\r\n{"subject": "' + CANARY


@pytest.fixture(autouse=True)
def handles() -> Iterator[None]:
    """Have handles for all of them, here and in the house."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(HANDLES, hard)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def house(request: pytest.FixtureRequest, deployment: str, tmp_path: Path, wikipedia_url: str) -> Iterator[House]:
    """A running house that stops soon."""
    wanted: dict[str, Any] = {"PATHSHALA_GRACE_SECONDS": str(GRACE_SECONDS)}
    if deployment == RABBITMQ:
        amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, **wanted)
    else:
        made = embedded(tmp_path, wikipedia_url, **wanted)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@fault_in_each(43, slow=RABBITMQ)
def test_a_stop_keeps_its_bound_with_stalled_clients_and_heads_without_end_cost_no_memory(
    deployment: str, house: House, measured: Measured
) -> None:
    api = house.services["api" if deployment == RABBITMQ else "pathshala"]
    address = urlsplit(house.url).hostname, urlsplit(house.url).port
    assert outcome(house.url, ask(house.url, "warm up"))["status"] == "completed"
    before = _bytes_from_now(api.pid)
    codes = {_endless_head(address), _endless_head(address, b"X: ")}
    with contextlib.ExitStack() as clients:
        for _ in range(STALLED):
            client = clients.enter_context(socket.create_connection(address))
            client.sendall(AMID_THE_BODY)
        assert outcome(house.url, ask(house.url, "amid the stalled"))["status"] == "completed"
        grown, logged = _most_bytes(api.pid) - before, len(api.log_text)
        began = time.monotonic()
        code = api.terminate()
        seconds = time.monotonic() - began
    measured(
        stalled=STALLED,
        stop_seconds=seconds,
        logged_bytes=len(api.log_text) - logged,
        canaries_logged=api.log_text.count(CANARY.decode()),
        head_mib_sent=2 * HEADS_BYTES >> 20,
        memory_mib=grown >> 20,
    )
    assert codes == {"url_too_long", "headers_too_large"}
    assert code == 0
    assert seconds <= STOP_SECONDS + CANCEL_SECONDS + BUSY_SECONDS
    assert len(api.log_text) - logged <= LOG_MAX_BYTES
    assert CANARY.decode() not in api.log_text
    assert grown <= RSS_GROWTH_MAX_BYTES


def _endless_head(address: tuple[str | None, int | None], name: bytes | None = None) -> str:
    """Send a URL, or this header, for as long as anybody takes it; gives the code of the refusal."""
    with socket.create_connection(address) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(b"GET /" if name is None else HEAD + name)
            for _ in range(HEADS_BYTES >> 16):
                client.sendall(b"a" * 65_536)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while part := client.recv(65_536):
                answer += part
    return str(json.loads(answer.partition(b"\r\n\r\n")[2] or b'{"code": "none"}')["code"])


def _bytes_from_now(pid: int) -> int:
    """The memory that a process holds now; the most that it held is counted anew from here."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _most_bytes(pid)


def _most_bytes(pid: int) -> int:
    """The most memory that a process held since it was counted anew."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) * 1_024
