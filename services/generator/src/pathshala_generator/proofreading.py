"""Examines what a model wrote, says what has to be written anew, and takes out quotes that do not hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from pathshala_common.checks.draft import Draft, Said
from pathshala_common.checks.examination import Findings, findings, passed
from pathshala_common.checks.fault import Check, Fault
from pathshala_common.checks.reading_level import measured
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import ReadingLevel
from pathshala_generator.answer import Fields, draft_of
from pathshala_generator.answered_part import rewritten_draft
from pathshala_generator.draft import LESSON_REFUSED, Assignment
from pathshala_generator.prompt import told
from pathshala_generator.rewritten import examined, standing_faults, unmet

UNUSABLE = "complete"
EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Proof:
    """The findings of the checks on a draft, and how hard it is to read; the draft is None if the fields make none.

    What is `standing` was wrong before with the parts of a lesson that are not written.
    """

    draft: Draft | None
    found: Findings
    reading_level: ReadingLevel | None = None
    standing: frozenset[Fault] = frozenset()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong with what was written."""
        return tuple(fault for fault in chain.from_iterable(self.found.values()) if fault not in self.standing)

    @property
    def only_quotes_are_doubtful(self) -> bool:
        """Whether nothing else is wrong."""
        return self.draft is not None and {fault.check for fault in self.faults} == {EVIDENCE}

    @property
    def passed(self) -> tuple[str, ...]:
        """The checks that had something to judge and found it well."""
        return passed(self.found)

    @property
    def refusal(self) -> Reject:
        """Say in plain words what is wrong with the lesson, and by which check."""
        said = dict.fromkeys(f"{told(fault)} ({fault.check})" for fault in self.faults)
        return Reject(LESSON_REFUSED, ", and ".join(said))


def proofread(fields: Fields, assignment: Assignment, checks: Mapping[str, Check]) -> Proof:
    """Examine what a model answered."""
    rewriting = assignment.rewriting
    draft = draft_of(fields, assignment) if rewriting is None else rewritten_draft(fields, rewriting, assignment)
    if isinstance(draft, Draft):
        return _proof(draft, assignment, checks)
    return Proof(None, {UNUSABLE: draft})


def without_doubtful_quotes(proof: Proof, assignment: Assignment, checks: Mapping[str, Check]) -> Proof:
    """Drop the quotes that do not hold, if nothing else is wrong: what they were to show is then not from the source.

    Whether enough others stand, the check itself says.
    """
    draft, check = proof.draft, checks.get(EVIDENCE)
    if draft is None or check is None or not proof.only_quotes_are_doubtful:
        return proof

    def kept(said: Said) -> Said:
        alone = draft.model_copy(update={"explanation": ((said,),)})
        doubtful = said.quote is not None and any(check(alone, assignment) or ())
        return said.model_copy(update={"quote": None}) if doubtful else said

    honest = draft.model_copy(update={"explanation": tuple(tuple(map(kept, part)) for part in draft.explanation)})
    return _proof(honest, assignment, checks)


def _proof(draft: Draft, assignment: Assignment, checks: Mapping[str, Check]) -> Proof:
    rewriting = assignment.rewriting
    if rewriting is None:
        return Proof(draft, findings(draft, assignment, checks), measured(draft, assignment))
    standing = standing_faults(rewriting, assignment, checks)
    found = examined(draft, rewriting, assignment, checks)
    return Proof(draft, {**found, **unmet(draft, rewriting, assignment)}, measured(draft, assignment), standing)
