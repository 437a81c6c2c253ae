"""Printing for an operator. Dead letters hold what strangers wrote, and a terminal obeys what it is shown."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

OBEYED = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that move the cursor, reorder a line or show nothing: they are shown by their number."""


def say(*parts: str | tuple[str, str], error: bool = False) -> None:
    """Print one line; a part may come with its style. No markup is read, and nothing is wrapped."""
    line = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        line.append(plain(text), style)
    Console(stderr=error, highlight=False).print(line, soft_wrap=True)


def say_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: columns as wide as their widest cell, a line each row, nothing if there are no rows."""
    cells = [[" ".join(plain(cell).split()) for cell in row] for row in [head, *rows]]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells if rows else []):
        padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        say(("  ".join(padded).rstrip(), "bold" if number == 0 else ""))


def say_json(value: Any, *, in_a_line: bool = False) -> None:
    """Print a value as JSON in ASCII; in one line, if more are to follow."""
    print(json.dumps(value, indent=None if in_a_line else 2), flush=True)  # noqa: T201 - for another program


def plain(text: str) -> str:
    """Show what a terminal could obey, line ends apart, as its number."""
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in OBEYED
        else f"\\u{{{ord(character):x}}}"
        for character in text
    )
