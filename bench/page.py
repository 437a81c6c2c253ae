"""The page that the benchmark fills in: docs/performance.md, between marks that name what stands there."""

from collections.abc import Sequence
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PLOTS = DOCS / "performance.md", DOCS / "performance"
DURABLE = "durable"


def fill_in(name: str, text: str) -> None:
    """Put a text between the marks of this name, in place of what stands there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = PAGE.read_text()
    head, tail = page[: page.index(begin) + len(begin)], page[page.index(end) :]
    PAGE.write_text(f"{head}\n\n{text}\n\n{tail}")


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, the first row its head; figures stand to the right."""
    head, *others = rows
    rule = ["---", *("---" if name == DURABLE else "---:" for name in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *others))
