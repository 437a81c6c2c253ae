from collections.abc import Iterable

import pytest

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.model import MODERATION, TIMED_OUT
from pathshala_generator.moderation import Moderator
from services.generator.tests.given import a_request, unrecorded


def said(answer: str = "", status: int = 200) -> ProviderCall:
    return ProviderCall.recorded(MODERATION, "{}", seconds=0, status=status, answer=answer)


FLAGGED, UNFLAGGED = said('{"results": [{"flagged": true}]}'), said('{"results": [{"flagged": false}]}')
LOST = ProviderCall.recorded(MODERATION, "{}", seconds=0, fault=TIMED_OUT)


class Recording:
    """Gives recorded calls again, and counts how often it is asked."""

    def __init__(self, calls: Iterable[ProviderCall]) -> None:
        self._left, self.asked = list(calls), list[str]()

    async def moderate(self, text: str) -> ProviderCall:
        self.asked.append(text)
        return self._left.pop(0)


async def test_what_is_flagged_is_refused_in_words_of_our_own() -> None:
    recording = Recording([FLAGGED])

    with pytest.raises(Reject) as refused:
        await Moderator(recording).refuse_unfit(a_request("chemistry", "bombs"), unrecorded)

    assert refused.value.code == "topic_refused"
    assert recording.asked == ["chemistry: bombs"]


@pytest.mark.parametrize("passes", [UNFLAGGED, said("{}"), said("<html>"), said(status=500), said(status=429), LOST])
async def test_what_is_not_flagged_passes_and_the_next_is_asked_about_again(passes: ProviderCall) -> None:
    recording, recorded = Recording([passes, FLAGGED]), list[ProviderCall]()
    moderator = Moderator(recording)

    await moderator.refuse_unfit(a_request(), recorded.append)
    with pytest.raises(Reject):
        await moderator.refuse_unfit(a_request(), recorded.append)

    assert recorded == [passes, FLAGGED]


@pytest.mark.parametrize("status", [401, 403, 404, 405, 501])
async def test_a_server_without_moderation_is_not_asked_again(status: int) -> None:
    recording = Recording([said(status=status)])
    moderator = Moderator(recording)

    for _ in range(3):
        await moderator.refuse_unfit(a_request(), unrecorded)

    assert len(recording.asked) == 1
