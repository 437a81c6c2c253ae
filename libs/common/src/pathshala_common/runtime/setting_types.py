"""The types that settings have. Each refuses what its reader could not use, and no message repeats the value."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

SECONDS_MIN = 0.001
"""Times in events have milliseconds: anything shorter is no wait at all."""

SECONDS_MAX = 604_800
"""A week: longer than any deadline, timeout or interval that makes sense, and within what every timer takes."""

KEPT_SECONDS_MAX = 3_155_760_000
"""A hundred years, for those who never want to forget; the calendar still reckons with it."""

COUNT_MAX = 1_000_000_000
CONCURRENCY_MAX = 10_000
"""AMQP's prefetch has 16 bits; and one process cannot hold many more connections."""

ATTEMPTS_MAX = 100
REPAIRS_MAX = 10
PROCESSES_MAX = 64
PRICE_MAX = 1_000_000
TEMPERATURE_MAX = 2
TEXT_LENGTH_MAX = 200
CURRENCY_LENGTH_MAX = 20
ADDRESS_LENGTH_MAX = 2_000
ORIGINS_LENGTH_MAX = 10_000
SECRET_SIZES_BYTES = range(24, 65)
"""The size of a secret, by Standard Webhooks."""

SECRETS_MAX = 2
PORT_MAX = 65_535

UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of control characters, lone surrogates, and what begins a new line or paragraph."""

WEB_SCHEMES = frozenset({"http", "https"})

ValueT = TypeVar("ValueT")

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)*(?!\d+\.?$){_LABEL}\.?")
_ORIGIN = re.compile(r"https?://[^/?#@\\]+")


def _refusing(reason: str, fits: Callable[[Any], bool]) -> AfterValidator:
    """Refuse what does not fit, for a reason that is one line."""

    def check(value: ValueT) -> ValueT:
        if not fits(value):
            raise PydanticCustomError("setting", "{reason}", {"reason": reason})
        return value

    return AfterValidator(check)


def _is_one_line(text: str) -> bool:
    return all(unicodedata.category(character) not in UNSHOWN for character in text)


def _fits_a_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return _HOST_NAME.fullmatch(text) is not None
    return _fits_a_header(text)


def _is_web_address(text: str) -> bool:
    """Whether an HTTP client can use it, a password and a query included."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return (
        _fits_a_header(text)
        and " " not in text
        and parts.scheme in WEB_SCHEMES
        and _is_host(parts.hostname or "")
        and port != 0
        and not parts.fragment
    )


def _is_template_of_addresses(text: str) -> bool:
    return _is_web_address(text.replace("{language}", "en"))


def _are_origins(text: str) -> bool:
    """Whether each is `*`, or what a browser sends: scheme, host and port, in lower case."""
    return all(
        origin in {"", "*"} or (_ORIGIN.fullmatch(origin) and origin == origin.lower() and _is_web_address(origin))
        for origin in listed(text)
    )


def listed(text: str) -> list[str]:
    """Take apart what is separated by commas."""
    return [part for part in map(str.strip, text.split(",")) if part]


def _are_networks(text: str) -> bool:
    try:
        return all(ip_network(network) for network in listed(text))
    except ValueError:
        return False


def _are_webhook_secrets(secret: SecretStr) -> SecretStr:
    secrets = listed(secret.get_secret_value())
    if len(secrets) > SECRETS_MAX or not all(map(_is_webhook_secret, secrets)):
        raise PydanticCustomError("setting", "is not one secret or two: `whsec_` and 24 to 64 bytes in base64 each")
    return secret


def _is_webhook_secret(text: str) -> bool:
    try:
        return len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) in SECRET_SIZES_BYTES
    except binascii.Error:
        return False


def _is_key(secret: SecretStr) -> SecretStr:
    key = secret.get_secret_value().strip()
    if not key or not _fits_a_header(key):
        raise PydanticCustomError("setting", "has characters that no key has, or none at all")
    return SecretStr(key)


def _text(length_max: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=length_max)


Port = Annotated[int, Field(ge=0, le=PORT_MAX)]
Count = Annotated[int, Field(ge=1, le=COUNT_MAX)]
Concurrency = Annotated[int, Field(ge=1, le=CONCURRENCY_MAX)]
Processes = Annotated[int, Field(ge=0, le=PROCESSES_MAX)]
Attempts = Annotated[int, Field(ge=1, le=ATTEMPTS_MAX)]
Repairs = Annotated[int, Field(ge=0, le=REPAIRS_MAX)]
Seconds = Annotated[float, Field(ge=SECONDS_MIN, le=SECONDS_MAX, allow_inf_nan=False)]
KeptSeconds = Annotated[float, Field(ge=SECONDS_MIN, le=KEPT_SECONDS_MAX, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=1, le=COUNT_MAX)]
Temperature = Annotated[float, Field(ge=0, le=TEMPERATURE_MAX, allow_inf_nan=False)]
Price = Annotated[float, Field(ge=0, le=PRICE_MAX, allow_inf_nan=False)]

Namespace = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
Line = Annotated[str, _text(TEXT_LENGTH_MAX), _refusing("is not one line of text", _is_one_line)]
Currency = Annotated[str, _text(CURRENCY_LENGTH_MAX), _refusing("is not one line of text", _is_one_line)]
Header = Annotated[
    str, _text(TEXT_LENGTH_MAX), _refusing("is not one line of printable ASCII, as an HTTP header is", _fits_a_header)
]
Host = Annotated[str, _text(TEXT_LENGTH_MAX), _refusing("is neither an IP address nor a host's name", _is_host)]
ServerUrl = Annotated[str, _text(ADDRESS_LENGTH_MAX), _refusing("is not one line of text", _is_one_line)]
WebAddress = Annotated[str, _text(ADDRESS_LENGTH_MAX), _refusing("is not an http or https address", _is_web_address)]
WebAddresses = Annotated[
    str,
    _text(ADDRESS_LENGTH_MAX),
    _refusing("is not an http or https address, with or without {language}", _is_template_of_addresses),
]
Origins = Annotated[
    str,
    StringConstraints(max_length=ORIGINS_LENGTH_MAX),
    _refusing(
        "lists something else than origins, as https://school.example, in lower case and without a path", _are_origins
    ),
]
Networks = Annotated[
    str,
    StringConstraints(max_length=ORIGINS_LENGTH_MAX),
    _refusing("lists something else than networks, as 10.0.0.0/8 or 192.0.2.7", _are_networks),
]
WebhookSecrets = Annotated[SecretStr, AfterValidator(_are_webhook_secrets)]
PlainPath = Annotated[Path, _refusing("is not one line of text", lambda path: _is_one_line(str(path)))]
Key = Annotated[SecretStr, AfterValidator(_is_key)]
