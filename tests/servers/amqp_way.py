"""A way to a RabbitMQ on which the frames of methods are counted, and those of one kind may get lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from yarl import URL

from tests.servers.loopback import HOST

FRAME_HEAD_BYTES, FRAME_END_BYTES = 7, 1
METHOD = 1
NAMES = {(60, 40): "publish", (60, 60): "deliver", (60, 80): "ack", (60, 120): "nack"}
PROTOCOL_HEAD_BYTES = 8

ASKED, ANSWERED = "client", "broker"

Kind = tuple[str, str]
"""Who sends a frame, and its method."""

PUBLISH, ACKNOWLEDGEMENT = (ASKED, "publish"), (ASKED, "ack")
DELIVERY, CONFIRM = (ANSWERED, "deliver"), (ANSWERED, "ack")
HINT, HINT_DELIVERY = (ASKED, "hint"), (ANSWERED, "hint")
"""Publishing and delivery by the exchange of hints, which count as nothing else."""


class AMQPWay:
    """Hands on whatever its clients and the broker say, frame by frame."""

    def __init__(self, broker: URL) -> None:
        self._broker = broker
        self.url = ""
        self.swallows: Kind | None = None
        self.swallowed = 0
        self.frames = Counter[Kind]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on both ways until either side hangs up."""
        assert self._broker.host is not None
        answers, asked = await asyncio.open_connection(self._broker.host, self._broker.port)
        asked.write(await reader.readexactly(PROTOCOL_HEAD_BYTES))
        await asyncio.gather(self._hand_on(ASKED, reader, asked), self._hand_on(ANSWERED, answers, writer))

    async def _hand_on(self, who: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(FRAME_HEAD_BYTES)
                rest = await reader.readexactly(int.from_bytes(head[3:7]) + FRAME_END_BYTES)
                kind = (who, _method(head, rest))
                self.frames[kind] += 1
                if kind == self.swallows:
                    self.swallowed += 1
                else:
                    writer.write(head + rest)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def _method(head: bytes, rest: bytes) -> str:
    if head[0] != METHOD:
        return ""
    name = NAMES.get((int.from_bytes(rest[:2]), int.from_bytes(rest[2:4])), "other")
    return "hint" if name in {"publish", "deliver"} and _exchange(name, rest).endswith(b".hints") else name


def _exchange(method: str, rest: bytes) -> bytes:
    """Read the exchange: behind a reserved number, or behind a consumer's tag, a delivery's tag and a flag."""
    start = 6 if method == "publish" else 4 + 1 + rest[4] + 8 + 1
    return rest[start + 1 : start + 1 + rest[start]]


@asynccontextmanager
async def amqp_way(amqp_url: str) -> AsyncIterator[AMQPWay]:
    """Open a way to the RabbitMQ at this URL."""
    broker = URL(amqp_url)
    way = AMQPWay(broker)
    async with await asyncio.start_server(way.serve, HOST, 0) as server:
        way.url = str(broker.with_host(HOST).with_port(server.sockets[0].getsockname()[1]))
        yield way
