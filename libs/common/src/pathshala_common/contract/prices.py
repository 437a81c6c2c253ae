"""The prices of a language model, by the tokens of questions and answers."""

from dataclasses import dataclass

TOKENS_PER_PRICE = 1_000_000
DIGITS = 8


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of a million tokens, in `currency`. A price that is not set counts as nothing."""

    prompt: float | None = None
    completion: float | None = None
    currency: str = "USD"

    @property
    def are_set(self) -> bool:
        """Whether anything has a price."""
        return self.prompt is not None or self.completion is not None

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Give the price of so many tokens, in units of the currency."""
        tokens = prompt_tokens * (self.prompt or 0.0) + completion_tokens * (self.completion or 0.0)
        return round(tokens / TOKENS_PER_PRICE, DIGITS)
