"""The table of faults that the house must bear, and what the tests measured of each.

A test names its row and its deployment: `@fault(1, RABBITMQ)`, or `@fault_in_each(4)` to be run, with an argument
`deployment`, in every one in which the fault can exist. What it hands to the fixture `measured` is kept for the report.
A counter-test has what a row forbids happen by taking the row's guard away: `@without_guard(26)`.
"""

import ast
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

REPORT_VARIABLE = "PATHSHALA_FAULTS_REPORT"
"""Where the report is written, if it is set."""

LONG = bool(os.environ.get("PATHSHALA_FAULTS_LONG"))
"""Whether to take one's time: as many kills and tasks, and outages as long, as the rows say."""

RABBITMQ = "rabbitmq+mongodb"
MEMORY = "memory+sqlite"
DEPLOYMENTS = (RABBITMQ, MEMORY)

Figure = int | float | str
Measured = Callable[..., None]

ROW, FIGURES = "fault row", "fault figures"
"""Names of a test's user properties: a row with its deployment, and figures by name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: what is done to the house, what it must show then, and where that cannot be done, with the reason."""

    name: str
    passes: str
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def deployments(self) -> tuple[str, ...]:
        """The deployments in which it can exist."""
        return tuple(deployment for deployment in DEPLOYMENTS if deployment not in self.absent)


_NO_BROKER = {MEMORY: "the broker is in the process; it dies with it, which is row 16"}
_NO_QUEUES = {MEMORY: "nobody outside the process can reach its queues"}
_ONE_PROCESS = {MEMORY: "there is one process; that it dies or stops is row 16"}

FAULTS: Mapping[int, Fault] = {
    1: Fault(
        "broker dies under load",
        "0 confirmed lost; duplicates <= prefetch x consumers; publishing again <= 10 s after it is back",
        _NO_BROKER,
    ),
    2: Fault("broker freezes 30 s", "POST 202, reads work, backlog drained after", _NO_BROKER),
    3: Fault("memory alarm of the broker", "as 2; late arrivals make no second task", _NO_BROKER),
    4: Fault("generator dies in a call", "one lesson each; calls <= 1 + kills"),
    5: Fault("zombie: a consumer stopped for 3 heartbeats", "0 stale effects", _ONE_PROCESS),
    6: Fault("call outlasts its deadline", "cancelled upstream, retried in bounds, failed with a reason"),
    7: Fault("poison message kills its process", "dead-lettered after <= 3, 0 innocents with it"),
    8: Fault("bad event", "quarantined at once, 0 retries", _NO_QUEUES),
    9: Fault("binding lost", "the task does not hang unseen: outbox retries, health says so", _NO_QUEUES),
    10: Fault("queue deleted", "consumer back <= 5 s", _NO_QUEUES),
    11: Fault("crash between any two steps", "published >= 1, applied = 1"),
    12: Fault("duplicates and reorder", "same documents; the first final wins; a rebuild equals the live document"),
    13: Fault(
        "database down",
        "0 acknowledged without a write; POST 503 <= 5 s; lag 0 <= 30 s after",
        {MEMORY: "the database is a file in the process; a disk that is full is row 15"},
    ),
    14: Fault("50 writers of one lesson", "50 revisions, none equal, no gap"),
    15: Fault(
        "disk full",
        "clean error, integrity check ok, resumes",
        {RABBITMQ: "the disk is the database server's, which then is down: row 13"},
    ),
    16: Fault(
        "embedded house killed 100 times",
        "0 accepted lost, all end",
        {RABBITMQ: "there is no one process; scripts/chaos kills them all in turn"},
    ),
    17: Fault("model misbehaves", "attempts <= cap, Retry-After obeyed; permanent errors fail at once"),
    18: Fault("model down with 1,000 tasks", "one probe an interval, 0 dead-lettered, drains after"),
    19: Fault("Wikipedia misbehaves", "the lesson still comes, labelled"),
    20: Fault("generators 1 -> 4 -> 1", "0 lost, 0 repeated calls, exit within the grace period", _ONE_PROCESS),
    21: Fault("flood by one user", "the other starts within 2 lesson times"),
    22: Fault("foreign ids, huge pages and bodies, floods", "4xx with a problem body, memory bounded"),
    23: Fault("injection by topic, user or article", "0 leaks, 0 executed, 0 status changes"),
    24: Fault("forged event on the broker", "schema-checked, quarantined, the log keeps who", _NO_QUEUES),
    25: Fault("secrets", "0 keys in logs, dead letters, errors and events"),
    26: Fault("stores race for one lesson", "revisions 1..n, no gap, none twice; rebuild finds 0 differences"),
    27: Fault(
        "stores away, or far behind, for 3 outbox intervals",
        "calls = tasks; publishes of a request bounded and ever fewer",
        {MEMORY: "the store is in the process; it is away with it, which is row 16"},
    ),
    28: Fault("two APIs, broker away longer than the outbox retry", "calls = tasks", _NO_BROKER),
    29: Fault("slow model, repairs, beyond the stall time", "calls as without the stall time", _ONE_PROCESS),
    30: Fault(
        "SIGTERM during calls longer than any grace so far",
        "0 repeated calls, 0 lost, each exits within its grace",
        _ONE_PROCESS,
    ),
    31: Fault("the store's queue is full", "no second copy of anything; calls = tasks; all end when there is room"),
    32: Fault(
        "store away past the deadline, lessons written in time",
        "all of them completed",
        {MEMORY: "the store is in the process; it is away only when the process is, which is row 16"},
    ),
    33: Fault(
        "dead-letter queue full",
        "every failure told at once; the service goes on; drops counted and seen by the doctor",
    ),
    34: Fault("an event in the log that cannot be read", "that task says so; every other task and every loop goes on"),
    35: Fault(
        "a limit is changed, an old broker kept",
        "starts and works, or refuses at the start in one line; nothing is accepted that cannot move",
        {MEMORY: "its queues are made anew by each process"},
    ),
    36: Fault(
        "a node of three RabbitMQ nodes dies, then another",
        "0 lost; publishing again <= 10 s; one left: accepted into the outbox",
        _NO_BROKER,
    ),
    37: Fault(
        "MongoDB elects for 15 s",
        "0 acknowledged without a write; 0 repeated calls; POST 503 <= 5 s",
        {MEMORY: "the database is a file in the process, which elects nobody"},
    ),
    38: Fault(
        "a write of which nobody knows",
        "the 503 says so and names a key; the repeat with it finds the one task",
        {MEMORY: "the database is in the process; its answer is lost with the process, which is row 16"},
    ),
    39: Fault(
        "two versions side by side",
        "0 lost, 0 dead-lettered for being new",
        {MEMORY: "there is one process, of one version"},
    ),
    40: Fault("the whole machine dies, three times", "0 innocents failed as crashed"),
    41: Fault("the model answers without end", "memory <= 16 MiB for it; failed by its own code, called once"),
    42: Fault(
        "a million kept tasks", "status, list, counts, post: every query by an index; p50 <= 1.5 x that at 1,000"
    ),
    43: Fault(
        "1,000 clients stall amid their body, others send heads without end",
        "the stop keeps its bound; 0 of what they sent is logged; memory bounded",
    ),
    44: Fault(
        "callers have keys, and an API dies",
        "0 lost; nobody sees another's task; a key or session that ended opens nothing, at any API, nor after a death",
    ),
}


