"""A language model behind any OpenAI-compatible server. The only file that knows the openai and aiohttp libraries.

Of openai's two transports it takes aiohttp, which costs half as much for a call and keeps one pool for any number. It
takes what openai knows of a server once, and sends by the client that openai gives: openai's own way to a request makes
everything anew for each call, which takes half of its time (decision 27).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import aiohttp
import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient

from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.chat_stream import ChatStream
from pathshala_generator.fates import format_refused, limit_refused, stream_refused
from pathshala_generator.model import (
    BROKEN_OFF,
    MODERATION,
    TIMED_OUT,
    TOO_LARGE,
    UNREACHABLE,
    Heard,
    Question,
    unheard,
)

PROVIDER = "openai"
CONNECT_TIMEOUT_SECONDS = 10.0
KEEPALIVE_SECONDS = 4.0  # less than the 5 s after which many servers close an idle connection
NO_KEY = "no-key"  # sent where no key is set; the library insists on one, a server without keys ignores it
SECRET_LENGTH_MIN = 16  # a shorter key is a word that a local server takes, and no secret
RECORDED_HEADERS = frozenset({"retry-after", "retry-after-ms"})

ANSWER_SIZE_MAX_BYTES = 2_097_152
"""Several times what any lesson takes; beyond it the connection is closed, whatever the server has yet to say."""

STREAM_SIZE_MAX_BYTES = 16_777_216
"""The same for a stream, which has an event for each token; of it no more is held than of an answer."""

TEMPERATURE = "temperature"
TEMPERATURE_STEP = 0.3
"""It is raised by so much with each warmth of a question, lest a model say the same again."""
TEMPERATURE_MAX = 1.2
EVENTS = "text/event-stream"
UNKEPT = {"Connection": "close"}
"""Some servers close a connection after a stream, and one that is taken up again in that moment breaks off."""
STREAMED = {"stream": True, "stream_options": {"include_usage": True}}

LIMITS = ("max_tokens", "max_completion_tokens", None)
"""How to ask for no more: by the name that most servers know, by that of OpenAI's newer models, not at all."""

MODERATION_MODEL = "omni-moderation-latest"
MODERATION_TIMEOUT_SECONDS = 10.0

FORMATS = ("json_schema", "json_object", None)
"""The formats for JSON, the strictest first. A format that a server refused once is not asked for again."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The manner of asking, where it is not the question's or the server's own.

    An answer has at most `tokens_max` tokens, and is chosen by `temperature`. With `stream_seconds_max`, it is streamed
    and may take so long in all.
    """

    tokens_max: int | None = None
    temperature: float | None = None
    stream_seconds_max: float | None = None


USUAL = Manner()


class OpenAIModel:
    """Implements Model and Moderation: a question is one call; whether to call again is not its business.

    `concurrency` calls can be on their way at once, more wait their turn. `call_timeout_seconds` bounds a call as a
    whole, waiting included; of one whose answer is streamed, the silence between two signs of life. No call holds the
    key, even if the server repeats it.
    """

    def __init__(
        self,
        *,
        name: str,
        api_key: str | None,
        base_url: str | None,
        concurrency: int,
        call_timeout_seconds: float,
        manner: Manner = USUAL,
    ) -> None:
        """Prepare the client. Nothing connects before the first question."""
        self.name = name
        self._call_timeout_seconds, self._manner = call_timeout_seconds, manner
        self._key = api_key or NO_KEY
        self._spellings = (json.dumps(self._key)[1:-1], self._key)
        self._places = asyncio.Semaphore(concurrency)
        self._http = DefaultAioHttpClient(
            limits=httpx2.Limits(max_connections=concurrency, keepalive_expiry=KEEPALIVE_SECONDS),
            timeout=httpx2.Timeout(call_timeout_seconds, connect=min(CONNECT_TIMEOUT_SECONDS, call_timeout_seconds)),
            event_hooks={"response": [_bound]},
        )
        known = AsyncOpenAI(
            api_key=self._key,
            base_url=base_url,
            default_headers={"Accept-Encoding": "identity"},
            http_client=self._http,
        )
        self._chat, self._moderations = map(known.base_url.join, ("chat/completions", "moderations"))
        said = {name: value for name, value in known.default_headers.items() if isinstance(value, str)}
        self._headers = httpx2.Headers({**said, **known.auth_headers})
        self._unkept = httpx2.Headers({**self._headers, **UNKEPT})
        self._format = self._limit = 0

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def ask(self, question: Question, heard: Heard = unheard) -> ProviderCall:
        """Ask in the strictest format that the server takes, for a limited answer; what is refused is no call."""
        while True:
            sent = self._body(question)
            call = await self._call(PROVIDER, self._chat, sent, self._call_timeout_seconds, heard)
            if not self._learns(sent, call):
                return call

    def _body(self, question: Question) -> dict[str, Any]:
        """The body that is sent, by what the server is known to take."""
        body = {"model": self.name, "messages": list(question.messages), **_format(FORMATS[self._format], question)}
        if limit := LIMITS[self._limit]:
            body[limit] = min(question.tokens_max, self._manner.tokens_max or question.tokens_max)
        if (usual := self._manner.temperature) is not None:
            raised = min(usual + TEMPERATURE_STEP * question.warmth, TEMPERATURE_MAX)
            body[TEMPERATURE] = round(max(usual, raised), 2)
        return body | (STREAMED if self._manner.stream_seconds_max else {})

    def _learns(self, sent: Mapping[str, Any], call: ProviderCall) -> bool:
        """Whether something is refused that can be asked without from now on."""
        limit = next((name for name in LIMITS if name in sent), None)
        kind = sent.get("response_format", {}).get("type")
        if limit and limit_refused(call, limit):
            self._limit = max(self._limit, LIMITS.index(limit) + 1)
        elif TEMPERATURE in sent and limit_refused(call, TEMPERATURE):
            self._manner = replace(self._manner, temperature=None)
        elif "stream" in sent and stream_refused(call):
            self._manner = replace(self._manner, stream_seconds_max=None)
        elif kind and format_refused(call):
            self._format = max(self._format, FORMATS.index(kind) + 1)
        else:
            return False
        return True

    async def moderate(self, text: str) -> ProviderCall:
        """Ask what a classroom should not get, by the provider's own rules."""
        limit_seconds = min(MODERATION_TIMEOUT_SECONDS, self._call_timeout_seconds)
        body = {"model": MODERATION_MODEL, "input": text}
        return await self._call(MODERATION, self._moderations, body, limit_seconds)

    async def _call(
        self, provider: str, address: httpx2.URL, body: Mapping[str, Any], limit_seconds: float, heard: Heard = unheard
    ) -> ProviderCall:
        """Make one call. Cancelling closes the connection, which tells the server to stop."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        sent = json.dumps(body, ensure_ascii=False).encode()  # as replays of stored logs write it
        whole_seconds = self._manner.stream_seconds_max if "stream" in body else None
        answer = await self._answer(
            address, sent, limit_seconds, whole_seconds, lambda: ChatStream(_fields(body), heard)
        )
        request, seconds = sent.decode(), loop.time() - began  # while it waits, a call holds one copy and no more
        if isinstance(answer, str):
            return ProviderCall.recorded(provider, request, seconds=seconds, fault=answer)
        return ProviderCall.recorded(
            provider,
            request,
            seconds=seconds,
            status=answer.status,
            headers=answer.headers,
            answer=self._without_key(answer.body.decode("utf-8", "replace")),
        )

    async def _answer(
        self,
        address: httpx2.URL,
        body: bytes,
        silence_seconds: float,
        whole_seconds: float | None,
        stream: Callable[[], ChatStream],
    ) -> "_Answer | str":
        """Give the answer, whatever its status, or the name of what went wrong instead."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + (whole_seconds or silence_seconds)
        try:
            async with asyncio.timeout(silence_seconds) as limit, self._places:

                def alive() -> None:
                    limit.reschedule(min(loop.time() + silence_seconds, ends))

                _listening.set(_Listening(stream, alive))
                headers = self._unkept if whole_seconds else self._headers
                request = httpx2.Request("POST", address, headers=headers, content=body)
                return await _read(await self._http.send(request, stream=True))
        except TimeoutError:
            return TIMED_OUT
        except _TooLargeError:
            return TOO_LARGE
        except httpx2.RequestError as error:
            return _fault(error)

    def _without_key(self, answer: str) -> str:
        """Take out our key, which a server may repeat in an error."""
        if len(self._key) < SECRET_LENGTH_MIN:
            return answer
        for spelling in self._spellings:
            answer = answer.replace(spelling, "[key]")
        return answer


