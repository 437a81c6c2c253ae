"""Asks a provider's moderation, where there is one, whether a topic is fit for a classroom."""

from pydantic import ValidationError

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import LessonRequest, Value
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.draft import Record
from pathshala_generator.model import Moderation

TOPIC_REFUSED, WISH_REFUSED = "topic_refused", "wish_refused"
ABSENT = frozenset({401, 403, 404, 405, 501})


class _Result(Value):
    flagged: bool


class _Results(Value):
    results: tuple[_Result, ...]


class Moderator:
    """Refuses what the provider flags. It is help beside the project's own list, and never a gate.

    A server that has no moderation, or none for our key, is not asked again; another failure lets this one pass.
    """

    def __init__(self, moderation: Moderation) -> None:
        self._moderation: Moderation | None = moderation

    async def refuse_unfit(self, request: LessonRequest, record: Record, wish: str | None = None) -> None:
        """Raise Reject if the provider flags subject or topic, or somebody's wish for a part."""
        if self._moderation is None:
            return
        asked = f"{request.subject}: {request.topic}"
        call = await self._moderation.moderate(asked if wish is None else f"{asked}: {wish}")
        record(call)
        if call.status in ABSENT:
            self._moderation = None
        if flagged(call) and wish is not None:
            raise Reject(WISH_REFUSED, "the model's provider holds this topic or wish to be unfit for a classroom")
        if flagged(call):
            raise Reject(TOPIC_REFUSED, "the model's provider holds this topic to be unfit for a classroom")


def flagged(call: ProviderCall) -> bool:
    """Whether a moderation says that a text is unfit."""
    try:
        return any(result.flagged for result in _Results.model_validate_json(call.answer).results)
    except ValidationError:
        return False