def fault(row: int, deployment: str) -> pytest.MarkDecorator:
    """Name the row that a test shows, and the deployment in which it shows it. A test may show several."""
    assert deployment in FAULTS[row].deployments, f"fault {row} cannot exist in {deployment}"
    return pytest.mark.fault(row, deployment)


def fault_in_each(row: int, *, slow: str | None = None) -> pytest.MarkDecorator:
    """Run a test with each `deployment` in which its fault can exist; in one of them it may be `slow`."""
    cases = [
        pytest.param(name, marks=[fault(row, name), *([pytest.mark.slow] if name == slow else [])], id=name)
        for name in FAULTS[row].deployments
    ]
    return pytest.mark.parametrize("deployment", cases)


def without_guard(row: int) -> pytest.MarkDecorator:
    """Name the row whose guard a test takes away, in all of its cases or in some."""
    return pytest.mark.without_guard(row)


def shown(folder: Path) -> set[tuple[int, str]]:
    """Every row and deployment that the tests in `folder` name."""
    return {pair for tree in _trees(folder) for pair in _named(tree)}


def quick(folder: Path) -> set[int]:
    """Every row that the short form of the tests shows in some deployment: by a test that is not wholly slow."""
    functions = [
        node
        for tree in _trees(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and "pytest.mark.slow" not in map(ast.unparse, node.decorator_list)
    ]
    return {
        row for one in functions for row, _ in _named(ast.Module([ast.Expr(named) for named in one.decorator_list], []))
    }


def countered(folder: Path) -> set[int]:
    """Every row of which a test in `folder` takes the guard away."""
    calls = [node for tree in _trees(folder) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {int(ast.literal_eval(call.args[0])) for call in calls if ast.unparse(call.func) == without_guard.__name__}


def _trees(folder: Path) -> Iterator[ast.Module]:
    return (ast.parse(path.read_text()) for path in sorted(folder.glob("test_*.py")))


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = {"RABBITMQ": RABBITMQ, "MEMORY": MEMORY}
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("fault"), [ast.Constant(int(row)), ast.Name(deployment)]):
                yield row, names[deployment]
            case ast.Call(ast.Name("fault_in_each"), [ast.Constant(int(row))]):
                yield from ((row, deployment) for deployment in FAULTS[row].deployments)


class Report:
    """What became of the tests, row by row."""

    def __init__(self) -> None:
        self._lines: list[dict[str, Any]] = []

    def add(self, report: pytest.TestReport) -> None:
        """Add a test that ended, once for each row that it shows."""
        told = cast("list[tuple[str, Any]]", report.user_properties)
        figures = {name: value for kind, more in told if kind == FIGURES for name, value in more.items()}
        for row, deployment in sorted({(*pair,) for kind, pair in told if kind == ROW}):
            self._lines.append(
                {
                    "row": row,
                    "deployment": deployment,
                    "fault": FAULTS[row].name,
                    "passes": FAULTS[row].passes,
                    "test": report.nodeid,
                    "outcome": report.outcome,
                    "figures": figures,
                    "seconds": round(report.duration, 2),
                }
            )

    def write(self, path: Path) -> None:
        """Write the rows as JSON, with those that cannot exist."""
        absent = [
            {"row": row, "deployment": deployment, "fault": known.name, "reason": reason}
            for row, known in FAULTS.items()
            for deployment, reason in known.absent.items()
        ]
        lines = sorted(self._lines, key=_order)
        content = {"long": LONG, "shown": lines, "cannot_exist": absent}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _order(line: Mapping[str, Any]) -> tuple[int, str, str]:
    return int(line["row"]), str(line["deployment"]), str(line["test"])


def missing(pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Every row in every deployment in which it can exist, less those given."""
    return {(row, where) for row, known in FAULTS.items() for where in known.deployments} - set(pairs)
