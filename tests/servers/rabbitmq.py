"""A RabbitMQ node of one's own, which a test may stop, freeze, kill and start again on the same port and data."""

import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import freezing
from tests.servers.loopback import AMQP_HELLO, HOST, ServerError, answers, free_port, wait_until
from tests.waiting import DEADLINE_SECONDS

# Debian's `rabbitmq-server` in PATH is a wrapper that changes the user and the folders; this is what it wraps.
DEBIAN_FOLDER = Path("/usr/lib/rabbitmq/bin")
ON_LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"


CLUSTER = """\
cluster_formation.peer_discovery_backend = classic_config
cluster_formation.classic_config.nodes.1 = {node}
"""


class PrivateRabbitMQ:
    """A node without plugins, as the user that we are; its data, logs and cookie live in `folder`.

    It has its own epmd too, so nothing is shared with another node of the machine; but one that is made to `join`
    another node has that one's, and its cookie, and forms a cluster with it when it is first started.
    """

    def __init__(self, folder: Path, *, join: "PrivateRabbitMQ | None" = None) -> None:
        """Choose free ports; start() starts it."""
        self._folder, self._port, self._joined = folder, free_port(), join
        self._epmd_port: int = join._epmd_port if join else free_port()
        self._log = folder / "output"
        self._environment = self._settings()
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._controllable = False

    @property
    def url(self) -> str:
        """Its address, with the user that it has from the start."""
        return f"amqp://guest:guest@{HOST}:{self._port}/"

    def start(self) -> None:
        """Start it, and return once it speaks AMQP. Raises ServerError."""
        self._controllable = False
        try:
            if self._epmd is None and self._joined is None:
                self._epmd = self._launch("epmd", "-address", HOST, "-port", str(self._epmd_port))
                wait_until(lambda: answers(self._epmd_port), self._epmd, self._log)
            self._node = self._launch("rabbitmq-server")
            wait_until(lambda: answers(self._port, AMQP_HELLO), self._node, self._log)
        except ServerError:
            self.stop()
            raise

    def kill(self) -> None:
        """End the node with SIGKILL, if it runs."""
        if self._node is not None:
            self._node.kill()
            self._node.wait()
            self._node = None

    def freeze(self) -> None:
        """Stop its clock: it keeps its connections and does nothing."""
        assert self._node is not None, "it does not run"
        freezing.freeze(self._node)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._node is not None, "it does not run"
        freezing.thaw(self._node)

    def stop(self) -> None:
        """End it politely, if it runs; frozen or not. Its epmd ends too."""
        if self._node is not None:
            self._node.terminate()
            self._node.send_signal(signal.SIGCONT)
            try:
                self._node.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
            self._node = None
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on this node. Returns what it prints; fails if it fails.

        A node speaks AMQP a little before it has started wholly, and refuses most commands until then.
        """
        if not self._controllable:
            self._run("await_startup")
            self._controllable = True
        return self._run(*arguments)

    def _run(self, *arguments: str) -> str:
        command = [_path("rabbitmqctl"), "--quiet", *arguments]
        done = subprocess.run(
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    @property
    def name(self) -> str:
        """What it is called in a cluster."""
        return f"rabbit-{self._port}@localhost"

    @property
    def port(self) -> int:
        """Where it speaks AMQP."""
        return self._port

    def _settings(self) -> dict[str, str]:
        foreign = ("RABBITMQ_", "ERL_", "NOTIFY_SOCKET")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        plugins = self._folder / "enabled_plugins"
        plugins.write_text("[].\n")
        configuration = self._folder / "rabbitmq.conf"
        configuration.write_text(CLUSTER.format(node=self._joined.name) if self._joined else "")
        return clean | {
            "HOME": str(self._joined._folder if self._joined else self._folder),  # Erlang keeps its cookie there
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RUNNING_UNDER_SYSTEMD": "true",  # the start script becomes the node instead of waiting for it
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ON_LOOPBACK,
            "RABBITMQ_CTL_ERL_ARGS": ON_LOOPBACK,
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "no-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(configuration.with_suffix("")),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._folder / "no-advanced"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "logs"),
        }

    def _launch(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as sink:
            return subprocess.Popen(
                [_path(name), *arguments],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )


class PrivateCluster:
    """Three nodes of one cluster, each of which a test may kill and start again."""

    def __init__(self, folder: Path) -> None:
        """Choose free ports; start() starts them."""
        folders = [folder / name for name in ("first", "second", "third")]
        for own in folders:
            own.mkdir()
        first = PrivateRabbitMQ(folders[0])
        self.nodes = [first, *(PrivateRabbitMQ(own, join=first) for own in folders[1:])]

    @property
    def url(self) -> str:
        """The addresses of all nodes in one, with the user that they have from the start."""
        return f"amqp://guest:guest@{','.join(f'{HOST}:{node.port}' for node in self.nodes)}/"

    def start(self) -> None:
        """Start them, and return once all are one cluster. Raises ServerError."""
        self.nodes[0].start()
        try:
            self.nodes[0].ctl("await_startup")
            with ThreadPoolExecutor() as threads:
                list(threads.map(PrivateRabbitMQ.start, self.nodes[1:]))
            for node in self.nodes[1:]:
                node.ctl("await_startup")
            self.nodes[0].ctl("await_online_nodes", str(len(self.nodes)))
        except ServerError:
            self.stop()
            raise

    def stop(self) -> None:
        """End all, the one with the epmd last."""
        for node in reversed(self.nodes):
            node.kill()
            node.stop()


def _path(name: str) -> str:
    debian = DEBIAN_FOLDER / name
    path = str(debian) if debian.exists() else shutil.which(name)
    if path is None:
        raise ServerError(f"{name} is not installed")
    return path
