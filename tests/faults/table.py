"""Fills the table of docs/guarantees.md from a report: `python -m tests.faults.table REPORT DOCUMENT`."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.record import DEPLOYMENTS, FAULTS

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
SHOWN = {"rabbitmq+mongodb": "RabbitMQ + MongoDB", "memory+sqlite": "memory + SQLite"}


def table(report: Mapping[str, Any], today: str) -> str:
    """The table, with the day it was measured on."""
    heads = " | ".join(SHOWN[deployment] for deployment in DEPLOYMENTS)
    lines = [
        f"Measured on {today} by `scripts/faults`, in its {'long' if report['long'] else 'short'} form.",
        "",
        f"| # | fault | passes if | {heads} |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *_rows(report)])


def _rows(report: Mapping[str, Any]) -> Iterator[str]:
    cells: dict[tuple[int, str], list[str]] = defaultdict(list)
    for line in report["shown"]:
        figures = ", ".join(f"{_words(name)} {_figure(value)}" for name, value in line["figures"].items())
        cells[line["row"], line["deployment"]].append(line["outcome"] + (f": {figures}" if figures else ""))
    for entry in report["cannot_exist"]:
        cells[entry["row"], entry["deployment"]].append(f"cannot exist: {entry['reason']}")
    for row, known in FAULTS.items():
        shown = " | ".join("<br>".join(dict.fromkeys(cells[row, where])) or "not run" for where in DEPLOYMENTS)
        yield f"| {row} | {known.name} | {known.passes} | {shown} |"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _figure(value: Any) -> str:
    match value:
        case float():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def main(report: str, document: str) -> None:
    """Replace what stands between the marks."""
    path = Path(document)
    before, _, rest = path.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    filled = table(json.loads(Path(report).read_text()), datetime.now(UTC).date().isoformat())
    path.write_text(f"{before}{BEGIN}\n\n{filled}\n\n{END}{after}")


if __name__ == "__main__":
    main(*sys.argv[1:])
