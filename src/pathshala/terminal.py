"""Printing for an operator. Dead letters hold what strangers wrote, and a terminal obeys what it is shown."""

import json
import unicodedata
from typing import Any

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


def say_json(value: Any) -> None:
    """Print a value as JSON in ASCII."""
    print(json.dumps(value, indent=2))  # noqa: T201 - for another program


def plain(text: str) -> str:
    """Show what a terminal could obey, line ends apart, as its number."""
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in OBEYED
        else f"\\u{{{ord(character):x}}}"
        for character in text
    )
