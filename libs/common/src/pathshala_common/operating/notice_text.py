"""The form of the notices that processes put up about themselves, and how long one is believed."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

REPORT_SECONDS = 10.0
SILENT_SECONDS_MAX = 3 * REPORT_SECONDS
"""A process that has not reported for so long is gone, or as good as gone."""

FORGOTTEN_AFTER = timedelta(days=1)
EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class NoticeText(BaseModel):
    """The text of a notice, as JSON. A field that a later version adds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
