"""A call with a service outside the house: what it was asked and what it said, kept so that it can be replayed."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints

from pathshala_common.contract.lesson import Text, Value

RECORDING_LENGTH_MAX = 262_144
"""Characters kept of a request, and of an answer."""

TOKENS = ("total_tokens", "prompt_tokens", "completion_tokens")
"""Counts in an answer of OpenAI's API; the first is the sum of the others."""

Recording = Annotated[str, StringConstraints(max_length=RECORDING_LENGTH_MAX)]


class TokenUsage(NamedTuple):
    """The tokens that a language model read, and those that it wrote."""

    prompt: int
    completion: int


class ProviderCall(Value):
    """One request and its end. Holds no key: headers are those that handlers read, by their names in lower case.

    `status` and `answer` are an HTTP answer's; without one, `fault` says why there is none. What was longer than a
    recording may be is cut, and `cut` says so: such a call can be looked at, but not replayed.
    """

    provider: Text
    request: Recording
    status: int | None = None
    headers: Mapping[str, str] = {}
    answer: Recording = ""
    fault: Text | None = None
    seconds: Annotated[float, Field(ge=0)]
    cut: bool = False

    @classmethod
    def recorded(
        cls,
        provider: str,
        request: str,
        *,
        seconds: float,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        answer: str = "",
        fault: str | None = None,
    ) -> Self:
        """Record a call, cut to what a recording may hold."""
        return cls(
            provider=provider,
            request=request[:RECORDING_LENGTH_MAX],
            status=status,
            headers=headers or {},
            answer=answer[:RECORDING_LENGTH_MAX],
            fault=fault,
            seconds=round(seconds, 3),
            cut=max(len(request), len(answer)) > RECORDING_LENGTH_MAX,
        )

    @property
    def tokens(self) -> int | None:
        """The number of tokens that the answer says it cost, in the form of OpenAI's API."""
        total, *parts = self._counts()
        return total or sum(parts) or None

    @property
    def usage(self) -> TokenUsage:
        """The tokens that were read and written, as far as the answer says so."""
        _, prompt, completion = self._counts()
        return TokenUsage(prompt, completion)

    def without_words(self) -> Self:
        """The call without what was asked and said: how it ended, how long it took, and its tokens."""
        counts = {name: count for name, count in zip(TOKENS, self._counts(), strict=True) if count}
        answer = json.dumps({"usage": counts}) if counts else ""
        return self.model_copy(update={"request": "", "headers": {}, "answer": answer, "cut": True})

    def _counts(self) -> Sequence[int]:
        try:
            usage = json.loads(self.answer)["usage"]
            counts: Sequence[object] = [usage.get(name) for name in TOKENS]
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
            return [0] * len(TOKENS)
        return [max(count, 0) if isinstance(count, int) else 0 for count in counts]

    def summary(self) -> str:
        """Say in a line how it ended, how long it took, and what it cost."""
        said = [self.provider, "no answer" if self.status is None else str(self.status)]
        if self.fault is not None:
            said.append(self.fault)
        said.append(f"{self.seconds:.1f} s")
        if (tokens := self.tokens) is not None:
            said.append(f"{tokens} tokens")
        if self.cut:
            said.append("cut")
        return ", ".join(said)
