"""W1: POST until durably accepted, 32 connections, while nobody writes."""

from bench.contender import Start
from bench.works.work import Figures, Scene
from bench.wrk import post_orders

START = Start(accept_only=True)
MANY_TASKS = True
SECONDS = 3


def measure(scene: Scene) -> Figures:
    """Give orders accepted a second, latencies in ms, and errors."""
    post_orders(scene.running.port, 1)
    return post_orders(scene.running.port, SECONDS)
