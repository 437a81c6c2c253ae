"""Orders accepted a second over 1 to 128 connections, while nobody writes."""

from collections.abc import Iterator

from bench.contender import Start
from bench.growing.part import Row, Scale, deployed
from bench.wrk import post_orders

HEAD: Row = ("connections", "embedded a second", "p50 ms", "p99 ms", "RabbitMQ a second", "p50 ms", "p99 ms")
CONNECTIONS = (1, 2, 4, 8, 16, 32, 64, 128)
SECONDS = 3


def measure(scale: Scale) -> Iterator[Row]:
    """Start the API anew for each number, so that no backlog of the one weighs on the next."""
    for connections in CONNECTIONS:
        row = [str(connections)]
        for deployment in ("embedded", "rabbitmq"):
            folder = scale.folder / f"{deployment}-{connections}"
            folder.mkdir()
            house = deployed(deployment, "like for like")
            with house.start(Start(accept_only=True), scale.servers, folder) as running:
                post_orders(running.port, 1, connections)
                figures = post_orders(running.port, SECONDS, connections)
            row += [f"{figures['rps']:,.0f}", f"{figures['p50 ms']:.1f}", f"{figures['p99 ms']:.1f}"]
        yield tuple(row)
