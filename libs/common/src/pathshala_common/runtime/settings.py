"""The settings that every service has, and how settings are read: from the environment, or refused in one line."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.topology import (
    DELIVERY_LIMIT,
    ENRICHMENT_WAIT_SECONDS,
    QUEUE_LENGTH_MAX,
    Topology,
)

PREFIX = "PATHSHALA_"

Port = Annotated[int, Field(ge=0, le=65_535)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """What a service needs to know of its surroundings. Each field's description is its line in the README."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    broker_url: str = Field("memory://", description="or `amqp://user:password@host,host/vhost`, one host or several")
    store_url: str = Field("sqlite:///pathshala.db", description="or `mongodb://host/database`")
    namespace: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")] = Field(
        "pathshala", description="first part of every queue's name; keeps two houses on one broker apart"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level to log")
    log_format: Literal["text", "json"] = Field("text", description="`text` for people, `json` for collectors")
    grace_seconds: Seconds = Field(25, description="at SIGTERM, work in hand may take this long to finish")
    attempts_max: Count = Field(4, description="attempts at one event before it goes to the dead-letter queue")
    retry_delay_seconds: Seconds = Field(2, description="wait before the second attempt; doubles, with jitter")
    retry_delay_max_seconds: Seconds = Field(300, description="longest wait that we choose ourselves")
    publish_timeout_seconds: Seconds = Field(10, description="a publish that is not confirmed by then has failed")
    message_size_max_bytes: Count = Field(MESSAGE_SIZE_MAX_BYTES, description="larger events are dead-lettered")
    queue_length_max: Count = Field(
        QUEUE_LENGTH_MAX, description="a full queue takes no more; requests wait in the outbox (same for all services)"
    )
    delivery_limit: Count = Field(
        DELIVERY_LIMIT, description="returns before the broker itself dead-letters (same for all services)"
    )
    enrichment_wait_seconds: Seconds = Field(
        ENRICHMENT_WAIT_SECONDS, description="a request waits for the enricher this long (same for all services)"
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises SettingsError with one line that names each wrong variable."""
        try:
            return cls()
        except ValidationError as error:
            faults = "; ".join(f"{variable(cls, fault['loc'])}: {fault['msg']}" for fault in error.errors())
            raise SettingsError(f"bad setting: {faults}") from None

    @property
    def topology(self) -> Topology:
        """The exchange and queues by these settings."""
        return Topology(self.namespace, self.enrichment_wait_seconds, self.queue_length_max, self.delivery_limit)


class HealthSettings(Settings):
    """Where a service without an HTTP interface of its own answers for its health."""

    health_host: str = Field("127.0.0.1", description="where the health of a service answers; the API has its own")


def variable(settings: type[Settings], location: tuple[int | str, ...]) -> str:
    """Name the environment variable of a field."""
    field = str(location[0]) if location else ""
    alias = settings.model_fields[field].validation_alias if field in settings.model_fields else field
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"
