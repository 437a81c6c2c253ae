"""Runs every check, and prints a line for each finding."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from pathshala.exits import FAILED
from pathshala.surroundings.checks import checks
from pathshala.terminal import say, say_json
from pathshala_common.contract.finding import Finding, State
from pathshala_common.operating.examination import examine
from pathshala_common.runtime import telemetry

STYLES = {State.OK: "green", State.WARNING: "yellow", State.WRONG: "bold red"}


def doctor(*, as_json: bool) -> int:
    """Examine the surroundings of the house. Returns the exit code."""
    telemetry.configure("error", "text")
    findings = asyncio.run(examine(checks()))
    wrong = any(finding.state is State.WRONG for finding in findings)
    if as_json:
        say_json({"well": not wrong, "findings": [asdict(finding) for finding in findings]})
    else:
        _say_all(findings)
    return FAILED if wrong else 0


def _say_all(findings: Sequence[Finding]) -> None:
    for finding in findings:
        say((f"{finding.state:8}", STYLES[finding.state]), f"{finding.about}: {finding.found}")
        if finding.remedy:
            say(f"        -> {finding.remedy}")
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    say(", ".join(f"{count} {state}" for state, count in counts.items()))
