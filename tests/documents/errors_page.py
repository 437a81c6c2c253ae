"""The page docs/errors.md as it follows from the code; `python -m tests.documents.errors_page` writes it."""

from itertools import groupby
from pathlib import Path

from pathshala_api.problem_codes import KINDS, OF_EVERY_ROUTE
from pathshala_common.contract.failure_codes import FAILURE_CODES

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"

INTRODUCTION = """# Errors

Every code that the house answers: when, and what to do. A code stays what it is; the words beside it may change.

Written by `scripts/errors`, from the tables of codes; a test holds it to them, and them to the code.
"""

PROBLEMS = """## Problems

What is wrong with a request is answered as `application/problem+json` (RFC 9457): `code` is for machines, `detail` for
people. Codes marked with * have nothing to do with what a path is for: every path may answer them. The others stand at
their paths in the description of the API, at `/docs`, each with an example.

The proxy of `docker compose` answers two by itself: 503 `no_api`, if no API can be reached (nothing was accepted:
repeat the request in a moment), and 502 or 504 `maybe_accepted`, without a key in its body: repeat with the key that
was sent.
"""

FAILURES = """## Failures

A task that failed is answered with 200: `status` is `failed`, `error_message` is for people, and `error_code` is one of
these. Those that may pass are tried again first, and tell so by `RetryScheduled`. `writing_paused` alone is
what a task waits for, and no end.
"""


def page() -> str:
    """The whole page."""
    failures = [f"| `{code}` | {kind.when} | {kind.remedy} |" for code, kind in FAILURE_CODES.items()]
    return "\n".join(
        [INTRODUCTION, PROBLEMS, *_problems(), FAILURES, "| code | when | what to do |", "|---|---|---|", *failures, ""]
    )


def _problems() -> list[str]:
    """A table for each status."""
    lines = []
    for status, codes in groupby(sorted(KINDS, key=lambda code: KINDS[code].status), lambda code: KINDS[code].status):
        lines += [f"### {status.value} {status.phrase}", "", "| code | when | what to do |", "|---|---|---|"]
        lines += [
            f"| `{code}`{' *' if code in OF_EVERY_ROUTE else ''} | {KINDS[code].when} | {KINDS[code].remedy} |"
            for code in codes
        ]
        lines.append("")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page())
