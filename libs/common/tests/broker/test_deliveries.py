"""What a connection to RabbitMQ reads: deliveries to those who take them, and everything else to aiormq."""

import asyncio
from collections.abc import Iterator
from typing import cast

import pamqp.frame
import pytest
from aio_pika.abc import AbstractChannel
from aiormq import spec
from pamqp.body import ContentBody
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat
from yarl import URL

from pathshala_common.broker.rabbitmq.deliveries import HEARTBEAT_SECONDS, Delivered, Deliveries, DeliveryReader
from tests.waiting import one_turn

HEARTBEAT = Heartbeat().marshal()
OK = pamqp.frame.marshal(spec.Basic.QosOk(), 1)

Taken = list[tuple[int, bytes]]


@pytest.fixture
def taken() -> Taken:
    return []


@pytest.fixture
async def reader(taken: Taken) -> DeliveryReader:
    return DeliveryReader({b"ours": lambda one: taken.append((one.delivery_tag, one.body))})


def delivery(tag: int, *parts: bytes, to: str = "ours", channel: int = 1) -> list[bytes]:
    """Give the frames of one delivery; each part of its body is one."""
    deliver = spec.Basic.Deliver(to, tag, exchange="events", routing_key="lesson.generated")
    properties = spec.Basic.Properties(message_id=f"id-{tag}", headers={"x-delivery-count": 2})
    head = ContentHeader(body_size=sum(map(len, parts)), properties=properties)
    frames: list[pamqp.frame.FrameTypes] = [deliver, head, *map(ContentBody, parts)]
    return [pamqp.frame.marshal(frame, channel) for frame in frames]


def other(reader: DeliveryReader) -> bytes:
    """Give what aiormq has to read."""
    reader.feed_eof()
    reading = reader.read()
    with pytest.raises(StopIteration) as read:
        reading.send(None)
    return bytes(read.value.value)


def cuts(stream: bytes) -> Iterator[tuple[bytes, ...]]:
    yield tuple(stream[at : at + 1] for at in range(len(stream)))
    for at in range(1, len(stream)):
        yield stream[:at], stream[at:]


async def test_a_delivery_is_taken_with_all_that_it_says() -> None:
    told = list[Delivered]()
    reader = DeliveryReader({b"ours": told.append})

    reader.feed_data(b"".join(delivery(2**40, b"body")))

    assert [(one.delivery_tag, one.exchange, one.routing_key, one.body) for one in told] == [
        (2**40, "events", "lesson.generated", b"body")
    ]
    assert told[0].properties.message_id == "id-1099511627776"
    assert told[0].properties.headers == {"x-delivery-count": 2}


async def test_wherever_the_stream_is_cut_deliveries_and_the_rest_are_the_same() -> None:
    theirs = b"".join([*delivery(7, b"theirs", to="theirs"), OK])
    stream = b"".join([OK, *delivery(1, b"a", b"bc"), theirs, *delivery(2), OK, *delivery(3, b"d")])
    for pieces in cuts(stream):
        taken = Taken()
        reader = DeliveryReader({b"ours": lambda one, taken=taken: taken.append((one.delivery_tag, one.body))})  # type: ignore[misc]
        for piece in pieces:
            reader.feed_data(piece)
        assert taken == [(1, b"abc"), (2, b""), (3, b"d")]
        assert other(reader).replace(HEARTBEAT, b"") == OK + theirs + OK


async def test_deliveries_on_two_channels_may_alternate(reader: DeliveryReader, taken: Taken) -> None:
    one, two = delivery(1, b"a", b"b", channel=1), delivery(2, b"c", b"d", channel=2)

    reader.feed_data(b"".join(frame for pair in zip(one, two, strict=True) for frame in pair))

    assert taken == [(1, b"ab"), (2, b"cd")]


async def test_a_delivery_that_another_method_breaks_off_is_none(reader: DeliveryReader, taken: Taken) -> None:
    close = pamqp.frame.marshal(spec.Channel.CloseOk(), 1)

    reader.feed_data(b"".join([*delivery(1, b"a", b"b")[:3], close, *delivery(2, b"c")]))

    assert taken == [(2, b"c")]
    assert other(reader) == close


async def test_what_a_consumer_raises_harms_no_other() -> None:
    taken = list[int]()

    def take(one: Delivered) -> None:
        taken.append(one.delivery_tag)
        raise ValueError

    reader = DeliveryReader({b"ours": take})
    reader.feed_data(b"".join([*delivery(1, b"a"), *delivery(2, b"b")]))

    assert taken == [1, 2]


@pytest.mark.parametrize("strange", [b"AMQP\x00\x00\x09\x01", b"HTTP/1.1 400 Bad Request\r\n\r\n", OK[:-1] + b"\x00"])
async def test_what_is_no_frame_is_aiormqs_to_refuse(reader: DeliveryReader, strange: bytes) -> None:
    reader.feed_data(strange)

    assert other(reader) == strange


async def test_what_the_connection_breaks_in_is_aiormqs(reader: DeliveryReader, taken: Taken) -> None:
    *whole, body = delivery(1, b"body")

    reader.feed_data(b"".join([*whole, body[:-2]]))

    assert not taken
    assert other(reader) == HEARTBEAT + body[:-2]


class EagerChannel:
    """Delivers to a consumer before it answers that there is one, as a broker may whose answers come together."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self.close_callbacks = set[object]()
        self.reader: asyncio.StreamReader

    async def get_underlay_channel(self) -> "EagerChannel":
        return self

    async def basic_consume(self, _queue: str, _callback: object, *, consumer_tag: str, **_more: object) -> None:
        frames = b"".join(delivery(1, b"a", b"b", to=consumer_tag))
        self.reader.feed_data(b"".join([*delivery(0, b"0", to=consumer_tag), frames[:-4]]))
        assert self._taken == []
        asyncio.get_running_loop().call_soon(self.reader.feed_data, frames[-4:])


async def test_what_comes_before_the_broker_s_answer_is_told_behind_it(taken: Taken) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    deliveries, channel = Deliveries(), EagerChannel(taken)
    channel.reader, writer = await deliveries.create(URL(f"amqp://127.0.0.1:{port}"))

    await deliveries.consume(
        cast("AbstractChannel", channel), "a queue", lambda one: taken.append((one.delivery_tag, one.body))
    )
    assert taken == [(0, b"0")]
    await one_turn()
    writer.close()
    server.close()

    assert taken == [(0, b"0"), (1, b"ab")]


async def test_nothing_but_deliveries_still_shows_as_life(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without a heartbeat among them, aiormq takes a connection for dead that is full of deliveries.
    now = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
    reader = DeliveryReader({b"ours": lambda _one: None})
    for number in range(10):
        reader.feed_data(b"".join(delivery(number, b"body")))
        now[0] += HEARTBEAT_SECONDS / 2

    assert other(reader) == HEARTBEAT * 5
