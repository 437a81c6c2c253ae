"""The doctor's check of a broker in memory, by another process: its dead letters beside the house's file."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pathshala_common.broker.memory.dead_letters import DeadLetterFolder
from pathshala_common.contract.finding import Check, Finding, dead_letters, ok
from pathshala_common.contract.topology import Topology


def checks(path: Path | None, topology: Topology) -> Mapping[str, Check]:
    """The checks by name, of a broker that keeps its dead letters in this folder, or in memory alone."""
    letters: dict[str, Check] = {} if path is None else {"dead letters": partial(_dead_letters, path, topology)}
    return {"broker": _in_memory, **letters}


async def _in_memory() -> Sequence[Finding]:
    return ok("broker", "in memory, in the house's own process: nothing to reach")


async def _dead_letters(path: Path, topology: Topology) -> Sequence[Finding]:
    folder = DeadLetterFolder(path, topology)
    return dead_letters(folder.kept().items(), folder.dropped(), topology.dead_letters_max)
