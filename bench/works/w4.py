"""W4: polls of completed lessons, 32 connections; and polls by those who have the answer already."""

import http.client
from contextlib import closing

import uvloop

from bench.contender import Start
from bench.lessons import flood
from bench.works.work import Figures, Scene
from bench.wrk import get
from tests.servers.loopback import HOST

START = Start()
MANY_TASKS = False
SECONDS = 2
LESSONS = 500


def measure(scene: Scene) -> Figures:
    """Give polls answered a second, latencies in ms, errors, and how many 304 a second."""
    if not scene.finished:
        scene.finished.extend(uvloop.run(flood(scene.running.port, min(LESSONS, scene.contender.lessons))).task_ids)
    paths = [f"/lessons/status/{task_id}" for task_id in scene.finished]
    figures = get(scene.running.port, SECONDS, paths)
    etag = _etag(scene.running.port, paths[0])
    unchanged = {"unchanged rps": get(scene.running.port, SECONDS, paths[:1], etag)["rps"]} if etag else {}
    return figures | unchanged


def _etag(port: int, path: str) -> str | None:
    """How this answer is named, if it is."""
    with closing(http.client.HTTPConnection(HOST, port)) as connection:
        connection.request("GET", path)
        return connection.getresponse().headers.get("ETag")
