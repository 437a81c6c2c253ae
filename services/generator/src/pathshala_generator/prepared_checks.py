"""The checks that a process of the pool has ready, and what it does with them."""

from collections.abc import Mapping

from pathshala_common.checks import examination
from pathshala_common.checks.fault import Check
from pathshala_common.contract.lesson import Level
from pathshala_generator import proofreading
from pathshala_generator.answer import Fields
from pathshala_generator.draft import Assignment
from pathshala_generator.proofreading import Proof

Instructions = Mapping[Level, str]
"""A model's instructions for each level, which no lesson may repeat."""

_prepared: dict[Level, Mapping[str, Check]] = {}


def prepare(instructions: Instructions) -> None:
    """Make the checks ready in this process."""
    _prepared.update({level: examination.checks(told) for level, told in instructions.items()})


def proofread(fields: Fields, assignment: Assignment) -> Proof:
    """Examine what a model answered."""
    return proofreading.proofread(fields, assignment, _prepared[assignment.request.level])


def without_doubtful_quotes(proof: Proof, assignment: Assignment) -> Proof:
    """Drop the quotes that do not hold, if nothing else is wrong."""
    return proofreading.without_doubtful_quotes(proof, assignment, _prepared[assignment.request.level])
