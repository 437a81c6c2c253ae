"""How tests are written, where a machine can tell: none sleeps to wait, and what most are about is set up once."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

MAY_SLEEP = {
    "libs/common/tests/contract/test_clock.py": "whose wait ends is what it tests, turn by turn of the loop",
    "libs/common/tests/runtime/test_http.py": "a client that takes nothing for a while, in the server's own event loop",
    "tests/waiting.py": "it waits for everybody else, with a deadline",
    "tests/clock.py": "it lets threads and sockets work while its own time stands still",
    "tests/chaos/__main__.py": "chance decides when the next kill comes",
    "tests/faults/poisoned_generator.py": "a handler that takes its time before it dies",
    "tests/faults/poisoned_house.py": "the same in a whole house",
    "tests/replay/test_virtual_time.py": "sleeping is what it tests",
    "services/enricher/tests/test_turns.py": "an encyclopedia that is slow, in virtual time",
    "tests/stubs/wikipedia.py": "a server that is slow because a test asked for it",
    "tests/clients/seed_client.py": "the seed document's own client, as written there",
    "services/api/tests/given.py": "a clock whose waits are a fiftieth of what they should be",
    "tests/slow_disk.py": "a disk whose transactions take a time of their own",
}
MAY_BUILD_A_REQUEST = {
    "tests/stories/lessons.py": "it builds them for everybody else",
    "tests/evals/topics.py": "its topics are asked for by the files that list them",
}


def test_no_test_sleeps_to_wait() -> None:
    sleeping = {place for place, tree in trees() if any(named(node) == "sleep" for node in uses(tree))}
    assert sleeping == MAY_SLEEP.keys(), "wait for a condition: tests/waiting.py"


def test_a_request_is_built_in_one_place() -> None:
    building = {place for place, tree in trees() if any(named(node) == "LessonRequest" for node in calls(tree))}
    assert building == MAY_BUILD_A_REQUEST.keys(), "ask tests/stories/lessons.py for a request"


def test_a_sleep_and_a_request_are_seen_however_they_are_called() -> None:
    for text in ("asyncio.sleep(1)", "time.sleep(1)", "to_thread(time.sleep, 1)", "from time import sleep"):
        assert any(named(node) == "sleep" for node in uses(ast.parse(text))), text
    for text in ("clock.sleep(1)", "waits.sleep", "def sleep(self): ...", "'sleep'"):
        assert not any(named(node) == "sleep" for node in uses(ast.parse(text))), text
    assert any(named(node) == "LessonRequest" for node in calls(ast.parse("lesson.LessonRequest(topic='verbs')")))


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every Python file of the tests, by its place."""
    for path in sorted(ROOT.glob("**/*.py")):
        place = path.relative_to(ROOT)
        if "tests" in place.parts and not any(part.startswith(".") for part in place.parts):
            yield place.as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def uses(tree: ast.Module) -> Iterator[ast.Attribute | ast.alias]:
    """What is taken from the modules `asyncio` and `time`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("asyncio" | "time")):
                yield node
            case ast.ImportFrom("asyncio" | "time"):
                yield from node.names


def calls(tree: ast.Module) -> Iterator[ast.expr]:
    """What is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func


def named(node: ast.AST) -> str:
    """The last part of a name."""
    match node:
        case ast.Attribute(attr=name) | ast.alias(name) | ast.Name(name):
            return name
        case _:
            return ""
