"""Writes the figures of a model into a page: a table between two comments that name it."""

from pathlib import Path

from tests.evals.figures import Figures


def table(figures: Figures) -> str:
    """The figures in Markdown."""
    asked = figures.lessons + figures.refused
    rows = [
        ("lessons accepted at once", f"{figures.at_once} of {asked}"),
        ("accepted after repair", f"{figures.lessons - figures.at_once} of {asked}{_counted(figures.repaired)}"),
        ("refused", f"{figures.refused} of {asked}{_counted(figures.refused_for)}"),
        ("calls", f"{figures.calls}, {figures.calls / asked:.1f} a lesson"),
        ("tokens read, with what the server kept", f"{figures.prompt_tokens / asked:,.0f} a lesson"),
        ("tokens written", f"{figures.completion_tokens / asked:,.0f} a lesson"),
        ("seconds of waiting for answers", f"{figures.seconds / asked:,.0f} a lesson"),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def fill(page: Path, name: str, text: str) -> None:
    """Put a text between the comments of this name. Raises ValueError if the page has none."""
    page.write_text(filled(page.read_text("utf-8"), name, text), "utf-8")


def filled(page: str, name: str, text: str) -> str:
    """The page with a text between the comments of this name."""
    begin, end = f"<!-- evaluate {name}: begin -->\n", f"<!-- evaluate {name}: end -->"
    head, _, rest = page.partition(begin)
    _, found, tail = rest.partition(end)
    if not found:
        raise ValueError(f"the page has no part {name}")
    return f"{head}{begin}\n{text}\n\n{end}{tail}"


def _counted(counts: object) -> str:
    """Name what was counted, the most frequent first."""
    assert isinstance(counts, dict)
    return f" ({', '.join(f'{name} {count}' for name, count in counts.items())})" if counts else ""
