"""Editions of one lesson never stand in for each other, in both deployments, with two stores and two APIs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import requests

from tests.house.asking import answered, ask, outcome
from tests.house.houses import House
from tests.waiting import DEADLINE_SECONDS

HINDI = {"language": "hi", "level": "primary"}
ENGLISH = {"language": "en", "level": "adult"}
TWICE = 2


def get(url: str, path: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    answer = answered(partial(requests.get, f"{url}{path}", params=chosen, timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_two_editions_that_are_ordered_at_once_never_stand_in_for_each_other(house_of_two: House) -> None:
    orders = [
        (house_of_two.urls[number % len(house_of_two.urls)], [HINDI, ENGLISH][number % 2])
        for number in range(2 * TWICE)
    ]
    with ThreadPoolExecutor(len(orders)) as threads:
        tasks = [*threads.map(lambda order: ask(order[0], "rain", subject="science", **order[1]), orders)]
    ended = [outcome(house_of_two.urls[0], task_id) for task_id in tasks]

    for url in house_of_two.urls:
        for mine, others in ((ENGLISH, tasks[::2]), (HINDI, tasks[1::2])):
            of_mine = {task_id for task_id in tasks if task_id not in others}
            newest = get(url, "/lessons/science/rain", mine)
            assert newest["version"] == "1.1"
            first = get(url, "/lessons/science/rain", mine | {"version": "1.0"})
            assert {newest["task_id"], first["task_id"]} == of_mine
            listed = get(url, "/lessons", mine | {"words": "rain"})["editions"]
            assert [(one["task_id"], one["versions"]) for one in listed] == [(newest["task_id"], TWICE)]
        assert get(url, "/lessons/science/rain", {})["task_id"] in tasks
        for end in ended:
            assert requests.get(url + end["lesson_url"], timeout=DEADLINE_SECONDS).json()["task_id"] == end["task_id"]
    assert sorted(end["lesson_data"]["version"] for end in ended) == ["1.0", "1.0", "1.1", "1.1"]
