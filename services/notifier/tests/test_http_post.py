from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

import pytest

from pathshala_notifier.http_post import HttpPost, Resolve
from pathshala_notifier.post import PostEnd, PostFault
from tests.stubs.receiver import HANGS, Receiver, forbidden_receiver

HERE = [ip_network("127.0.0.1/32")]
HANGS_SECONDS = 0.5


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as here:
        yield here


@pytest.fixture
async def forbidden() -> AsyncIterator[Receiver]:
    async with forbidden_receiver() as there:
        yield there


async def posted(url: str, *, resolve: Resolve | None = None, seconds: float = 60) -> PostEnd:
    post = HttpPost(HERE, user_agent="test", seconds=seconds, resolve=resolve)
    try:
        return await post(url, {"webhook-id": "task-7"}, b"{}")
    finally:
        await post.close()


def named(addresses: Iterator[str]) -> Resolve:
    """A name server that gives these addresses, one at each question."""
    return lambda _name: [next(addresses)]


async def test_what_is_posted_arrives_with_the_name_of_its_host(receiver: Receiver) -> None:
    end = await posted(receiver.url("/hook?of=asha", "school.example"), resolve=named(iter(["127.0.0.1"])))
    assert end.status == 204
    [came] = receiver.received
    assert (came.path, came.headers["host"], came.body) == (
        "/hook?of=asha",
        f"school.example:{receiver.port}",
        b"{}",
    )


@pytest.mark.parametrize(
    "name", ["127.0.0.2", "localhost", "0.0.0.0", "127.2", "0x7f000002", "2130706434", "[::ffff:127.0.0.2]", "[::1]"]
)
async def test_no_address_of_the_machine_is_connected_to_however_it_is_written(forbidden: Receiver, name: str) -> None:
    post = HttpPost([], user_agent="test")
    end = await post(forbidden.url(name=name), {}, b"{}")
    await post.close()
    assert end == PostEnd(fault=PostFault.NOT_ALLOWED)


@pytest.mark.parametrize("name", ["127.0.0.2", "127.2", "0x7f000002", "2130706434"])
async def test_it_is_the_guard_that_keeps_them_away(name: str) -> None:
    """Each of these leads there once its network is allowed."""
    post = HttpPost([ip_network("127.0.0.2/32")], user_agent="test")
    async with Receiver(host="127.0.0.2") as there:
        end = await post(there.url(name=name), {}, b"{}")
    await post.close()
    assert end.status == 204
    assert len(there.received) == 1


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "10.0.0.1", "::ffff:169.254.169.254"])
async def test_a_name_of_a_private_or_metadata_address_is_refused(address: str) -> None:
    end = await posted("http://school.example/hook", resolve=named(iter([address])))
    assert end == PostEnd(fault=PostFault.NOT_ALLOWED)


async def test_a_name_is_resolved_once_and_what_was_checked_is_what_is_connected_to(
    receiver: Receiver, forbidden: Receiver
) -> None:
    """A name server that changes its mind between the check and the connection changes nothing."""
    answers = iter(["127.0.0.1", forbidden.host])
    end = await posted(receiver.url(name="school.example"), resolve=named(answers))
    assert end.status == 204
    assert len(receiver.received) == 1
    assert next(answers) == forbidden.host


async def test_of_several_addresses_only_those_that_are_allowed_are_tried(
    receiver: Receiver, forbidden: Receiver
) -> None:
    url = receiver.url(name="school.example")
    end = await posted(url, resolve=lambda _name: [forbidden.host, "169.254.169.254", "127.0.0.1"])
    assert end.status == 204


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(receiver: Receiver, forbidden: Receiver, status: int) -> None:
    for target in (forbidden.url(), "http://169.254.169.254/latest/meta-data/", receiver.url("/other")):
        receiver.answers["/hook"] = [(status, {"Location": target})]
        assert (await posted(receiver.url("/hook"))).status == status
    assert {one.path for one in receiver.received} == {"/hook"}


async def test_a_receiver_that_hangs_is_hung_up_on(receiver: Receiver) -> None:
    receiver.answers["/hook"] = [(HANGS, {})]
    assert await posted(receiver.url("/hook"), seconds=HANGS_SECONDS) == PostEnd(fault=PostFault.TIMED_OUT)


async def test_no_body_is_waited_for(receiver: Receiver) -> None:
    receiver.answers["/hook"] = [(200, {"Content-Length": "1000000000000"})]
    assert (await posted(receiver.url("/hook"))).status == 200


async def test_a_receiver_that_is_not_there_or_speaks_no_http_is_told_apart(receiver: Receiver) -> None:
    port = receiver.port
    receiver.answers["/hook"] = [(99999, {})]
    assert (await posted(receiver.url("/hook"))).fault is PostFault.BROKEN_OFF
    receiver._server.close()
    await receiver._server.wait_closed()
    assert await posted(f"http://127.0.0.1:{port}/") == PostEnd(fault=PostFault.UNREACHABLE)
