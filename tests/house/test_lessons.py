"""A lesson goes in at the API and comes out of the store, in both deployments."""

import importlib.util
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.house.asking import ask, lesson, outcome
from tests.house.houses import House

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "tests" / "clients"
SEED_FIELDS = {"title", "shloka", "translation", "explanation", "activity", "question", "wikipedia_info"}

# The seed's JavaScript as it is written, but for the address that a page would have.
NODE = """
const realFetch = globalThis.fetch;
globalThis.fetch = (path, options) => realFetch(process.argv[1] + path, options);
%s
createLessonAsync('english', 'verbs', 'node').then(lesson => console.log(JSON.stringify(lesson)));
"""


def assert_is_a_lesson(data: dict[str, Any]) -> None:
    assert data.keys() >= SEED_FIELDS
    assert all(data[field].strip() for field in SEED_FIELDS - {"wikipedia_info"})


def test_the_seeds_python_client_gets_a_lesson(house: House) -> None:
    spec = importlib.util.spec_from_file_location("seed_client", CLIENTS / "seed_client.py")
    assert spec is not None
    assert spec.loader is not None
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    assert_is_a_lesson(client.generate_lesson_async("english", "verbs", "user123", base_url=house.url))


def test_the_seeds_javascript_client_gets_a_lesson(house: House) -> None:
    node = shutil.which("node") or shutil.which("nodejs")
    assert node is not None, "install Node (Debian: apt-get install nodejs)"
    script = NODE % (CLIENTS / "seed_client.js").read_text()
    ran = subprocess.run([node, "-e", script, house.url], capture_output=True, text=True, timeout=60, check=True)
    assert_is_a_lesson(json.loads(ran.stdout))


def test_the_walk_through_all_endpoints_finds_nothing_wrong(house: House) -> None:
    walk = [sys.executable, str(ROOT / "test_async_lesson_generation.py"), "--base-url", house.url]
    ran = subprocess.run(walk, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_lesson_stands_on_the_article_and_says_so(house: House) -> None:
    data = outcome(house.url, ask(house.url, "verbs"))["lesson_data"]
    assert data["wikipedia_info"]["title"] == "Verb"
    assert data["wikipedia_info"]["licence"] == "CC BY-SA 4.0"
    assert (data["quality"]["writer"], data["quality"]["grounded"]) == ("offline", True)


@pytest.mark.parametrize(
    ("topic", "more", "reason"),
    [("verbs", {"include_wikipedia": False}, "not_requested"), ("Qwertyology", {}, "not_found")],
)
def test_a_lesson_without_an_article_says_why(house: House, topic: str, more: dict[str, Any], reason: str) -> None:
    data = outcome(house.url, ask(house.url, topic, **more))["lesson_data"]
    assert data["wikipedia_info"] is None
    assert (data["quality"]["grounded"], data["quality"]["ungrounded_reason"]) == (False, reason)


OWN_TEXT = (
    "A gizmo is a small wheel that turns the hand of a clock. Every gizmo has twelve teeth, because a day has twelve "
    "hours. The teeth are cut from brass. A gizmo without oil is called a dry gizmo. The oldest gizmo hangs in Delhi."
)


def test_a_lesson_on_a_text_of_ones_own_is_labelled_as_what_it_is(house: House) -> None:
    data = outcome(house.url, ask(house.url, "gizmo", source_text=OWN_TEXT))["lesson_data"]

    assert data["source"] == data["quality"]["source"] == data["source_info"]["source"] == "teacher"
    assert data["source_info"]["summary"] == OWN_TEXT
    assert data["wikipedia_info"] is None
    assert data["quality"]["grounded"]
    assert {said["quote"] for said in data["statements"] if said["quote"]} <= set(
        OWN_TEXT.replace(". ", ".|").split("|")
    )


@pytest.mark.parametrize(
    ("topic", "more", "code"),
    [
        ("verbs", {"language": "de"}, "language_unavailable"),
        ("how to make a bomb", {"subject": "chemistry"}, "topic_refused"),
    ],
)
def test_a_refusal_comes_with_an_order_that_gets_its_lesson(
    house: House, topic: str, more: dict[str, Any], code: str
) -> None:
    refused = outcome(house.url, ask(house.url, topic, **more))

    assert (refused["status"], refused["error_code"]) == ("failed", code)
    suggestion = refused["suggestion"]
    assert suggestion["words"]
    assert suggestion["needs"] == []
    taken = outcome(house.url, ask(house.url, **suggestion["order"]))
    assert (taken["status"], taken["suggestion"]) == ("completed", None)


def test_two_posts_at_once_give_two_versions_and_the_newer_is_read(house: House) -> None:
    with ThreadPoolExecutor(2) as threads:
        task_ids = list(threads.map(lambda _: ask(house.url, "Nouns", subject="Grammar"), range(2)))
    done = {outcome(house.url, task_id)["lesson_data"]["version"]: task_id for task_id in task_ids}
    assert set(done) == {"1.0", "1.1"}
    newest = lesson(house.url, "NOUNS", subject="grammar")
    assert (newest["version"], newest["task_id"]) == ("1.1", done["1.1"])
    assert lesson(house.url, "nouns", subject="GRAMMAR", version="1.0")["task_id"] == done["1.0"]


def test_any_script_and_a_slash_in_the_topic_come_back_as_asked(house: House) -> None:
    topic = "क्रिया/verbs & más?"
    data = outcome(house.url, ask(house.url, topic, subject="हिन्दी"))
    assert (data["subject"], data["topic"]) == ("हिन्दी", topic)
    found = lesson(house.url, "क्रिया%2Fverbs%20&%20más%3F", subject="हिन्दी")
    assert (found["topic"], found["version"]) == (topic, "1.0")
