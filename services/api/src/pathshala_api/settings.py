"""The API's settings."""

from pathshala_common.runtime.setting_types import Count, Host, KeptSeconds, Networks, Origins, Port, Seconds, listed
from pathshala_common.runtime.settings import Group, Settings, setting


class ApiSettings(Settings):
    """The API's own settings, and those of every service."""

    host: Host = setting("127.0.0.1", Group.PLACES, "where the API listens")
    port: Port = setting(8000, Group.PLACES, "its port; 0 takes a free one")
    cors_origins: Origins = setting(
        "", Group.PLACES, "web origins that may call the API, separated by commas; `*` for all"
    )
    webhook_networks: Networks = setting(
        "",
        Group.WEBHOOKS,
        "networks besides the public internet that webhooks may go to, with http too, as `10.1.0.0/16`, by commas",
    )
    task_ttl_seconds: KeptSeconds = setting(3_600, Group.RETENTION, "finished tasks are kept this long")
    task_deadline_seconds: Seconds = setting(900, Group.TIMES, "a task that has not ended by then fails")
    outbox_retry_seconds: Seconds = setting(60, Group.TIMES, "a request not yet logged by then is published again")
    user_tasks_max: Count = setting(1_000, Group.ADMISSION, "unfinished tasks of one user; more are answered 429")
    tasks_max: Count = setting(100_000, Group.ADMISSION, "unfinished tasks of all users; more are answered 429")
    user_in_flight_max: Count = setting(
        32, Group.ADMISSION, "requests of one user on their way to a writer; the others wait in the store"
    )

    @property
    def origins(self) -> list[str]:
        """The web origins, one by one."""
        return listed(self.cors_origins)
