"""The port to a language model: one question, one call. What a call means is not the model's business."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pathshala_common.contract.provider_call import ProviderCall

TIMED_OUT = "timed_out"
UNREACHABLE = "unreachable"
BROKEN_OFF = "broken_off"
TOO_LARGE = "too_large"

ANSWER_TOKENS_MAX = 16_384
"""Several times what any lesson takes, and enough for a model that thinks before it writes."""

MODERATION = "openai-moderation"
"""The provider of a call with a moderation, so that it is told from one with the model."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a model: messages with a role and a content each, and the JSON Schema of its answer.

    The answer has at most `tokens_max` tokens. With more `warmth`, it is chosen more freely than usual.
    """

    messages: Sequence[Mapping[str, str]]
    schema: Mapping[str, Any]
    tokens_max: int = ANSWER_TOKENS_MAX
    warmth: int = 0


Heard = Callable[[str], None]
"""Called with the name of a field when a model begins to write it; of a server that tells all at once, never."""


def unheard(_field: str) -> None:
    """Listen to nothing."""


class Model(Protocol):
    """A language model behind a server, or the recording of one."""

    @property
    def name(self) -> str:
        """The model's name, as its server knows it."""

    async def ask(self, question: Question, heard: Heard = unheard) -> ProviderCall:
        """Ask once, and listen meanwhile. A failure is a call too: with its status, or with one of the faults above.

        Cancelling ends the call at the socket.
        """


class Moderation(Protocol):
    """The moderation of a provider, which tells whether a text is fit for everybody; or the recording of one."""

    async def moderate(self, text: str) -> ProviderCall:
        """Ask once, as a model is asked."""
