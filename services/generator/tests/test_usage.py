import json
from typing import Any

import pytest

from pathshala_common.contract.prices import Prices
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.usage import usage_of


def call(seconds: float = 1.5, **usage: Any) -> ProviderCall:
    return ProviderCall.recorded("openai", "{}", seconds=seconds, status=200, answer=json.dumps({"usage": usage}))


CALLS = [
    call(prompt_tokens=1_000, completion_tokens=200),
    call(0.25, prompt_tokens=1_200, completion_tokens=50),
]


def test_calls_tokens_and_seconds_are_summed_up() -> None:
    usage = usage_of(CALLS, Prices())

    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (2, 2_200, 250)
    assert usage.seconds == 1.75


@pytest.mark.parametrize(
    ("prices", "cost", "currency"),
    [
        (Prices(), None, None),
        (Prices(0.4, 1.6), 0.00128, "USD"),
        (Prices(prompt=0.4, currency="INR"), 0.00088, "INR"),
        (Prices(completion=1.6), 0.0004, "USD"),
        (Prices(0.0, 0.0), 0.0, "USD"),
    ],
)
def test_the_cost_is_known_if_a_price_is_set(prices: Prices, cost: float | None, currency: str | None) -> None:
    usage = usage_of(CALLS, prices)

    assert usage.cost == cost
    assert usage.currency == currency


@pytest.mark.parametrize("answer", ["", "null", "<html>", "{}", '{"usage": null}', '{"usage": {"prompt_tokens": -1}}'])
def test_tokens_that_nobody_counted_are_unknown_and_so_is_their_cost(answer: str) -> None:
    silent = ProviderCall.recorded("openai", "{}", seconds=2, status=200, answer=answer)

    usage = usage_of([silent], Prices(1.0, 1.0))

    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens, usage.cost) == (1, None, None, None)
    assert usage.seconds == 2


def test_a_call_without_an_answer_counts_as_a_call() -> None:
    lost = ProviderCall.recorded("openai", "{}", seconds=5, fault="timed_out")

    usage = usage_of([lost, *CALLS], Prices())

    assert (usage.calls, usage.prompt_tokens, usage.seconds) == (3, 2_200, 6.75)
