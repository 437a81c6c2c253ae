"""The store's settings."""

from pydantic import Field

from pathshala_common.runtime.settings import Count, HealthSettings, Port, Seconds


class StoreSettings(HealthSettings):
    """What the store needs to know besides what every service does."""

    health_port: Port = Field(8003, description="the store's health; 0 takes a free port")
    store_concurrency: Count = Field(1_000, description="events recorded at once; those of one moment share a write")
    store_batch_max: Count = Field(500, description="events in one write, at the most")
    task_ttl_seconds: Seconds = Field(3_600, description="finished tasks are kept this long")
    log_ttl_seconds: Seconds = Field(
        2_592_000, description="events are kept this long after their task's last one; lessons and failures stay"
    )
    recordings_ttl_seconds: Seconds = Field(
        604_800, description="recordings of what services outside said are kept this long after their task's last event"
    )
    log_events_max: Count = Field(
        10_000_000, description="more events are cut: the oldest recordings first, then the oldest finished tasks'"
    )
    housekeeping_seconds: Seconds = Field(5, description="how often overdue and finished tasks are looked for")
    stalled_seconds: Seconds = Field(
        180, description="a task of which nothing was heard for this long is driven on; longer than a call may take"
    )
