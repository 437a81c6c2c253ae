"""docs/errors.md names every code, and no code is told that is not named."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from pathshala_common.contract.events import CANCELLED
from pathshala_common.contract.failure_codes import FAILURE_CODES
from pathshala_generator.fates import FAULTS, REJECTS, RETRIES, SERVER_ERROR
from tests.documents.errors_page import PAGE, page

PACKAGES = ("pathshala_api", "pathshala_common", "pathshala_enricher", "pathshala_generator", "pathshala_store")
FATES = {"Retry", "Reject", "ProviderUnavailable"}
OF_ARTICLES = {"encyclopedia_timed_out", "encyclopedia_rate_limited", "encyclopedia_unavailable"}
"""Wikipedia is never a gate: these are told while a task waits for it, and none fails by them."""


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text() == page(), "run scripts/errors and read what changed"


def test_every_code_by_which_a_task_fails_or_waits_is_in_the_table_and_no_other() -> None:
    of_the_model = {code for code, _ in (*REJECTS.values(), *RETRIES.values(), SERVER_ERROR)} | {CANCELLED}
    told = {*raised(), *of_the_model, *(code for _, code, _ in FAULTS.values())} - OF_ARTICLES

    assert told - FAILURE_CODES.keys() == set()
    assert FAILURE_CODES.keys() - told == set()


def raised() -> Iterator[str]:
    """The codes of every fate that is made, and of every LessonFailed, where they stand as texts or constants."""
    for package in PACKAGES:
        root = Path(next(iter(importlib.import_module(package).__path__)))
        for file in root.rglob("*.py"):
            module = ".".join([package, *file.relative_to(root).with_suffix("").parts]).removesuffix(".__init__")
            for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
                yield from _codes(call, module)


def _codes(call: ast.Call, module: str) -> Iterator[str]:
    named = call.func.id if isinstance(call.func, ast.Name) else ""
    given = [*call.args[:1]] if named in FATES else []
    given += [one.value for one in call.keywords if one.arg == "code" and named in {*FATES, "LessonFailed"}]
    for one in given:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, ast.Name) and one.id.isupper():
            yield str(getattr(importlib.import_module(module), one.id))
