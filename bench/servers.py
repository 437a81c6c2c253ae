"""The servers that the contenders stand on: private ones on loopback, each started when it is first asked for."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aio_pika

from bench.processes import child
from tests.servers.loopback import HOST, ServerError, free_port
from tests.servers.mongodb import PrivateMongoDB
from tests.servers.rabbitmq import PrivateRabbitMQ


class Servers:
    """RabbitMQ, Redis and a server of MongoDB's protocol; all end with the block."""

    def __init__(self, folder: Path) -> None:
        """Keep their data in this folder, whose disk is measured."""
        self._folder, self._stack = folder, ExitStack()
        self._urls: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End what was started."""
        self._stack.close()

    @property
    def amqp(self) -> str:
        """RabbitMQ's address. Raises ServerError if there is none to start."""
        if "amqp" not in self._urls:
            rabbitmq = PrivateRabbitMQ(self._made("rabbitmq"))
            self._stack.callback(rabbitmq.stop)
            rabbitmq.start()
            self._urls["amqp"] = rabbitmq.url
        return self._urls["amqp"]

    @property
    def mongodb(self) -> str:
        """The address of mongod, if it is installed, or of nx-27017, a stand-in. Raises ServerError."""
        if "mongodb" not in self._urls:
            mongodb = PrivateMongoDB(self._made("mongodb"))
            self._stack.callback(mongodb.stop)
            mongodb.start()
            self._urls["mongodb"] = mongodb.url
        return self._urls["mongodb"]

    @property
    def redis(self) -> str:
        """Redis's address; its file is synced once a second, which is its default where it keeps one."""
        if "redis" not in self._urls:
            if shutil.which("redis-server") is None:
                raise ServerError("redis-server is not installed")
            port, folder = free_port(), self._made("redis")
            options = {"port": port, "bind": HOST, "dir": folder, "appendonly": "yes", "appendfsync": "everysec"}
            command = [
                "redis-server",
                "--save",
                "",
                *(part for key, value in options.items() for part in (f"--{key}", str(value))),
            ]
            self._stack.enter_context(child("redis", command, folder, port=port))
            self._urls["redis"] = f"redis://{HOST}:{port}/0"
        return self._urls["redis"]

    def empty_redis(self) -> None:
        """Forget what is in Redis."""
        port = str(urlsplit(self.redis).port)
        subprocess.run(["redis-cli", "-p", port, "flushall"], check=True, capture_output=True)  # noqa: S603, S607

    def delete_queues(self, names: Iterable[str]) -> None:
        """Delete these queues with all that is in them, if they are there."""
        asyncio.run(_delete(self.amqp, names))

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder


async def _delete(url: str, names: Iterable[str]) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for name in names:
            await channel.queue_delete(name)
