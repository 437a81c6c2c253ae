"""A URL of several hosts: what it means, and which of them answers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from yarl import URL

from pathshala_common.broker.rabbitmq import inspection
from pathshala_common.broker.rabbitmq.address import addresses
from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
from pathshala_common.broker.rabbitmq.link import NEXT_HOST_SECONDS, connect
from pathshala_common.broker.rabbitmq.sender import RabbitMQSender
from pathshala_common.contract.errors import BrokerUnavailable, SettingsError
from pathshala_common.contract.finding import State
from pathshala_common.contract.ports.operator import Verdict
from pathshala_common.contract.topology import Topology

PAST_THE_FIRST_SECONDS = 3 * NEXT_HOST_SECONDS


def places(url: str) -> list[tuple[str | None, int | None]]:
    return [(host.host, host.port) for host in addresses(url, "testing")]


def test_each_host_has_the_user_the_vhost_and_the_options_of_the_url() -> None:
    read = addresses("amqp://me:p%40ss@a:5672,b:5673,c/house?heartbeat=3", "testing")

    assert [(host.host, host.port) for host in read] == [("a", 5672), ("b", 5673), ("c", None)]
    assert {(host.scheme, host.user, host.password, host.path) for host in read} == {("amqp", "me", "p@ss", "/house")}
    assert [dict(host.query) for host in read] == [{"heartbeat": "3", "name": "pathshala testing"}] * 3


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("amqps://a,b", [("a", None), ("b", None)]),
        ("amqp://a:1, b:2/", [("a", 1), ("b", 2)]),
        ("amqp://a:1,a:1,b/", [("a", 1), ("b", None)]),
        ("amqp://u:x,y@[::1]:5672,b/v,w", [("::1", 5672), ("b", None)]),
    ],
)
def test_hosts_are_parted_by_commas_wherever_else_a_comma_stands(
    url: str, expected: list[tuple[str | None, int | None]]
) -> None:
    assert places(url) == expected


@pytest.mark.parametrize("hosts", ["a,,b", ",a", "a,", "a,:5672", "a:5672,b:port", "a:1:2,b", "a,b:99999"])
def test_a_list_that_is_none_is_a_setting_error_without_the_password(hosts: str) -> None:
    with pytest.raises(SettingsError) as error:
        addresses(f"amqp://me:canary@{hosts}/house", "testing")

    assert "\n" not in str(error.value)
    assert "canary" not in str(error.value)
    assert "host:port,host:port" in str(error.value)


@pytest.fixture
def silent() -> Iterator[str]:
    """A host that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def dead() -> str:
    """A host that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


def among(amqp_url: str, *others: str) -> str:
    """The URL of a working broker with other hosts before it."""
    url = URL(amqp_url)
    return str(amqp_url).replace(url.authority, f"guest:guest@{','.join(others)},{url.host}:{url.port}")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    connection = await connect(addresses(url, "testing"))
    yield
    await connection.close()


async def test_a_host_that_answers_is_found_among_those_that_do_not(amqp_url: str, silent: str, dead: str) -> None:
    async with asyncio.timeout(PAST_THE_FIRST_SECONDS), connected(among(amqp_url, silent, dead)):
        pass


async def test_when_no_host_answers_the_reason_is_told(dead: str) -> None:
    with pytest.raises(BrokerUnavailable):
        await connect(addresses(f"amqp://guest:guest@{dead},{dead}/", "testing"))


async def test_hosts_are_tried_in_an_order_that_chance_makes() -> None:
    """Both refuse, at once; who was asked last is in the reason."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = [listener.getsockname()[1] for listener in (one, two)]
    last = set()
    for _ in range(40):
        with pytest.raises(BrokerUnavailable) as error:
            await connect(addresses(f"amqp://guest:guest@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/", "testing"))
        last |= {port for port in ports if str(port) in str(error.value)}

    assert last == set(ports)


async def test_an_operator_reaches_a_cluster_by_any_host_that_answers(amqp_url: str, dead: str) -> None:
    url, topology = among(amqp_url, dead), Topology(f"hosts-{uuid4().hex[:8]}")

    sender = RabbitMQSender(url)
    await sender.open()
    await sender.close()
    assert await RabbitMQDeadLetters(url, topology).walk(["store"], lambda _: Verdict.LEAVE) == 0


async def test_the_doctor_names_the_host_that_does_not_answer(amqp_url: str, dead: str) -> None:
    found = await inspection.checks(among(amqp_url, dead), Topology("never-run"))["broker"]()

    told = [(finding.state, finding.found) for finding in found]
    assert sorted(state for state, _ in told) == ["ok", "warning"]
    assert [text.partition(" does not answer")[0] for state, text in told if state is State.WARNING] == [dead]
