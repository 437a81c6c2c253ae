"""The answers to an operator who has a task replayed."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.contract.prices import Prices


class ReplayCost(BaseModel):
    """The calls of language models that a task took: about what it costs to have its lesson written again."""

    calls: Annotated[int, Field(description="The calls that are logged; 0 if the offline writer wrote it.")]
    prompt_tokens: Annotated[int, Field(description="Tokens that the model read, as far as it told.")]
    completion_tokens: Annotated[int, Field(description="Tokens that it wrote.")]
    cost: Annotated[float, Field(description="What they cost, by the prices that the house knows.")]
    currency: Annotated[str, Field(description="The currency of the prices.")]


class ReplayedField(BaseModel):
    """A field that is not what it was."""

    path: Annotated[str, Field(description="Where it is in the event's data, or in the lesson.")]
    recorded: Annotated[Any, Field(description="What it was; null if it was not there.")]
    replayed: Annotated[Any, Field(description="What it is now; null if it is not there.")]


class ReplayedEvent(BaseModel):
    """An event on both sides."""

    mark: Annotated[
        Literal["same", "differs", "missing", "extra"],
        Field(description="`missing` was told then and is not now, `extra` is told now and was not then."),
    ]
    event: Annotated[str, Field(description="The event's name.")]
    id: Annotated[str, Field(description="Its id, which is the same on both sides.")]
    fields: Annotated[list[ReplayedField], Field(description="What differs.")]
    added: Annotated[list[str], Field(description="Fields of today that the recorded event is too old to have.")]


class ReplayedStep(BaseModel):
    """One event, handled again by one service."""

    position: Annotated[int, Field(description="The place of the handled event in the task's log.")]
    id: Annotated[str, Field(description="Its id.")]
    event: Annotated[str, Field(description="Its name.")]
    service: Annotated[str, Field(description="Which service handled it.")]
    attempt: Annotated[int, Field(description="In which attempt.")]
    gap: Annotated[str | None, Field(description="Why it cannot be replayed; null if it can.")]
    told: Annotated[list[ReplayedEvent], Field(description="What came of it.")]


class ReplayedTask(BaseModel):
    """A task, replayed with recorded answers: calling nobody, at no cost."""

    steps: Annotated[list[ReplayedStep], Field(description="In the order of the log.")]
    document: Annotated[list[ReplayedField], Field(description="Where the task's document is not what the log makes.")]
    events: Annotated[int, Field(description="Events that were told, then or now.")]
    differences: Annotated[int, Field(description="How many of them differ.")]
    gaps: Annotated[int, Field(description="Steps that cannot be replayed.")]
    first: Annotated[str | None, Field(description="The first that differs, in words.")]


class WrittenAgain(BaseModel):
    """A task's lesson beside the one that the writer of today writes. It is kept nowhere."""

    then: Annotated[dict[str, Any] | None, Field(description="The lesson as it was written, if it was.")]
    now: Annotated[dict[str, Any] | None, Field(description="The lesson of today; its `quality` says by whom.")]
    failure: Annotated[str | None, Field(description="Why there is none today.")]
    fields: Annotated[list[ReplayedField], Field(description="Where they differ.")]


class ReplayAnswer(BaseModel):
    """The outcome of a replay. Asked to write, without `confirm`, it tells the cost, and nothing was done."""

    task_id: Annotated[str, Field(description="The task.")]
    cost: Annotated[ReplayCost, Field(description="What its lesson cost to write.")]
    replayed: Annotated[ReplayedTask | None, Field(description="Both sides, event by event, if it was replayed.")] = (
        None
    )
    written: Annotated[WrittenAgain | None, Field(description="Both lessons, if it was written anew.")] = None


def replay_cost(spent: Spent, prices: Prices) -> ReplayCost:
    """Tell what was spent."""
    return ReplayCost(
        calls=spent.calls,
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        cost=spent.cost(prices),
        currency=prices.currency,
    )
