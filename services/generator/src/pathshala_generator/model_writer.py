"""Writes lessons with a language model: ask, read, examine, and have written anew what is wrong, in bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pathshala_common.contract.errors import Reject, Retry
from pathshala_common.contract.exchange import Exchange
from pathshala_common.contract.ports import Clock
from pathshala_generator.answer import Fields, draft_of, read_fields
from pathshala_generator.checks.examination import CHECKS, examine
from pathshala_generator.checks.fault import Check, Fault
from pathshala_generator.draft import Assignment, Draft, Record, Written
from pathshala_generator.fates import INVALID_ANSWER, Fate
from pathshala_generator.lesson_plan import LessonPlan
from pathshala_generator.model import Model, Question
from pathshala_generator.moderation import Moderator
from pathshala_generator.prompt import FORMS, fields_to_repair, lesson_question, prompt_version, repair_question, told
from pathshala_generator.quoting import located
from pathshala_generator.usage import Prices, usage_of

LESSON_REFUSED = "lesson_refused"
EVIDENCE = "evidence"
REPAIRS_MAX = 2


class ModelWriter:
    """Implements Writer: one call for a lesson that is well, and at most `repairs_max` more for one that is not.

    A fault of a field has that field alone written anew, a fault of the whole lesson all of it. What is still wrong
    then is refused by Reject with the code lesson_refused, which names the checks; an answer that holds no lesson at
    all raises what became of it, and costs no repair.
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
        checks: Mapping[str, Check] = CHECKS,
    ) -> None:
        """Write by the plan; nothing is asked yet."""
        self.model = model.name
        self._model, self._plan, self._clock, self._moderator = model, plan, clock, moderator
        self._prices, self._repairs_max, self._checks = prices or Prices(), repairs_max, checks
        self._prompt_version = prompt_version(plan)

    async def write(self, assignment: Assignment, record: Record) -> Written:
        """Write one lesson that passes every check. Cancelling ends the call that is on its way."""
        if self._moderator is not None:
            await self._moderator.refuse_unfit(assignment.request, record)
        work = _Work(assignment)
        await self._ask(lesson_question(self._plan, assignment), work, list(FORMS), record)
        for _ in range(self._repairs_max):
            draft, faults = self._examined(work)
            if not faults and draft is not None:
                return self._written(draft, work)
            await self._mend(faults, work, record)
        draft, faults = self._without_inventions(*self._examined(work), assignment)
        if draft is None or faults:
            raise _refused(faults)
        return self._written(draft, work)

    async def _mend(self, faults: Sequence[Fault], work: "_Work", record: Record) -> None:
        """Have what is wrong written anew: all of the lesson, if that is what is wrong."""
        if any(fault.field is None for fault in faults):
            question, fields = lesson_question(self._plan, work.assignment, faults), list(FORMS)
        else:
            question = repair_question(self._plan, work.assignment, work.fields, faults)
            fields = fields_to_repair(faults)
        work.repaired.update(fields)
        await self._ask(question, work, fields, record)

    async def _ask(self, question: Question, work: "_Work", fields: Sequence[str], record: Record) -> None:
        """Ask, and take from the answer what was asked for. An answer that cannot be read mends nothing."""
        exchange = await self._model.ask(question)
        record(exchange)
        work.exchanges.append(exchange)
        read = read_fields(exchange, fields, self._clock.now())
        if isinstance(read, Mapping):
            kept = {name: known for name, known in work.fields.items() if name not in fields}
            work.fields = kept | dict(read)
        elif not (work.fields and _unreadable(read)):
            raise read  # outside of any except block, so that no provider's words hang on it as its context

    def _examined(self, work: "_Work") -> tuple[Draft | None, Sequence[Fault]]:
        read = draft_of(work.fields, work.assignment)
        if not isinstance(read, Draft):
            return None, read
        return read, examine(read, work.assignment, self._checks)

    def _without_inventions(
        self, draft: Draft | None, faults: Sequence[Fault], assignment: Assignment
    ) -> tuple[Draft | None, Sequence[Fault]]:
        """At the last, drop the quotes that the article does not have, if the lesson stands without them."""
        if draft is None or not faults or any(fault.check != EVIDENCE for fault in faults):
            return draft, faults
        honest = without_inventions(draft, assignment)
        return honest, examine(honest, assignment, self._checks)

    def _written(self, draft: Draft, work: "_Work") -> Written:
        return Written(
            draft,
            repaired_fields=tuple(name for name in FORMS if name in work.repaired),
            checks_passed=tuple(self._checks),
            prompt_version=self._prompt_version,
            usage=usage_of(work.exchanges, self._prices),
        )


@dataclass(slots=True)
class _Work:
    """One lesson in the making."""

    assignment: Assignment
    fields: dict[str, Any] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    repaired: set[str] = field(default_factory=set)


def without_inventions(draft: Draft, assignment: Assignment) -> Draft:
    """Take from each statement a quote that does not stand in the article: it is then not from the source."""
    source = assignment.article.summary if assignment.article else ""
    return draft.model_copy(
        update={
            "explanation": tuple(
                tuple(
                    said if said.quote and located(said.quote, source) else said.model_copy(update={"quote": None})
                    for said in paragraph
                )
                for paragraph in draft.explanation
            )
        }
    )


def _unreadable(read: Fields | Fate) -> bool:
    return isinstance(read, Retry) and read.code == INVALID_ANSWER


def _refused(faults: Sequence[Fault]) -> Reject:
    """Say in plain words what is wrong with a lesson, and by which check."""
    said = dict.fromkeys(f"{told(fault)} ({fault.check})" for fault in faults)
    return Reject(LESSON_REFUSED, ", and ".join(said))
