"""Asks a running house for its queues."""

from pathshala.options import HouseAddress
from pathshala.over_http import house
from pathshala.terminal import say_json, say_rows


def queues(address: HouseAddress, *, as_json: bool) -> int:
    """Print a row for each service. Returns the exit code."""
    with house(address) as running:
        found = running.get("/operator/queues")
    if as_json:
        say_json(found)
    else:
        rows = [
            [one["service"], str(one["waiting"]), "not kept" if one["dead"] is None else str(one["dead"])]
            for one in found["queues"]
        ]
        say_rows(["SERVICE", "WAITING", "DEAD"], rows)
    return 0
