"""The conformance suite runs on every kind of broker; the tests of one adapter's own faults name it."""

from collections.abc import AsyncIterator

import pytest

from libs.common.tests.broker.places import KINDS, Place


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Where brokers of one kind can be had."""
    address = request.getfixturevalue("amqp_url") if request.param == "rabbitmq" else None
    made = Place(KINDS[request.param], address)
    yield made
    await made.close()


@pytest.fixture
async def rabbitmq(amqp_url: str) -> AsyncIterator[Place]:
    """Where brokers on the shared RabbitMQ can be had."""
    made = Place(KINDS["rabbitmq"], amqp_url)
    yield made
    await made.close()
