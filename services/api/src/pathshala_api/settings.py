"""The API's settings."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.prices import Prices
from pathshala_common.runtime.setting_types import (
    Count,
    Currency,
    Host,
    KeptSeconds,
    Networks,
    Origins,
    Port,
    Price,
    Seconds,
    listed,
)
from pathshala_common.runtime.settings import Group, Settings, setting

KEYS, OFF = "keys", "off"

PRICELESS = (
    "PATHSHALA_USER_MONTH_COST_MAX: without prices nothing costs anything, and nobody would be held back: set "
    "PATHSHALA_PRICE_PROMPT and PATHSHALA_PRICE_COMPLETION, or bound calls by PATHSHALA_USER_MONTH_CALLS_MAX"
)

EXPOSED = (
    "PATHSHALA_AUTH: the API would listen on {} without keys, where others can reach it: set it to keys, or to "
    "off-on-purpose if whoever reaches it may do everything"
)


class ApiSettings(Settings):
    """The API's own settings, and those of every service."""

    host: Host = setting("127.0.0.1", Group.PLACES, "where the API listens")
    port: Port = setting(8000, Group.PLACES, "its port; 0 takes a free one")
    cors_origins: Origins = setting(
        "",
        Group.PLACES,
        "web origins that may call the API, by commas, with their sessions if it asks for keys; `*` for all, without",
    )
    webhook_networks: Networks = setting(
        "",
        Group.WEBHOOKS,
        "networks besides the public internet that webhooks may go to, with http too, as `10.1.0.0/16`, by commas",
    )
    auth: Literal["off", "off-on-purpose", "keys"] = setting(
        OFF,
        Group.ACCESS,
        "`keys`: callers need one (`pathshala keys create`); `off`: no keys, on loopback alone; "
        "`off-on-purpose`: no keys, wherever the API listens",
    )
    key_requests_per_minute: Count = setting(
        1_200, Group.ACCESS, "requests of one key, at each replica; more are answered 429"
    )
    trusted_proxies: Networks = setting(
        "", Group.ACCESS, "networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, by commas"
    )
    server_timing: bool = setting(False, Group.LOGS, "whether answers say in Server-Timing how long they took")
    task_ttl_seconds: KeptSeconds = setting(3_600, Group.RETENTION, "finished tasks are kept this long")
    task_deadline_seconds: Seconds = setting(900, Group.TIMES, "a task that has not ended by then fails")
    outbox_retry_seconds: Seconds = setting(60, Group.TIMES, "a request not yet logged by then is published again")
    user_tasks_max: Count = setting(1_000, Group.ADMISSION, "unfinished tasks of one user; more are answered 429")
    tasks_max: Count = setting(100_000, Group.ADMISSION, "unfinished tasks of all users; more are answered 429")
    user_in_flight_max: Count = setting(
        32, Group.ADMISSION, "requests of one user on their way to a writer; the others wait in the store"
    )

    user_month_calls_max: Count | None = setting(
        None,
        Group.ADMISSION,
        "calls of language models for one user's lessons in a month; then orders are answered 402",
    )
    user_month_cost_max: Price | None = setting(
        None, Group.ADMISSION, "what these calls may cost, by `PATHSHALA_PRICE_*`; then orders are answered 402"
    )
    price_prompt: Price | None = setting(None, Group.WRITER, "what a million tokens of questions cost")
    price_completion: Price | None = setting(None, Group.WRITER, "what a million tokens of answers cost")
    price_currency: Currency = setting("USD", Group.WRITER, "the currency of these prices")
    class_set_ttl_seconds: KeptSeconds = setting(
        2_592_000, Group.RETENTION, "class sets are kept this long after they were ordered"
    )

    @property
    def origins(self) -> list[str]:
        """The web origins, one by one."""
        return listed(self.cors_origins)

    @property
    def proxy_networks(self) -> Sequence[IPv4Network | IPv6Network]:
        """The networks of proxies, one by one."""
        return [ip_network(network) for network in listed(self.trusted_proxies)]

    @property
    def takes_cookies_from_origins(self) -> bool:
        """Whether pages of the origins may send a session: those that are named, never those of `*`."""
        return self.auth == KEYS and "*" not in self.origins


def refuse_unsafe(settings: ApiSettings) -> None:
    """Raise SettingsError if the API would be open to others unless told so, or if a ceiling would hold nobody back."""
    if settings.auth == OFF and not _is_loopback(settings.host):
        raise SettingsError(EXPOSED.format(settings.host))
    if settings.user_month_cost_max and not Prices(settings.price_prompt, settings.price_completion).are_set:
        raise SettingsError(PRICELESS)


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine alone. One that has no address is told when it is listened on."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)
