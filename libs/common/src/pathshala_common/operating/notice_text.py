"""The form of the notices that processes put up about themselves, and how long one is believed."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from pathshala_common.contract.ports.notices import Notices

REPORT_SECONDS = 10.0
SILENT_SECONDS_MAX = 3 * REPORT_SECONDS
"""A process that has not reported for so long is gone, or as good as gone."""

FORGOTTEN_AFTER = timedelta(days=1)
EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class NoticeText(BaseModel):
    """The text of a notice, as JSON. A field that a later version adds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


async def take_down_own(notices: Notices, prefix: str, own_id: str, now: datetime) -> None:
    """Take down what a process told under a prefix and its id, and what died long ago. Raises StoreUnavailable."""
    await notices.take_down(f"{prefix}{own_id}", before=now + timedelta(seconds=1))
    await notices.take_down(prefix, before=now - FORGOTTEN_AFTER)
