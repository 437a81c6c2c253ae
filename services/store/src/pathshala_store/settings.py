"""The store's settings."""

from pathshala_common.runtime.setting_types import Count, KeptSeconds, Port, Seconds
from pathshala_common.runtime.settings import Group, HealthSettings, setting


class StoreSettings(HealthSettings):
    """The store's own settings, and those of every service."""

    health_port: Port = setting(8003, Group.PLACES, "the store's health; 0 takes a free port")
    task_ttl_seconds: KeptSeconds = setting(3_600, Group.RETENTION, "finished tasks are kept this long")
    class_set_ttl_seconds: KeptSeconds = setting(
        2_592_000, Group.RETENTION, "class sets are kept this long after they were ordered"
    )
    log_ttl_seconds: KeptSeconds = setting(
        2_592_000,
        Group.RETENTION,
        "events are kept this long after their task's last one; lessons and failures stay",
    )
    recordings_ttl_seconds: KeptSeconds = setting(
        604_800,
        Group.RETENTION,
        "recordings of what services outside said are kept this long after their task's last event",
    )
    log_events_max: Count = setting(
        10_000_000,
        Group.RETENTION,
        "more events are cut: the oldest recordings first, then the oldest finished tasks'",
    )
    housekeeping_seconds: Seconds = setting(5, Group.TIMES, "how often overdue and finished tasks are looked for")
    stalled_seconds: Seconds = setting(
        180, Group.TIMES, "a task of which nothing was heard for this long is driven on; longer than a call may take"
    )
