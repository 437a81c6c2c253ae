"""W1 while the lessons that were accepted are being written, by processes of the same machine."""

from bench.contender import Start
from bench.works.w1 import SECONDS
from bench.works.work import Figures, Scene
from bench.wrk import post_orders

START = Start()
MANY_TASKS = True


def measure(scene: Scene) -> Figures:
    """Give orders accepted a second, latencies in ms, and errors."""
    return post_orders(scene.running.port, SECONDS)