class _Answer(NamedTuple):
    """An answer as it came, with the headers that are recorded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def _read(response: httpx2.Response) -> _Answer:
    """Read an answer to its end. Its bytes are taken as they come, since nothing is to be decoded."""
    try:
        assert isinstance(response.stream, httpx2.AsyncByteStream), "an asynchronous client gave it"
        body = b"".join([part async for part in response.stream])
    finally:
        await response.aclose()
    headers = {name: response.headers[name] for name in RECORDED_HEADERS if name in response.headers}
    return _Answer(response.status_code, headers, body)


def _fault(error: httpx2.RequestError) -> str:
    """Name what aiohttp met: httpx2 takes a connection that broke off for one that timed out."""
    told = error.__cause__
    if isinstance(told, TimeoutError):
        return TIMED_OUT
    return UNREACHABLE if isinstance(told, aiohttp.ClientConnectorError) else BROKEN_OFF


class _TooLargeError(Exception):
    """An answer is larger than it may be."""


@dataclass(frozen=True, slots=True)
class _Listening:
    """Takes in the bytes of an answer while they come."""

    stream: Callable[[], ChatStream]
    alive: Callable[[], None]


_listening: ContextVar[_Listening] = ContextVar("listening")
"""That of the call which this task makes."""


class _BoundedStream(httpx2.AsyncByteStream):
    """An answer's bytes, up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > ANSWER_SIZE_MAX_BYTES:
                raise _TooLargeError
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Events(_BoundedStream):
    """The bytes of an answer that came in events. Each of these is a sign of life."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        listening, size = _listening.get(), 0
        stream = listening.stream()
        async for part in self._stream:
            listening.alive()
            stream.feed(part)
            size += len(part)
            if size > STREAM_SIZE_MAX_BYTES or stream.size > ANSWER_SIZE_MAX_BYTES:
                raise _TooLargeError
        yield stream.answer()


async def _bound(response: httpx2.Response) -> None:
    """Bound what is read of an answer, be it an error's. A compressed one could hide any size, and was not asked for.

    httpx2 calls this before it reads.
    """
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _TooLargeError
    if isinstance(response.stream, httpx2.AsyncByteStream):
        is_told_in_events = response.headers.get("content-type", "").startswith(EVENTS)
        response.stream = (_Events if is_told_in_events else _BoundedStream)(response.stream)


def _fields(body: Mapping[str, Any]) -> list[str]:
    """The fields of the answer, as far as the question names them."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    return list(schema.get("properties", {}))


def _format(kind: str | None, question: Question) -> dict[str, Any]:
    """Say in which form the answer is wanted."""
    if kind is None:
        return {}
    if kind == "json_object":
        return {"response_format": {"type": kind}}
    schema = {"name": "lesson", "strict": True, "schema": question.schema}
    return {"response_format": {"type": kind, "json_schema": schema}}
