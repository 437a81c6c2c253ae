"""Names: one class has a name to itself, and the words of the glossary are those of the code."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest

from tests.architecture.sources import ROOT, modules

SHARED: Mapping[str, str] = {}
"""Public class names that may stand in two packages, each with the reason."""

CLIENT = "pathshala_client"
"""It names bodies as the description of the API does; none of the house's own packages imports it."""

GLOSSARY = ROOT / "docs/glossary.md"
TERM = re.compile(r"\*\*([^*]+)\*\*")


def public_classes() -> Iterator[tuple[str, str]]:
    """Every public class at the top of a module, with its module's package."""
    for name, path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body if not name.startswith(CLIENT) else ():
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, name.rpartition(".")[0]


def terms() -> list[str]:
    return TERM.findall(GLOSSARY.read_text(encoding="utf-8"))


def used(term: str, text: str) -> bool:
    """Whether a term stands in a text, its words apart, joined or as parts of a name; endings do not count."""
    words = [re.escape(word) for word in re.split(r"[\s-]", term.removesuffix("e"))]
    return re.search(r"[\s_-]*".join(words), text, re.IGNORECASE) is not None


def test_no_public_class_name_stands_in_two_packages() -> None:
    packages = defaultdict(set)
    for name, package in public_classes():
        packages[name].add(package)
    assert {name: found for name, found in packages.items() if len(found) > 1 and name not in SHARED} == {}


def test_each_term_of_the_glossary_is_used_in_the_code() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for _, path in modules())
    assert [term for term in terms() if not used(term, text)] == []


def test_a_term_that_nobody_uses_would_be_found() -> None:
    assert not used("message bus", "class MessageQueue: the bus of messages")
    assert used("dead-letter queue", "the dead_letter_queue")


@pytest.mark.parametrize("word", ["worker pool", "event data"])
def test_the_words_that_are_not_used_are_not_in_the_glossary(word: str) -> None:
    assert word not in terms()


def test_no_docstring_is_a_riddle() -> None:
    """It begins with the thing that it is about, and not with a question that the reader must answer first."""
    riddle = re.compile(r'"""(What|Whoever|Of|So (often|many|long)|How (many|often|much|long)) ')
    found = [
        f"{name}: {line.strip()}"
        for name, path in modules()
        for line in path.read_text(encoding="utf-8").splitlines()
        if riddle.search(line)
    ]
    assert found == []
