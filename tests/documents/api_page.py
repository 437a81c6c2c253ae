"""The page docs/api.md as it follows from the API's description; `python -m tests.documents.api_page` writes it."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pathshala_api.problem_codes import KINDS, OF_EVERY_ROUTE
from services.api.tests.documents import operations
from tests.documents.client_bodies import described

PAGE = Path(__file__).parents[2] / "docs" / "api.md"

INTRODUCTION = """# API

Every operation, by what it is about. A running house describes each in full at `/docs`, with parameters, bodies and
examples; as OpenAPI at `/openapi.json`. Beside the codes that are named here, any operation may answer those that are
marked with * among [the errors](errors.md). Who may call what: [security](security.md#who-may-call).

Written by `scripts/api`, from the description; a test holds it to that.
"""


def page(description: dict[str, Any]) -> str:
    """The whole page."""
    lines = [INTRODUCTION]
    for tag in description["tags"]:
        lines += [f"## {tag['name'].capitalize()}", "", tag["description"], "", "| operation | does | codes |"]
        lines += ["|---|---|---|", *_rows(description, tag["name"]), ""]
    return "\n".join(lines)


def _rows(description: dict[str, Any], tag: str) -> Iterator[str]:
    for method, path, operation in operations(description):
        if tag in operation["tags"]:
            told = " ".join(f"`{code}`" for code in _codes(operation))
            does = operation["summary"].replace("|", "\\|")
            yield f"| `{method.upper()} {path}` | {does}. | {told} |"


def _codes(operation: Mapping[str, Any]) -> list[str]:
    """The codes of an operation's own problems, in the order of their statuses."""
    texts = "\n".join(answer["description"] for answer in operation["responses"].values())
    return [
        code for code in re.findall(r"^- `(\w+)`:", texts, re.MULTILINE) if code in KINDS and code not in OF_EVERY_ROUTE
    ]


if __name__ == "__main__":
    PAGE.write_text(page(dict(asyncio.run(described()))))
