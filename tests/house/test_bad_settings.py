"""Every setting, given fifty values that it cannot be: one line that names it and exit code 2, never a traceback."""

import asyncio
import base64
import io
import logging
import os
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from itertools import count
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import httpx2
import pytest
import structlog
from annotated_types import Le
from hypothesis import given, settings
from hypothesis import strategies as st

from pathshala.run.embedded import process
from pathshala.settings import HouseSettings
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Lifecycle
from pathshala_common.runtime import setting_types as types
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import Process, main, open_store, running
from pathshala_common.runtime.settings import variable
from tests.house.processes import ServiceProcess
from tests.waiting import until_so

BAD_VALUES = 50

# ---------------------------------------------------------------- what a setting cannot be, by its kind

UNSHOWN = st.sampled_from("\n\r\t\x01\x1b\x7f\x85\u2028\u2029\udcff")
PLAIN = st.text(string.ascii_letters + string.digits + " /:.-", min_size=1, max_size=20)
NO_LINE = st.builds("{}{}{}".format, PLAIN.filter(str.strip), UNSHOWN, PLAIN.filter(str.strip))
BLANK = st.text(" \t\n", min_size=1, max_size=5)
NO_ASCII = st.builds("{}{}z".format, PLAIN, st.sampled_from("é…क\u00a0\u200b😀"))
NO_NUMBER = st.sampled_from(
    ["eighty", "1,5", "0x10", "1e", "--1", "1 2", "१o", "None", "null", "[]", "{}", "5s", "½", "1e1e1", ".", "-", "+"]
)
NO_FINITE = st.sampled_from(["inf", "-inf", "Infinity", "-Infinity", "nan", "NaN", "+nan", "1e999", "-1e999"])


def too_long(length_max: int) -> st.SearchStrategy[str]:
    return st.integers(length_max + 1, length_max + 50).map(lambda length: "a" * length)


def no_whole(least: int, most: int) -> st.SearchStrategy[str]:
    outside = st.one_of(st.integers(max_value=least - 1), st.integers(min_value=most + 1)).map(str)
    far = st.sampled_from(["1e18", "1.5", str(10**4_000), str(2**63), str(-(2**63) - 1), "9" * 5_000])
    return st.one_of(outside, far, NO_NUMBER, NO_FINITE, NO_LINE, BLANK)


def no_amount(least: float, most: float) -> st.SearchStrategy[str]:
    outside = st.one_of(
        st.floats(max_value=least, exclude_max=True, allow_infinity=False),
        st.floats(min_value=most, exclude_min=True, allow_infinity=False),
    ).map(str)
    return st.one_of(outside, st.sampled_from(["1e18", "1e308", "9" * 5_000]), NO_NUMBER, NO_FINITE, NO_LINE, BLANK)


def none_of(*words: str) -> st.SearchStrategy[str]:
    return st.one_of(PLAIN.filter(lambda text: text.strip() not in words), NO_LINE, BLANK, NO_ASCII, NO_FINITE)


def no_line(length_max: int) -> st.SearchStrategy[str]:
    return st.one_of(NO_LINE, BLANK, too_long(length_max))


