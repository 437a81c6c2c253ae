"""Recording as a store service does: what a store was too slow for is recorded again, as it comes from its queue."""

from collections.abc import Sequence
from contextlib import suppress

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.recording.recorder import Recorder
from tests.waiting import until_so


async def record(recorder: Recorder, envelopes: Sequence[Envelope]) -> None:
    """Record events, as often as it takes."""

    async def recorded() -> bool:
        with suppress(StoreUnavailable):
            await recorder.record(envelopes)
            return True
        return False

    await until_so(recorded)
