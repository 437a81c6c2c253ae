"""Runs checks side by side, each with its own time; one that fails is a finding like any other."""

import asyncio
from collections.abc import Mapping, Sequence

from pathshala_common.contract.errors import PathshalaError
from pathshala_common.contract.finding import Check, Finding, wrong

CHECK_SECONDS = 45.0
"""Every check has a shorter time of its own; this one ends what hangs in spite of it."""


async def examine(checks: Mapping[str, Check], *, check_seconds: float = CHECK_SECONDS) -> list[Finding]:
    """Run all, whatever becomes of some. The findings come in the order of the checks."""
    found = await asyncio.gather(*(_run(about, check, check_seconds) for about, check in checks.items()))
    return [finding for findings in found for finding in findings]


async def _run(about: str, check: Check, check_seconds: float) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(check_seconds):
            return await check()
    except TimeoutError:
        return wrong(about, f"no answer within {check_seconds:g} s", "See whether it is reachable from here at all.")
    except PathshalaError as error:
        return wrong(about, str(error), "See that it runs, is reachable from here, and that its URL is right.")
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks still say their part
        return wrong(about, f"the check itself failed ({type(error).__name__})", "Please report this.")
