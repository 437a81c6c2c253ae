"""The settings that every service has, and how settings are read: from the environment, or refused in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.topology import DEAD_LETTERS_MAX, ENRICHMENT_WAIT_SECONDS, QUEUE_LENGTH_MAX, Topology
from pathshala_common.runtime.setting_types import Attempts, Count, Host, Namespace, Seconds, ServerUrl

PREFIX = "PATHSHALA_"


class Group(StrEnum):
    """The groups of settings: the headings of docs/settings.md, in their order."""

    PLACES = "Where things are"
    ACCESS = "Who may call"
    WRITER = "Who writes"
    WIKIPEDIA = "Wikipedia"
    ADMISSION = "How much is taken at once"
    TIMES = "Deadlines, attempts and stopping"
    WEBHOOKS = "Webhooks"
    RETENTION = "What is kept, and how long"
    LOGS = "Logs"


def setting(default: Any, group: Group, description: str, *, name: str | None = None) -> Any:
    """A field of a settings class. `description` is its line in docs/settings.md; `name` a variable without prefix."""
    return Field(default, description=description, validation_alias=name, json_schema_extra={"group": group})


class Settings(BaseSettings):
    """The settings that every service has."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    broker_url: ServerUrl = setting(
        "memory://", Group.PLACES, "or `amqp://user:password@host,host/vhost`, one host or several"
    )
    store_url: ServerUrl = setting("sqlite:///pathshala.db", Group.PLACES, "or `mongodb://host/database`")
    namespace: Namespace = setting(
        "pathshala", Group.PLACES, "first part of every queue's name; keeps two houses on one broker apart"
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", Group.LOGS, "least level to log")
    log_format: Literal["text", "json"] = setting("text", Group.LOGS, "`text` for people, `json` for collectors")
    grace_seconds: Seconds = setting(25, Group.TIMES, "at SIGTERM, work in hand may take this long to finish")
    attempts_max: Attempts = setting(4, Group.TIMES, "attempts at one event before it goes to the dead-letter queue")
    retry_delay_seconds: Seconds = setting(2, Group.TIMES, "wait before the second attempt; doubles, with jitter")
    publish_timeout_seconds: Seconds = setting(10, Group.TIMES, "a publish that is not confirmed by then has failed")
    queue_length_max: Count = setting(
        QUEUE_LENGTH_MAX,
        Group.ADMISSION,
        "a full queue takes no more; requests wait in the outbox (same for all services)",
    )
    dead_letters_max: Count = setting(
        DEAD_LETTERS_MAX,
        Group.RETENTION,
        "dead letters that are kept of each service; the oldest make room (same for all services)",
    )
    enrichment_wait_seconds: Seconds = setting(
        ENRICHMENT_WAIT_SECONDS,
        Group.WIKIPEDIA,
        "a request waits this long for an enricher that is away, or for a second try (same for all services)",
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
        return Topology(
            self.namespace,
            self.enrichment_wait_seconds,
            self.queue_length_max,
            dead_letters_max=self.dead_letters_max,
        )


class HealthSettings(Settings):
    """The address at which a service without an HTTP interface of its own tells its health."""

    health_host: Host = setting("127.0.0.1", Group.PLACES, "where the health of a service answers; the API has its own")


@contextmanager
def naming(*variables: str) -> Iterator[None]:
    """Let a SettingsError from inside begin with the variables that it is about, unless it names one itself."""
    try:
        yield
    except SettingsError as error:
        if PREFIX in str(error):
            raise
        raise SettingsError(f"{', '.join(variables)}: {error}") from None


def variable(settings: type[Settings], location: tuple[int | str, ...]) -> str:
    """Name the environment variable of a field."""
    field = str(location[0]) if location else ""
    alias = settings.model_fields[field].validation_alias if field in settings.model_fields else field
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"
