"""The bodies of an operator's requests and answers."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool

from pathshala_api.schemas import MomentText
from pathshala_common.contract.finding import Finding, State
from pathshala_common.contract.services import Service
from pathshala_common.operating.circuits import SeenCircuit
from pathshala_common.operating.dead_letters import Reading, Selection
from pathshala_common.operating.settings_in_force import SettingInForce
from pathshala_common.operating.writing import SeenGenerator


class DeadLetterEntry(BaseModel):
    """A message that a service could not handle."""

    id: Annotated[str, Field(description="The id of the message; of one without, a hash of its bytes.")]
    service: Annotated[Service, Field(description="Which service could not handle it.")]
    code: Annotated[str, Field(description="Why, for machines.")]
    reason: Annotated[str, Field(description="Why, for people.")]
    event: Annotated[str, Field(description="The event's name, as far as it is known.")]
    task_id: Annotated[str, Field(description="The task that it is about, as far as it is known.")]
    attempt: Annotated[int, Field(description="The attempt that was the last.")]
    dead_at: Annotated[MomentText | None, Field(description="When it was given up.")]
    ended_its_task: Annotated[
        bool, Field(description="Whether its task has failed over it: sent back, it makes no lesson.")
    ]


class DeadLetterDetails(DeadLetterEntry):
    """All that is known of a dead letter: its event, or the beginning of its bytes if they are none."""

    stack: Annotated[str, Field(description="The stack of the fault, if there was one.")]
    headers: Annotated[dict[str, Any], Field(description="The message's headers.")]
    envelope: Annotated[dict[str, Any] | None, Field(description="The event in its envelope.")] = None
    body_bytes: Annotated[int | None, Field(description="How many bytes there are, if they are no event.")] = None
    body: Annotated[str | None, Field(description="The first of them, escaped.")] = None
    order: Annotated[
        dict[str, Any] | None, Field(description="What POST /lessons takes to ask for the same lesson anew.")
    ] = None


class DeadLetterList(BaseModel):
    """Dead letters that match, the oldest of each service first."""

    matched: Annotated[int, Field(description="How many match.")]
    beyond: Annotated[int, Field(description="How many were too many to be looked at.")]
    codes: Annotated[dict[str, int], Field(description="How many of these have each code.")]
    ended_tasks: Annotated[int, Field(description="How many of these ended their tasks.")]
    letters: Annotated[list[DeadLetterEntry], Field(description="The first of them.")]


class DeadLettersDone(BaseModel):
    """The outcome for dead letters. Without `confirm` they are counted, and nothing is done."""

    matched: Annotated[int, Field(description="How many match: what `confirm` must be.")]
    done: Annotated[int, Field(description="How many were sent back, or deleted.")]


class QueueDepth(BaseModel):
    """The numbers of messages in the queues of a service."""

    service: Annotated[Service, Field(description="Whose queues they are.")]
    waiting: Annotated[int, Field(description="Messages that nobody has in hand yet, suspects among them.")]
    dead: Annotated[int | None, Field(description="Dead letters; null if they end with the house.")]


class QueueList(BaseModel):
    """The queues of all services."""

    queues: Annotated[list[QueueDepth], Field(description="One entry a service, on the way of a lesson.")]


class GeneratorList(BaseModel):
    """The generators that told of themselves within the last 30 s."""

    generators: Annotated[list[SeenGenerator], Field(description="By their names.")]


class CircuitList(BaseModel):
    """The circuits that are open, as far as their processes told it within the last 30 s."""

    circuits: Annotated[list[SeenCircuit], Field(description="By service, and what they guard.")]


class WritingOrder(BaseModel):
    """An order to pause writing, or to go on."""

    paused: Annotated[StrictBool, Field(description="Whether generators are to begin no lesson.")]
    reason: Annotated[str | None, Field(description="Why, for those who wait.", max_length=500)] = None


class FoundThing(BaseModel):
    """A finding of the doctor's."""

    about: Annotated[str, Field(description="What was looked at.")]
    state: Annotated[State, Field(description="How bad it is; wrong keeps the house from its work.")]
    found: Annotated[str, Field(description="What was found.")]
    remedy: Annotated[str, Field(description="What to do about it.")]


class Examination(BaseModel):
    """The doctor's findings, seen from this process."""

    well: Annotated[bool, Field(description="Whether nothing is wrong.")]
    findings: Annotated[list[FoundThing], Field(description="In the order of the checks.")]


class SettingList(BaseModel):
    """The settings of this process: of the API, or of the whole house if that runs in one."""

    settings: Annotated[list[SettingInForce], Field(description="By the names of their variables.")]


def listed(found: Selection) -> DeadLetterList:
    """Tell of a walk over dead letters."""
    return DeadLetterList(
        matched=found.matched,
        beyond=found.beyond,
        codes=dict(found.codes),
        ended_tasks=found.ended,
        letters=[DeadLetterEntry(**reading.summary()) for reading in found.shown],
    )


def details(reading: Reading) -> DeadLetterDetails:
    """Tell all of a dead letter."""
    return DeadLetterDetails(**reading.details(), order=dict(reading.order) if reading.order else None)


def examination(findings: Sequence[Finding]) -> Examination:
    """Tell what the doctor found."""
    return Examination(
        well=all(finding.state is not State.WRONG for finding in findings),
        findings=[FoundThing(**_fields(finding)) for finding in findings],
    )


def _fields(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in FoundThing.model_fields}


class RedeliveryAccepted(BaseModel):
    """The answer to who wants a webhook again."""

    task_id: Annotated[str, Field(description="The task whose end is told; its log shows what becomes of it.")]
