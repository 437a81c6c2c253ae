"""The same servers as containers, for machines with a Docker engine: twins of PrivateRabbitMQ and PrivateMongoDB."""

import subprocess
import time
from typing import Any

from docker.errors import DockerException  # type: ignore[import-untyped]  # it ships no types
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from tests.servers.loopback import AMQP_HELLO, HOST, ServerError, answers, free_port
from tests.servers.mongodb import takes_writes
from tests.waiting import DEADLINE_SECONDS, looks

ENGINE_SECONDS = 10
PULL_SECONDS = 180.0

# The companion that ends forgotten containers is one more image to pull; each server here ends its own.
testcontainers_config.ryuk_disabled = True


class _Container:
    """One container with one port, published on loopback only; its data lives as long as it does."""

    image: str
    inner_port: int

    def __init__(self) -> None:
        """Choose a free port and make sure of the image. Raises ServerError."""
        _ask_for_engine()
        self._port = free_port()
        self._container = DockerContainer(self.image, docker_client_kw={"timeout": ENGINE_SECONDS})
        client: Any = self._container.get_docker_client().client
        try:
            _have(client, self.image)
        except DockerException as error:
            client.close()
            raise ServerError(f"Docker cannot pull {self.image}: {error}") from error
        published: Any = (HOST, self._port)
        self._container.ports[f"{self.inner_port}/tcp"] = published
        self._container.with_tmpfs_mount("/tmp")  # a killed server's pid file must not outlive it
        self._made = False

    def start(self) -> None:
        """Start it, and return once it speaks its protocol. Raises ServerError."""
        if self._made:
            self._engine().start()
        else:
            self._made = True
            self._container.start()
        if not any(self._ready() for _ in looks()):
            output = b"".join(self._container.get_logs()).decode(errors="replace")[-4_000:]
            self.stop()
            raise ServerError(f"{self.image} was not ready after {DEADLINE_SECONDS} s:\n{output}")

    def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        engine = self._engine()
        engine.reload()
        if engine.status in {"running", "paused"}:
            engine.kill()
            engine.wait()

    def freeze(self) -> None:
        """Stop its clock: it keeps its connections and does nothing."""
        self._engine().pause()

    def thaw(self) -> None:
        """Let it go on."""
        self._engine().unpause()

    def stop(self) -> None:
        """End it, if it was started, and forget its data."""
        if self._made:
            self._made = False
            self._container.stop()

    def _engine(self) -> Any:
        return self._container.get_wrapped_container()

    def _ready(self) -> bool:
        raise NotImplementedError


class ContainerRabbitMQ(_Container):
    """RabbitMQ 4 in a container."""

    image, inner_port = "rabbitmq:4-management", 5672

    @property
    def url(self) -> str:
        """Its address, with the user that it has from the start."""
        return f"amqp://guest:guest@{HOST}:{self._port}/"

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on this node. Returns what it prints; fails if it fails."""
        done = self._container.exec(["rabbitmqctl", "--quiet", *arguments])
        output = done.output.decode()
        assert done.exit_code == 0, f"rabbitmqctl {' '.join(arguments)}: {output}"
        return output

    def _ready(self) -> bool:
        return answers(self._port, AMQP_HELLO)


class ContainerMongoDB(_Container):
    """MongoDB 8 in a container."""

    image, inner_port = "mongo:8", 27017

    @property
    def url(self) -> str:
        """Its address, without a database."""
        return f"mongodb://{HOST}:{self._port}"

    def _ready(self) -> bool:
        return takes_writes(self.url)


def _ask_for_engine() -> None:
    """Ask the command first: the library leaves sockets open where there is no engine."""
    try:
        subprocess.run(
            ["docker", "info"], stdin=subprocess.DEVNULL, capture_output=True, timeout=ENGINE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerError(f"no Docker engine ({error})") from error


def _have(client: Any, image: str) -> None:
    """Pull an image that is not there, in a time that a test run can bear."""
    if client.images.list(name=image):
        return
    deadline = time.monotonic() + PULL_SECONDS
    for step in client.api.pull(image, stream=True, decode=True):
        if "error" in step:
            raise DockerException(step["error"])
        if time.monotonic() > deadline:
            raise DockerException(f"not done after {PULL_SECONDS} s; `docker pull {image}` has no such limit")
