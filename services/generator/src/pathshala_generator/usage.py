"""The usage of a lesson: calls, tokens as the provider counted them, seconds, and money if prices are set."""

from collections.abc import Sequence

from pydantic import ValidationError

from pathshala_common.contract.lesson import Usage, Value
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.provider_call import ProviderCall


class _Tokens(Value):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(Value):
    usage: _Tokens | None = None


def usage_of(calls: Sequence[ProviderCall], prices: Prices) -> Usage:
    """Sum up the calls with the model. Tokens are unknown if no answer told them."""
    counted = [tokens for call in calls if (tokens := _tokens(call)) is not None]
    prompt = _total([tokens.prompt_tokens for tokens in counted])
    completion = _total([tokens.completion_tokens for tokens in counted])
    cost = _cost(prompt, completion, prices)
    return Usage(
        calls=len(calls),
        prompt_tokens=prompt,
        completion_tokens=completion,
        seconds=round(sum(call.seconds for call in calls), 3),
        cost=cost,
        currency=None if cost is None else prices.currency,
    )


def _tokens(call: ProviderCall) -> _Tokens | None:
    try:
        return _Completion.model_validate_json(call.answer).usage
    except ValidationError:
        return None


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None and count >= 0]
    return sum(known) if known else None


def _cost(prompt: int | None, completion: int | None, prices: Prices) -> float | None:
    if (prompt is None and completion is None) or not prices.are_set:
        return None
    return prices.cost(prompt or 0, completion or 0)
