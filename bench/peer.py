"""The peers: what somebody would take in Pathshala's place, as their users run it, with one worker process."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.contender import Line, Running, Start
from bench.processes import child
from bench.servers import Servers
from tests.servers.loopback import HOST, free_port

CELERY = ("celery", "-A", "bench.peers.celery:tasks", "worker", "-l", "WARNING", "--without-gossip", "--without-mingle")
TASKIQ = (
    "taskiq",
    "worker",
    "bench.peers.taskiq:broker",
    "-w",
    "1",
    "--max-async-tasks",
    "1000",
    "--log-level",
    "ERROR",
)
CONFIRMED = "order: confirmed; lesson: synced once a second"


@dataclass(frozen=True, slots=True)
class Peer:
    """An API process, and a worker process if there is a queue between; another worker may suit slow lessons better."""

    name: str
    durable: str
    worker: Sequence[str] = ()
    slow_worker: Sequence[str] = ()
    line: Line = "like for like"
    lessons: int = 5_000
    scans: bool = False
    is_peer: bool = True

    @contextmanager
    def start(self, how: Start, servers: Servers, folder: Path) -> Iterator[Running]:
        """Run it while inside, with its queue and Redis empty. Raises ServerError if it does not come up."""
        port, environment = free_port(), {"BENCH_WRITER_SECONDS": str(how.writer_seconds)}
        if self.worker:
            environment |= {"BENCH_AMQP": servers.amqp, "BENCH_REDIS": servers.redis}
            servers.delete_queues([f"bench.{self.name}"])
            servers.empty_redis()
        worker = () if how.accept_only else (self.slow_worker if how.writer_seconds else ()) or self.worker
        with ExitStack() as stack:
            command = uvicorn(f"bench.peers.{self.name}:app", port)
            pids = {"api": stack.enter_context(child("api", command, folder, environment, port=port))}
            if worker:
                command = [sys.executable, "-m", *worker]
                pids["worker"] = stack.enter_context(child("worker", command, folder, environment))
            yield Running(port, pids)


def uvicorn(app: str, port: int) -> list[str]:
    """The command that serves an app by one process, as fast as uvicorn does."""
    fast = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", app, "--host", HOST, "--port", str(port), *fast]


PEERS = (
    Peer("background", "nothing"),
    Peer("faststream", CONFIRMED, ("bench.peers.faststream",)),
    Peer("taskiq", CONFIRMED, TASKIQ),
    Peer(
        "celery",
        CONFIRMED,
        (*CELERY, "-c", "2"),
        (*CELERY, "-P", "gevent", "-c", "1000"),
    ),
)
