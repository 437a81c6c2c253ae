"""The API's settings."""

from pydantic import Field

from pathshala_common.runtime.settings import Count, Port, Seconds, Settings


class ApiSettings(Settings):
    """What the API needs to know besides what every service does."""

    host: str = Field("127.0.0.1", description="where the API listens")
    port: Port = Field(8000, description="its port; 0 takes a free one")
    cors_origins: str = Field("", description="web origins that may call the API, separated by commas; `*` for all")
    body_size_max_bytes: Count = Field(65_536, description="larger requests are answered 413")
    page_size_max: Count = Field(1_000, description="most entries on one page of a list")
    task_ttl_seconds: Seconds = Field(3_600, description="finished tasks are kept this long")
    task_deadline_seconds: Seconds = Field(900, description="a task that has not ended by then fails")
    outbox_retry_seconds: Seconds = Field(60, description="a request not yet logged by then is published again")
    outbox_length_max: Count = Field(
        10_000, description="requests that wait in memory to be published; those beyond it wait in the store"
    )

    user_tasks_max: Count = Field(1_000, description="unfinished tasks of one user; more are answered 429")
    tasks_max: Count = Field(100_000, description="unfinished tasks of all users; more are answered 429")
    user_in_flight_max: Count = Field(
        32, description="requests of one user on their way to a writer; the others wait in the store"
    )

    @property
    def origins(self) -> list[str]:
        """The web origins, one by one."""
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]
