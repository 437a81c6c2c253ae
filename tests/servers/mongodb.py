"""A MongoDB server of one's own, which a test may stop, freeze, kill and start again on the same port and data."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests import freezing
from tests.servers.loopback import HOST, ServerError, answers, free_port, wait_until
from tests.waiting import DEADLINE_SECONDS

COMMAND_VARIABLE = "PATHSHALA_TEST_MONGODB_COMMAND"
SET_NAME = "rs"
MONGOD = "mongod --bind_ip {host} --port {port} --dbpath {folder} --nounixsocket"
STAND_IN = "nx-27017 --host {host} -p {port} --data-dir {folder} --log-file {folder}.log --pid-file {folder}.pid"
HELLO_MILLISECONDS = 2_000


class PrivateMongoDB:
    """A server process on a loopback port; its data lives in `folder`.

    PATHSHALA_TEST_MONGODB_COMMAND says how to start it, else `mongod` is taken if it is installed, else nx-27017, a
    stand-in that speaks MongoDB's protocol. With `--replSet rs` it becomes a replica set of this one server.
    """

    def __init__(self, folder: Path) -> None:
        """Choose a free port; start() starts it."""
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, without a database."""
        return f"mongodb://{HOST}:{self._port}"

    @property
    def program(self) -> str:
        """What is started."""
        return Path(self._command()[0]).name

    def start(self) -> None:
        """Start it, and return once it takes writes. Raises ServerError."""
        (self._folder / "data").mkdir(exist_ok=True)
        command, output = self._command(), self._folder / "output"
        with output.open("ab") as sink:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        try:
            wait_until(lambda: answers(self._port), self._process, output)
            wait_until(lambda: takes_writes(self.url), self._process, output)
        except ServerError:
            self.stop()
            raise

    def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop its clock: it keeps its connections and does nothing."""
        assert self._process is not None, "it does not run"
        freezing.freeze(self._process)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None, "it does not run"
        freezing.thaw(self._process)

    def stop(self) -> None:
        """End it politely, if it runs; frozen or not."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def _command(self) -> list[str]:
        """Say what to run. Raises ServerError if this machine lacks it."""
        text = os.environ.get(COMMAND_VARIABLE) or (MONGOD if shutil.which("mongod") else STAND_IN)
        values = {"host": HOST, "port": self._port, "folder": self._folder / "data"}
        name, *arguments = [part.format(**values) for part in shlex.split(text)]
        ours = Path(sys.executable).parent / name
        path = str(ours) if ours.exists() else shutil.which(name)
        if path is None:
            raise ServerError(f"{name} is not installed")
        return [path, *arguments]


def takes_writes(url: str) -> bool:
    """Whether this one server takes writes. One that was started as part of a set, and has none, is made one."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(url, directConnection=True, timeoutMS=HELLO_MILLISECONDS) as client:
        try:
            told = client.admin.command("hello")
            if told.get("isreplicaset") and "setName" not in told:
                members = [{"_id": 0, "host": url.partition("://")[2]}]
                client.admin.command("replSetInitiate", {"_id": SET_NAME, "members": members})
        except PyMongoError:  # not so far yet
            return False
        return bool(told.get("isWritablePrimary"))