NO_PORT = st.one_of(st.integers(types.PORT_MAX + 1), st.just("port"), st.integers(max_value=-1)).map(str)
NO_HOST = st.one_of(
    st.sampled_from(
        ["[::1]", "::1%", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a..b", "-a", "a b", "http://a", "a/b", ".", "a:1"]
    ),
    too_long(253),
    NO_LINE,
    BLANK,
    NO_ASCII,
    st.integers(64, 100).map(lambda length: "a" * length),
)
NO_WEB_ADDRESS = st.one_of(
    st.builds("{}://school.example/".format, st.sampled_from(["ftp", "ws", "file", "amqp", "htp", ""])),
    st.builds("http://school.example:{}/".format, NO_PORT),
    st.sampled_from(
        ["school.example", "http://", "https:///path", "http://[::1", "http://a b/", "//a/", "http:a", "1e18"]
    ),
    st.builds("http://school.example/{}".format, NO_ASCII),
    st.builds("http://school.example/{}".format, NO_LINE),
    st.builds("http://school.example/{}".format, too_long(types.ADDRESS_LENGTH_MAX)),
    BLANK,
)
NO_ORIGIN = st.one_of(
    NO_WEB_ADDRESS.filter(lambda text: "," not in text and text.strip()),
    st.sampled_from(["http://a/", "http://a/path", "http://a?b", "HTTP://a", "https://School.example", "null", "**"]),
)
NO_ORIGINS = st.one_of(
    NO_ORIGIN,
    st.builds("https://school.example, {}".format, NO_ORIGIN),
    too_long(types.ORIGINS_LENGTH_MAX),
)
NO_NETWORKS = st.one_of(
    st.sampled_from(["10.0.0.1/8", "10.0.0.0/33", "school.example", "*", "10.0.0.0/8 192.0.2.7", "::1/129", "1.2.3"]),
    st.builds("10.0.0.0/8, {}".format, NO_HOST.filter(lambda text: "," not in text and text.strip())),
    too_long(types.ORIGINS_LENGTH_MAX),
)
NO_SECRETS = st.one_of(
    st.binary(min_size=1, max_size=23).map(lambda secret: f"whsec_{base64.b64encode(secret).decode()}"),
    st.binary(min_size=65, max_size=90).map(lambda secret: base64.b64encode(secret).decode()),
    st.just(",".join([base64.b64encode(bytes(32)).decode()] * 3)),
    st.builds("whsec_{}".format, PLAIN.map(lambda text: f"{text}.")),
    NO_LINE.filter(lambda text: "," not in text),
)
NO_STORE = st.one_of(
    st.builds("{}://host/house".format, st.sampled_from(["http", "postgresql", "sqlite3", "amqp", "", "mongo"])),
    st.sampled_from(
        ["sqlite:", "sqlite://", "sqlite:///", "sqlite://host/x", "sqlite://[::1", "mongodb://", "1e18", "inf"]
    ),
    st.builds("mongodb://host:{}/house".format, NO_PORT),
    st.sampled_from(
        [
            "mongodb://a:b:c@host/",
            "mongodb://u:p@ss@host/",
            "mongodb://host/?w",
            "mongodb://host/a b",
            "mongodb://[::1/x",
            "mongodb://host/?authMechanism=NONE",
            "mongodb://host/?w=-2",
            "mongodb://host/a$b",
            "mongodb://host/?tls=1",
        ]
    ),
    st.builds("sqlite:////dev/null/{}".format, st.text(string.ascii_letters, min_size=1, max_size=9)),
    st.builds("sqlite:///{}".format, st.integers(256, 900).map(lambda length: "a" * length)),
    st.builds("sqlite:///{}".format, NO_LINE),
    too_long(types.ADDRESS_LENGTH_MAX),
    BLANK,
)
NO_BROKER = st.one_of(
    st.builds("{}://host/".format, st.sampled_from(["http", "redis", "kafka", "mongodb", "", "amq"])),
    st.sampled_from(["amqp", "amqp:", "memory", "memory:", "1e18", "inf", "amqp://[::1/", "amqp://"]),
    st.builds("amqp://host:{}/".format, NO_PORT),
    st.builds("amqp://host/{}".format, NO_LINE),
    st.builds("amqp://host/?heartbeat={}".format, NO_NUMBER),
    too_long(types.ADDRESS_LENGTH_MAX),
    BLANK,
)
NO_KEY = st.one_of(NO_LINE, BLANK, NO_ASCII)
NO_PLAN = st.one_of(
    st.builds("/dev/null/{}".format, st.text(string.ascii_letters, min_size=1, max_size=9)),
    st.text(string.ascii_letters, min_size=12, max_size=20).map("no-such-{}.md".format),
    st.integers(256, 5_000).map(lambda length: "a" * length),
    NO_LINE,
)
NO_NAMESPACE = st.one_of(
    st.builds("{}{}".format, st.sampled_from("A1_-. é"), PLAIN), too_long(41), NO_LINE, BLANK, NO_ASCII, st.just("-inf")
)

BY_NAME: Mapping[str, st.SearchStrategy[str]] = {"broker_url": NO_BROKER, "store_url": NO_STORE}
BY_KIND: Sequence[tuple[Any, st.SearchStrategy[str]]] = (
    (types.Port, no_whole(0, types.PORT_MAX)),
    (types.Count, no_whole(1, types.COUNT_MAX)),
    (types.Concurrency, no_whole(1, types.CONCURRENCY_MAX)),
    (types.Attempts, no_whole(1, types.ATTEMPTS_MAX)),
    (types.Repairs, no_whole(0, types.REPAIRS_MAX)),
    (types.Processes, no_whole(0, types.PROCESSES_MAX)),
    (types.Seconds, no_amount(types.SECONDS_MIN, types.SECONDS_MAX)),
    (types.KeptSeconds, no_amount(types.SECONDS_MIN, types.KEPT_SECONDS_MAX)),
    (types.Price, no_amount(0, types.PRICE_MAX)),
    (types.Tokens, no_whole(1, types.COUNT_MAX)),
    (types.Temperature, no_amount(0, types.TEMPERATURE_MAX)),
    (types.Namespace, NO_NAMESPACE),
    (types.Line, no_line(types.TEXT_LENGTH_MAX)),
    (types.Currency, no_line(types.CURRENCY_LENGTH_MAX)),
    (types.Header, st.one_of(no_line(types.TEXT_LENGTH_MAX), NO_ASCII)),
    (types.Host, NO_HOST),
    (types.WebAddress, NO_WEB_ADDRESS),
    (types.WebAddresses, NO_WEB_ADDRESS),
    (types.Origins, NO_ORIGINS),
    (types.Networks, NO_NETWORKS),
    (types.WebhookSecrets, NO_SECRETS),
    (types.PlainPath, NO_PLAN),
    (types.Key, NO_KEY),
    (bool, none_of(*["yes", "no", "on", "off", "true", "false", "y", "n", "t", "f", "1", "0"])),
)


def bad_values(field: str) -> st.SearchStrategy[str]:
    """What a setting cannot be, by its own kind or by that of its type."""
    if field in BY_NAME:
        return BY_NAME[field]
    kind = get_type_hints(HouseSettings, include_extras=True)[field]
    if NoneType in get_args(kind):
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return none_of(*get_args(kind))
    return next(values for known, values in BY_KIND if known == kind)


class AcceptedError(Exception):
    """A value was taken."""


@contextmanager
def environment(**own: str) -> Iterator[None]:
    """No settings but these."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("PATHSHALA_", "OPENAI_")):
            del os.environ[name]
    os.environ.update(own)
    handlers = logging.getLogger().handlers
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        logging.getLogger().handlers = handlers
        structlog.reset_defaults()


def started(own: HouseSettings, clock: Clock) -> Process:
    """Compose the house and open its store, but go no further: what comes so far was taken."""
    made = process(own, clock)
    assert made.store is not None
    asyncio.run(opened_and_closed(made.store))
    raise AcceptedError


async def opened_and_closed(store: Lifecycle) -> None:
    await open_store(store)
    await store.close()


def refusal(name: str, value: str, folder: Path) -> str:
    """What is said of a value."""
    others = {"PATHSHALA_STORE_URL": f"sqlite:///{folder / 'pathshala.db'}"}
    said = io.StringIO()
    with environment(**others | {name: value}), redirect_stderr(said):
        assert main(HouseSettings, started) == 2
    return said.getvalue()


@pytest.mark.parametrize("field", HouseSettings.model_fields)
def test_what_a_setting_cannot_be_is_refused_in_one_line_that_names_it(field: str, tmp_path: Path) -> None:
    name, number = variable(HouseSettings, (field,)), count(1)

    @settings(max_examples=BAD_VALUES, derandomize=True, database=None)
    @given(bad_values(field))
    def refused(value: str) -> None:
        next(number)
        said = refusal(name, value, tmp_path)
        assert name in said
        assert said.startswith("pathshala: ")
        assert said.count("\n") == 1
        assert said.endswith("\n")

    refused()
    assert next(number) > BAD_VALUES


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("pathshala", "PATHSHALA_GRACE_SECONDS", "inf"),
        ("pathshala", "PATHSHALA_HOST", "no.such.host.invalid"),
        ("pathshala", "PATHSHALA_STORE_URL", "mongodb://host/?authMechanism=NONE"),
        ("pathshala_api", "PATHSHALA_CORS_ORIGINS", "https://school.example/"),
        ("pathshala_enricher", "PATHSHALA_WIKIPEDIA_USER_AGENT", "House\nX-Injected: yes"),
        ("pathshala_enricher", "PATHSHALA_HEALTH_HOST", "192.0.2.1"),
        ("pathshala_generator", "PATHSHALA_LLM_TIMEOUT_SECONDS", "1e18"),
        ("pathshala_generator", "PATHSHALA_STORE_URL", "mongodb://host:port/house"),
        ("pathshala_store", "PATHSHALA_LOG_TTL_SECONDS", "nan"),
    ],
)
def test_a_process_says_the_same(module: str, name: str, value: str, tmp_path: Path) -> None:
    addresses = {
        "PATHSHALA_PORT": "0",
        "PATHSHALA_HEALTH_PORT": "0",
        "PATHSHALA_BROKER_URL": "amqp://127.0.0.1:1/",
        "PATHSHALA_STORE_URL": f"sqlite:///{tmp_path / 'pathshala.db'}",
    }
    process = ServiceProcess(module, addresses | {name: value}, tmp_path, "complaint")
    process.launch()
    assert process.wait() == 2, process.log_text
    (line,) = process.log_text.strip().splitlines()
    assert line.startswith("pathshala: ")
    assert name in line


async def test_the_largest_values_that_are_taken_work(tmp_path: Path) -> None:
    fields = HouseSettings.model_fields.items()
    largest: dict[str, Any] = {
        name: bound.le for name, field in fields for bound in field.metadata if isinstance(bound, Le)
    }
    places = {"port": 0, "store_url": f"sqlite:///{tmp_path / 'pathshala.db'}", "wikipedia_url": "http://127.0.0.1:9/"}
    assert {"grace_seconds", "generator_concurrency", "task_ttl_seconds", "tasks_max"} <= largest.keys()
    own = HouseSettings(**largest | places)
    made = process(own, SystemClock())
    async with running(made) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        order = {"subject": "english", "topic": "verbs", "user_id": "me", "include_wikipedia": False}
        asked = (await client.post("/lessons", json=order)).json()

        async def completed() -> bool:
            return bool((await client.get(asked["poll_url"])).json()["status"] == "completed")

        assert await until_so(completed)
