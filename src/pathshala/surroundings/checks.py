"""The checks of one house: which there are follows from its settings."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from functools import partial

import httpx2

from pathshala.settings import HouseSettings
from pathshala.surroundings import web
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.finding import Check, Finding, ok, warning, wrong
from pathshala_common.runtime import connect
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings
from pathshala_notifier.settings import NotifierSettings
from pathshala_store.settings import StoreSettings

HEALTH_SECONDS = 2.0
CALL_SHARE_MAX = 0.8
"""A call may take so much of the time after which its task is driven on; the rest is for its events' way to the log."""

API_PORT = "PATHSHALA_PORT"
CONSUMER_TIMEOUT_SECONDS = 1_800
"""RabbitMQ's own default; what is set in its place cannot be asked over AMQP."""


def checks() -> Mapping[str, Check]:
    """Every check that makes sense for the environment's settings; if those cannot be read, that one alone."""
    try:
        return checks_of(HouseSettings.load())
    except SettingsError as error:
        return {"settings": partial(_bad_settings, str(error))}


def checks_of(settings: HouseSettings) -> Mapping[str, Check]:
    """Every check that makes sense for these settings. Raises SettingsError."""
    surroundings = connect.checks(settings)
    own: dict[str, Check] = {"settings": partial(_limits, settings)}
    world: dict[str, Check] = {
        "webhooks": partial(_webhooks, settings),
        "writer": partial(web.writer, settings),
        "wikipedia": partial(web.wikipedia, settings),
        "port of the API": partial(_port, "the API", API_PORT, settings.host, settings.port),
    }
    if not settings.broker_url.lower().startswith("memory:"):
        for name, service in (
            ("enricher", EnricherSettings),
            ("generator", GeneratorSettings),
            ("store", StoreSettings),
            ("notifier", NotifierSettings),
        ):
            read = service.load()
            world[f"port of the {name}"] = partial(
                _port, f"the {name}", "PATHSHALA_HEALTH_PORT", read.health_host, read.health_port
            )
    return {**own, **surroundings, **world}


async def _bad_settings(text: str) -> Sequence[Finding]:
    return wrong("settings", text, "Correct the variables that are named; docs/settings.md has all. Then ask again.")


async def _webhooks(settings: HouseSettings) -> Sequence[Finding]:
    """Say whether any can be sent. A house that sends none is well."""
    if not settings.secrets:
        return ok("webhooks", "none is sent, since PATHSHALA_WEBHOOK_SECRETS is not set")
    return ok("webhooks", f"signed by {len(settings.secrets)} of PATHSHALA_WEBHOOK_SECRETS")


async def _limits(settings: HouseSettings) -> Sequence[Finding]:
    """Check that every setting can be read, and that the settings fit together."""
    findings: list[Finding] = []
    if settings.task_deadline_seconds >= CONSUMER_TIMEOUT_SECONDS:
        findings += warning(
            "settings",
            f"PATHSHALA_TASK_DEADLINE_SECONDS={settings.task_deadline_seconds:g} is not below the "
            f"{CONSUMER_TIMEOUT_SECONDS} s after which RabbitMQ takes a delivery away",
            "Set a shorter deadline, or raise consumer_timeout in rabbitmq.conf above it.",
        )
    if settings.llm_timeout_seconds >= settings.task_deadline_seconds:
        findings += warning(
            "settings",
            f"PATHSHALA_LLM_TIMEOUT_SECONDS={settings.llm_timeout_seconds:g} is not below "
            f"PATHSHALA_TASK_DEADLINE_SECONDS={settings.task_deadline_seconds:g}: a slow call cannot be tried again",
            "Set a shorter timeout or a later deadline.",
        )
    if settings.llm_timeout_seconds > settings.stalled_seconds * CALL_SHARE_MAX:
        findings += warning(
            "settings",
            f"PATHSHALA_LLM_TIMEOUT_SECONDS={settings.llm_timeout_seconds:g} is not well below "
            f"PATHSHALA_STALLED_SECONDS={settings.stalled_seconds:g}: a call may be driven on while it runs, "
            "and be paid twice",
            f"Set the first to {CALL_SHARE_MAX:.0%} of the second or less, for generators and store alike.",
        )
    return findings or ok("settings", "all can be read, and they fit together")


async def _port(whose: str, variable: str, host: str, port: int) -> Sequence[Finding]:
    """Free, or taken by a running house; anybody else there is in the way."""
    about = f"port of {whose}"
    if port == 0:
        return ok(about, "any free one, as set")
    if await asyncio.to_thread(_free, host, port):
        return ok(about, f"{host}:{port} is free")
    try:
        answer = await web.get(f"http://{host}:{port}/health/live", {}, seconds=HEALTH_SECONDS)
        live = web.object_in(answer).get("status") == "live"
    except (httpx2.HTTPError, TimeoutError):
        live = False
    if live:
        return ok(about, f"{host}:{port} is taken by a running house")
    said = f"{host}:{port} cannot be had: another program is there, or the address is not this machine's"
    if variable == API_PORT:
        return wrong(about, said, f"End it, or set {variable}.")
    return warning(about, said, f"End it, or set {variable}. The house in one process does not need it.")


def _free(host: str, port: int) -> bool:
    """Try to bind, as the house would."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except OSError:
        return False
    return True
