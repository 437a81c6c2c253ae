"""Says in a line what an event tells, for a person who reads a task's log. What strangers wrote is in it as it came."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import (
    EnrichmentStarted,
    Event,
    GenerationStarted,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
    ProviderAnswered,
    RetryScheduled,
)
from pathshala_common.contract.lesson import LessonContent, LessonRequest, version_of
from pathshala_common.contract.provider_call import ProviderCall

SOURCE_PREFIX = "/pathshala/"
TOKENS = ("total_tokens", "prompt_tokens", "completion_tokens")


def service_of(envelope: Envelope) -> str:
    """Name the service that told an event."""
    return envelope.source.removeprefix(SOURCE_PREFIX)


def attempt_of(event: Event) -> int | None:
    """Give the attempt that an event tells of, if it tells of one."""
    attempt: int | None = getattr(event, "attempt", None)
    return attempt


def summary(event: Event) -> str:
    """Say what an event tells, with the fields that one looks for first."""
    return _PHRASES[type(event)](event)


def _asked(request: LessonRequest) -> str:
    wikipedia = "" if request.include_wikipedia else ", without Wikipedia"
    return (
        f"{request.subject}/{request.topic} for {request.user_id}, level {request.level}, "
        f"language {request.language}{wikipedia}, until {_clock(request.deadline)}"
    )


def _found(event: LessonEnriched) -> str:
    if event.article is None:
        return f"no article: {(event.absence or 'not_found').replace('_', ' ')}"
    return f"article {event.article.title!r}, revision {event.article.revision_id}, {event.article.language}"


def _began(event: GenerationStarted) -> str:
    writer = _writer(event.writer, event.model)
    before = f", beside {len(event.precedents)} earlier" if event.precedents else ""
    return f"{writer}, attempt {event.attempt} of {event.attempts_max}{before}"


def _answered(call: ProviderCall) -> str:
    said = [call.provider, "no answer" if call.status is None else str(call.status)]
    if call.fault is not None:
        said.append(call.fault)
    said.append(f"{call.seconds:.1f} s")
    if (tokens := _tokens(call.answer)) is not None:
        said.append(f"{tokens} tokens")
    if call.cut:
        said.append("cut")
    return ", ".join(said)


def _tokens(answer: str) -> int | None:
    """Find how many tokens an answer says that it cost, as OpenAI's API has it."""
    try:
        usage = json.loads(answer)["usage"]
        counts: Sequence[object] = [usage.get(name) for name in TOKENS]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None
    total, *parts = (count if isinstance(count, int) else 0 for count in counts)
    return total or sum(parts) or None


def _written(content: LessonContent) -> str:
    quality = content.quality
    ground = "grounded" if quality.grounded else "not grounded"
    said = [repr(content.title), f"by {_writer(quality.writer, quality.model)}", ground]
    if quality.usage is not None:
        said.append(f"{quality.usage.calls} calls in {quality.usage.seconds:.1f} s")
    return ", ".join(said)


def _writer(writer: str, model: str | None) -> str:
    return f"{writer} ({model})" if model else writer


def _retried(event: RetryScheduled) -> str:
    again = f"again at {_clock(event.retry_at)} (in {event.delay_seconds:.1f} s)"
    return f"{again}, after attempt {event.attempt} of {event.attempts_max}: {event.code}: {event.reason}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"


# Any: each phrase takes its own event, which no mapping type can say.
_PHRASES: Mapping[type[Event], Callable[[Any], str]] = {
    LessonRequested: lambda event: _asked(event.request),
    EnrichmentStarted: lambda event: f"looks for {event.query!r} in {event.source}",
    LessonEnriched: _found,
    GenerationStarted: _began,
    ProviderAnswered: lambda event: _answered(event.call),
    LessonGenerated: lambda event: _written(event.content),
    LessonStored: lambda event: f"kept as version {version_of(event.revision)}",
    RetryScheduled: _retried,
    LessonFailed: lambda event: f"{event.code}: {event.message}",
}
