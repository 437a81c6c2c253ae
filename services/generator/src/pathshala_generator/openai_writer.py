"""Writes lessons with a model behind any OpenAI-compatible server. The only file that knows the openai library."""

import asyncio
from collections.abc import Mapping
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import httpx2
from openai import APIConnectionError, APIStatusError, APITimeoutError, AsyncOpenAI, DefaultAsyncHttpxClient

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry, SettingsError
from pathshala_common.contract.ports import Clock
from pathshala_generator.answer import read_answer
from pathshala_generator.draft import Assignment, Record, Written
from pathshala_generator.fates import Refusal, broken_off, timed_out, unreachable
from pathshala_generator.prompt import SCHEMA, messages

CONNECT_TIMEOUT_SECONDS = 10.0
KEEPALIVE_SECONDS = 4.0  # less than the 5 s after which many servers close an idle connection
CALLS_PER_POOL = 20  # a pool looks at all its connections at each call: many small pools stay quick
NO_KEY = "no-key"  # sent where no key is set; the library insists on one, a server without keys ignores it

# How to ask for JSON, the strictest first. What a server refused once it is not asked for again.
FORMATS: tuple[Mapping[str, Any] | None, ...] = (
    {"type": "json_schema", "json_schema": {"name": "lesson", "strict": True, "schema": SCHEMA}},
    {"type": "json_object"},
    None,
)


class OpenAIWriter:
    """Calls the model once a lesson; whether to call again is not its business.

    `concurrency` calls can be on their way at once, more wait their turn. `call_timeout_seconds` bounds a call as a
    whole, waiting included. Raises SettingsError if the key or the base URL cannot be used.
    """

    name = "openai"

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None,
        base_url: str | None,
        concurrency: int,
        call_timeout_seconds: float,
        clock: Clock,
    ) -> None:
        """Prepare the clients. Nothing connects before the first lesson."""
        self.model = model
        self._call_timeout_seconds, self._clock = call_timeout_seconds, clock
        key, url, tls = _usable_key(api_key), _usable_url(base_url), httpx2.create_ssl_context()
        self._places = asyncio.Semaphore(concurrency)  # the only limit: the pools themselves have none
        limits = httpx2.Limits(max_connections=None, keepalive_expiry=KEEPALIVE_SECONDS)
        timeout = httpx2.Timeout(call_timeout_seconds, connect=min(CONNECT_TIMEOUT_SECONDS, call_timeout_seconds))
        self._clients = [
            AsyncOpenAI(
                api_key=key,
                base_url=url,
                max_retries=0,
                http_client=DefaultAsyncHttpxClient(limits=limits, timeout=timeout, verify=tls),
            )
            for _ in range(-(-concurrency // CALLS_PER_POOL))
        ]
        self._turns = cycle(self._clients)
        self._format = 0

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients:
            await client.close()

    async def write(self, assignment: Assignment, _record: Record) -> Written:
        """Write one lesson. Cancelling closes the connection, which tells the server to stop."""
        answer = await self._ask(assignment)
        if isinstance(answer, bytes):
            return Written(read_answer(answer, assignment.request.language))
        raise answer  # outside of any except block, so that no provider's words hang on it as its context

    async def _ask(self, assignment: Assignment) -> bytes | Retry | Reject | ProviderUnavailable:
        """Ask in the strictest format that the server takes; refusing a format costs nothing."""
        client = next(self._turns)
        while True:
            asked = self._format
            answer = await self._call(client, assignment, FORMATS[asked])
            if not isinstance(answer, Refusal):
                return answer
            if not answer.of_format or FORMATS[asked] is None:
                return answer.fate(self._clock.now())
            self._format = max(self._format, asked + 1)

    async def _call(
        self, client: AsyncOpenAI, assignment: Assignment, response_format: Mapping[str, Any] | None
    ) -> bytes | Refusal | Retry | ProviderUnavailable:
        """Make one call; give the answer's bytes, or what became of the call."""
        body: dict[str, Any] = {"model": self.model, "messages": messages(assignment)}
        if response_format:
            body["response_format"] = response_format
        try:
            async with asyncio.timeout(self._call_timeout_seconds), self._places:
                response = await client.post("/chat/completions", cast_to=httpx2.Response, body=body)
                return response.content
        except (TimeoutError, APITimeoutError):
            return timed_out()
        except APIConnectionError as error:
            return unreachable() if isinstance(error.__cause__, httpx2.ConnectError) else broken_off()
        except APIStatusError as error:
            return Refusal(error.status_code, error.code, error.type, error.response.text, error.response.headers)


def _usable_key(api_key: str | None) -> str:
    """Refuse a key that no header can carry: the HTTP client's own error would show it."""
    key = (api_key or "").strip() or NO_KEY
    if not (key.isascii() and key.isprintable()):
        raise SettingsError("OPENAI_API_KEY has characters that no key has")
    return key


def _usable_url(base_url: str | None) -> str | None:
    """Refuse what is no web address. None stands for OpenAI's own."""
    if not base_url:
        return None
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("OPENAI_BASE_URL is not an http or https address")
    return base_url
