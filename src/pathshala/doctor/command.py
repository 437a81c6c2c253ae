"""The command: run every check, print a line each. Exit code 0 if nothing is wrong, else 1."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from pathshala.doctor.examination import examine
from pathshala.doctor.surroundings import checks
from pathshala.terminal import say, say_json
from pathshala_common.contract.finding import Finding, State
from pathshala_common.runtime import telemetry

STYLES = {State.OK: "green", State.WARNING: "yellow", State.WRONG: "bold red"}


def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False) -> None:
    """Look at what the house stands on, before its start or while it runs; change nothing, pay for nothing."""
    telemetry.configure("error", "text")
    findings = asyncio.run(examine(checks()))
    wrong = any(finding.state is State.WRONG for finding in findings)
    if as_json:
        say_json({"well": not wrong, "findings": [asdict(finding) for finding in findings]})
    else:
        _say_all(findings)
    raise typer.Exit(1 if wrong else 0)


def _say_all(findings: Sequence[Finding]) -> None:
    for finding in findings:
        say((f"{finding.state:8}", STYLES[finding.state]), f"{finding.about}: {finding.found}")
        if finding.remedy:
            say(f"        -> {finding.remedy}")
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    say(", ".join(f"{count} {state}" for state, count in counts.items()))
