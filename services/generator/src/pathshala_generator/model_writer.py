"""Writes lessons with a language model: ask, read, examine, and have written anew what is wrong, in bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Level
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator import rewrite_prompt, small_prompt
from pathshala_generator.answer import Fields, content_of, read_fields
from pathshala_generator.draft import Assignment, Doing, Record, Tell, Written, untold
from pathshala_generator.examiner import Examiner
from pathshala_generator.fates import INVALID_ANSWER
from pathshala_generator.lesson_plan import LessonPlan
from pathshala_generator.model import Model, Question
from pathshala_generator.moderation import Moderator
from pathshala_generator.prepared_checks import Instructions
from pathshala_generator.prompt import (
    FORMS,
    everything_told,
    fields_to_repair,
    lesson_question,
    prompt_version,
    repair_question,
)
from pathshala_generator.proofreading import Proof
from pathshala_generator.rewriting import Rewriting
from pathshala_generator.rewritten import left
from pathshala_generator.turnstile import Turnstile
from pathshala_generator.usage import usage_of

REPAIRS_MAX = 2
BEGUN_MAX = 16
"""Lessons for which a model is first asked in one turn of the loop: hundreds may have waited for the same."""

LESSON = "lesson"
"""Told as what is being written, before its first field has come."""


def told(plan: LessonPlan) -> Instructions:
    """Give all that a model may be told by a plan."""
    return {level: everything_told(plan, level) for level in Level}


class ModelWriter:
    """Implements Writer: one call for a lesson that is well, and at most `repairs_max` more for one that is not.

    By a plan for small models, each step is a call. A fault of a field has that field alone written anew, a fault of
    the whole lesson all of it. What is still wrong then is refused by Reject with the code lesson_refused, which names
    the checks. A call that brings no lesson at all raises what becomes of it.
    """

    name = "openai"

    def __init__(
        self,
        model: Model,
        plan: LessonPlan,
        clock: Clock,
        *,
        prices: Prices | None = None,
        repairs_max: int = REPAIRS_MAX,
        moderator: Moderator | None = None,
        examiner: Examiner | None = None,
    ) -> None:
        """Write by the plan; nothing is asked yet. Without another examiner, all checks are applied in a thread."""
        self.model = model.name
        self._model, self._plan, self._clock, self._moderator = model, plan, clock, moderator
        self._prices, self._repairs_max = prices or Prices(), repairs_max
        self._examiner = examiner or Examiner(told(plan))
        self._turnstile = Turnstile(BEGUN_MAX)
        fixed = small_prompt.FIXED if plan.is_small else ()
        self._prompt_version = prompt_version(plan, fixed)
        self._rewrite_version = prompt_version(plan, (*fixed, *rewrite_prompt.FIXED))

    async def write(self, assignment: Assignment, record: Record, tell: Tell = untold) -> Written:
        """Write one lesson that passes every check, or one part of it. Cancelling ends the call that is on its way."""
        with self._examiner.expecting():
            if self._moderator is not None:
                wish = assignment.rewriting.wish if assignment.rewriting else None
                await self._moderator.refuse_unfit(assignment.request, record, wish)
            work = _Work(assignment, record, tell)
            await self._turnstile()
            await self._draft(work)
            proof = await self._proof(work)
        if proof.draft is None or proof.faults:
            raise proof.refusal
        return self._written(proof.draft, proof, work)

    async def _draft(self, work: "_Work") -> None:
        """Ask for the lesson: at once, or of a small model in steps, each of which knows those before."""
        if (rewriting := work.assignment.rewriting) is not None:
            return await self._rewrite(rewriting, (), work)
        if not self._plan.is_small:
            return await self._ask(lesson_question(self._plan, work.assignment), list(FORMS), work)
        for fields in small_prompt.STEPS:
            said = [content_of(call) for call in work.calls]
            await self._ask(small_prompt.step_question(self._plan, work.assignment, said), fields, work)
        return None

    async def _proof(self, work: "_Work") -> Proof:
        """Examine what was written, and have written anew what is wrong."""
        proof = await self._examiner.proofread(work.fields, work.assignment)
        for _ in range(self._repairs_max):
            if proof.faults:
                await self._mend(proof.faults, work)
                proof = await self._examiner.proofread(work.fields, work.assignment)
        return await self._examiner.without_doubtful_quotes(proof, work.assignment)

    async def _mend(self, faults: Sequence[Fault], work: "_Work") -> None:
        """Have what is wrong written anew: all of the lesson, if that is what is wrong."""
        work.repairs += 1
        if (rewriting := work.assignment.rewriting) is not None:
            work.repaired.update(rewriting.fields)
            return await self._rewrite(rewriting, faults, work)
        if self._plan.is_small:
            question = small_prompt.anew_question(self._plan, work.assignment, work.fields, faults)
            fields = small_prompt.fields_anew(faults)
        elif any(fault.field is None for fault in faults):
            question, fields = lesson_question(self._plan, work.assignment, faults), list(FORMS)
        else:
            question = repair_question(self._plan, work.assignment, work.fields, faults)
            fields = fields_to_repair(faults)
        work.repaired.update(fields)
        return await self._ask(question, fields, work)

    async def _rewrite(self, rewriting: Rewriting, faults: Sequence[Fault], work: "_Work") -> None:
        """Ask for one part."""
        question = rewrite_prompt.rewrite_question(self._plan, rewriting, work.assignment, faults)
        await self._ask(question, rewriting.fields, work)

    async def _ask(self, question: Question, fields: Sequence[str], work: "_Work") -> None:
        """Ask, and take from the answer what was asked for. A repair that cannot be read mends nothing."""
        mending = bool(work.repairs)
        work.tell(Doing(fields[0] if len(fields) < len(FORMS) else LESSON, mending))
        question = replace(question, warmth=work.repairs)
        call = await self._model.ask(question, lambda field: work.tell(Doing(field, mending)))
        work.record(call)
        work.calls.append(call)
        read = read_fields(call, fields, self._clock.now())
        if isinstance(read, Mapping):
            kept = {name: known for name, known in work.fields.items() if name not in fields}
            work.fields = {**kept, **read}
        elif not (work.fields and isinstance(read, Retry) and read.code == INVALID_ANSWER):
            raise read  # outside of any except block, so that no provider's words hang on it as its context

    def _written(self, draft: Draft, proof: Proof, work: "_Work") -> Written:
        return Written(
            draft,
            repaired_fields=tuple(name for name in FORMS if name in work.repaired),
            checks_passed=proof.passed,
            prompt_version=self._prompt_version if work.assignment.rewriting is None else self._rewrite_version,
            usage=usage_of(work.calls, self._prices),
            reading_level=proof.reading_level,
            left=left(proof.found, proof.standing),
        )


@dataclass(slots=True)
class _Work:
    """One lesson in the making: its fields as they were answered, and what was asked until now."""

    assignment: Assignment
    record: Record
    tell: Tell
    fields: Fields = field(default_factory=dict)
    calls: list[ProviderCall] = field(default_factory=list)
    repaired: set[str] = field(default_factory=set)
    repairs: int = 0
