"""A stand-in for an OpenAI-compatible server: real HTTP on loopback, lessons about what is asked, faults on request.

In tests `async with StubOpenAI() as stub`; as a process `python -m tests.stubs.openai --port 9000 --delay 5`.
"""

import argparse
import asyncio
import json
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.stubs.openai_faults import ENDLESS, ENDLESS_ERROR, Fault, error
from tests.stubs.openai_lessons import ASKED, lesson
from tests.waiting import DEADLINE_SECONDS, one_turn

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BACKLOG = 4_096
BLANKS = b" " * 65_536


@dataclass(slots=True)
class Call:
    """One call as the server saw it."""

    body: dict[str, Any]
    authorization: str
    aborted: bool = False
    at: float = field(default_factory=time.monotonic)


class StubOpenAI:
    """Answers as OpenAI does. `faults` are spent one a call, in order; then every call gets a lesson.

    `refuses` names the response formats that this server does not know. `fenced` puts the JSON between backticks.
    """

    def __init__(self, *, port: int = 0, delay_seconds: float = 0.0) -> None:
        self.delay_seconds = delay_seconds
        self.faults: deque[Fault] = deque()
        self.faults_of: dict[str, Fault] = {}
        """What every call about a topic gets."""
        self.refuses: frozenset[str] = frozenset()
        self.unknown: frozenset[str] = frozenset()
        """Parameters that it refuses."""
        self.endless_bytes = 0
        self.fenced = False
        self.pieces, self.piece_seconds = 0, 0.0
        """In how many pieces an answer is streamed to those who ask for that; 0 if this server does not stream."""
        self.flags: frozenset[str] | None = None
        """Words that its moderation flags; None if it has no moderation."""
        self.moderated: list[str] = []
        self.calls: list[Call] = []
        self.in_flight = self.in_flight_max = 0
        self.at_once: Counter[str] = Counter()
        """The calls about each topic that are in flight."""
        self.most_at_once: Counter[str] = Counter()
        self.flawed = 0
        """How many of the first answers about each topic have a field that no check passes."""
        self.changed = asyncio.Condition()
        self.released = asyncio.Event()
        """No call is answered before."""
        self.released.set()
        self._port = port
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app,
                interface="asgi3",
                lifespan="off",
                ws="none",
                proxy_headers=False,
                access_log=False,
                log_config=None,
                log_level="critical",
                backlog=BACKLOG,
            )
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def aborted(self) -> int:
        return sum(call.aborted for call in self.calls)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for something about the calls to come true."""
        async with asyncio.timeout(DEADLINE_SECONDS), self.changed:
            await self.changed.wait_for(reached)

    async def __aenter__(self) -> Self:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._server.config.load()
        self._server.lifespan = self._server.config.lifespan_class(self._server.config)
        await self._server.startup(sockets=[listener])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._server.servers:
            server.close()
        state = self._server.server_state
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.gather(*state.tasks, return_exceptions=True)

    # ---------------------------------------------------------------- the server

    async def _app(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        route = (scope["method"], scope["path"])
        if route == ("GET", "/v1/models"):
            model = {"id": "stub-model", "object": "model", "created": 0, "owned_by": "stub"}
            await _reply(send, 200, {"object": "list", "data": [model]})
        elif route == ("GET", "/calls"):  # for tests that run it as a process
            topics = [asked_for(call.body["messages"])[0] for call in self.calls]
            await _reply(send, 200, {"topics": topics, "aborted": self.aborted, "most_at_once": self.most_at_once})
        elif route == ("POST", "/release"):
            self.released.set()
            await _reply(send, 200, {})
        elif route == ("POST", "/v1/chat/completions"):
            headers = dict(scope["headers"])
            call = Call(json.loads(await _body(receive)), headers.get(b"authorization", b"").decode("latin-1"))
            await self._complete(call, receive, send)
        elif route == ("POST", "/v1/moderations") and self.flags is not None:
            asked = json.loads(await _body(receive))["input"]
            self.moderated.append(asked)
            await _reply(send, 200, {"results": [{"flagged": any(word in asked for word in self.flags)}]})
        else:
            await _reply(send, 404, {"error": {"message": "Unknown URL", "type": "invalid_request_error"}})

    async def _complete(self, call: Call, receive: Receive, send: Send) -> None:
        """Count the call in and out, and answer it unless its caller leaves first."""
        self.calls.append(call)
        topic = asked_for(call.body["messages"])[0]
        await self._count(+1, topic)
        try:
            fault = self._refused_format(call) or self._next_fault(call)
            delay = None if fault.stall else self.delay_seconds
            call.aborted = delay != 0 and await _left(receive, delay)
            await self.released.wait()
            if fault.hang_up:  # an answer that is begun and not finished closes the connection
                await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            elif not call.aborted:
                await self._answer(call, fault, receive, send)
        finally:
            await self._count(-1, topic)

    def _asked_before(self, call: Call) -> int:
        """How many calls there were about this topic, this one included."""
        topic = asked_for(call.body["messages"])
        return sum(asked_for(other.body["messages"]) == topic for other in self.calls)

    def _next_fault(self, call: Call) -> Fault:
        if self.faults:
            return self.faults.popleft()
        return self.faults_of.get(asked_for(call.body["messages"])[0], Fault())

    async def _count(self, change: int, topic: str) -> None:
        self.at_once[topic] += change
        self.most_at_once[topic] = max(self.most_at_once[topic], self.at_once[topic])
        async with self.changed:
            self.in_flight += change
            self.in_flight_max = max(self.in_flight, self.in_flight_max)
            self.changed.notify_all()

    def _refused_format(self, call: Call) -> Fault | None:
        for name in self.unknown & call.body.keys():
            return error(400, f"Unsupported parameter: '{name}'", "invalid_request_error", "unsupported_parameter")
        asked = call.body.get("response_format", {}).get("type")
        if asked not in self.refuses:
            return None
        return error(400, f"'response_format' of type '{asked}' is not supported", "invalid_request_error")

    async def _answer(self, call: Call, fault: Fault, receive: Receive, send: Send) -> None:
        if fault.endless:
            await self._endless(fault, receive, send)
        elif fault.status != 200:
            told = {**fault.error, "message": str(fault.error["message"]).replace("{key}", call.authorization)}
            await _reply(send, fault.status, {"error": told}, fault.headers)
        elif fault.body is not None:
            await _reply(send, 200, fault.body, fault.headers)
        else:
            written = dict(lesson(asked_in(call.body["messages"]), len(self.calls)))
            if self.flawed and "activity" in written and self._asked_before(call) <= self.flawed:
                written["activity"] = "To be done"
            text = json.dumps(written, ensure_ascii=False)
            content = f"```json\n{text}\n```" if self.fenced else text
            message = {"role": "assistant", "content": content, "refusal": None, **fault.message}
            completion = _completion(call.body, message, fault.finish_reason)
            if self.pieces and call.body.get("stream"):
                await self._stream(completion, receive, send)
            else:
                await _reply(send, 200, completion)

    async def _stream(self, completion: dict[str, Any], receive: Receive, send: Send) -> None:
        """Tell an answer piece by piece, each with a comment before it, as servers keep connections open."""
        head = {name: completion[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
        message, reason = completion["choices"][0]["message"], completion["choices"][0]["finish_reason"]
        content = message["content"] or ""
        size = -(-len(content) // self.pieces) or 1
        deltas = [{"role": "assistant"}, *({"content": content[at : at + size]} for at in range(0, len(content), size))]
        events = [head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        events.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        events.append(head | {"choices": [], "usage": completion["usage"]})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for event in events:
            if await _left(receive, self.piece_seconds):
                return
            told = f": still here\n\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
            await send({"type": "http.response.body", "body": told, "more_body": True})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _endless(self, fault: Fault, receive: Receive, send: Send) -> None:
        """Send blanks, for ever or until the caller leaves: of JSON they could be the beginning."""
        leaving = asyncio.create_task(_left(receive, None))
        headers = [(name.encode(), value.encode()) for name, value in fault.headers.items()]
        await send({"type": "http.response.start", "status": fault.status, "headers": headers})
        while not leaving.done():
            await send({"type": "http.response.body", "body": BLANKS, "more_body": True})
            self.endless_bytes += len(BLANKS)
            await one_turn()


def asked_in(messages: list[dict[str, str]]) -> str:
    """All that the user says, who may have asked for a part before."""
    return "\n\n".join(message["content"] for message in messages if message["role"] == "user")


def asked_for(messages: list[dict[str, str]]) -> tuple[str, str]:
    """The topic and the subject that the messages ask for a lesson about."""
    asked = {name: json.loads(value) for name, value in reversed(ASKED.findall(asked_in(messages)))}
    return asked.get("topic", "the topic"), asked.get("subject", "the subject")


def _completion(body: Mapping[str, Any], message: Mapping[str, str | None], finish_reason: str) -> dict[str, Any]:
    asked, answered = len(json.dumps(body["messages"])) // 4, len(str(message["content"])) // 4
    return {
        "id": "chatcmpl-stub",
        "object": "chat.completion",
        "created": 1_763_856_000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered},
        "system_fingerprint": "fp_stub",
    }


async def _body(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        event = await receive()
        chunks.append(event.get("body", b""))
        more = event.get("more_body", False)
    return b"".join(chunks)


async def _left(receive: Receive, seconds: float | None) -> bool:
    """Wait, for ever if for None; say whether the caller disconnected meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    return False


async def _reply(
    send: Send, status: int, body: Mapping[str, Any] | str, headers: Mapping[str, str] | None = None
) -> None:
    raw = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode()
    head = {"content-type": "application/json", "content-length": str(len(raw)), **(headers or {})}
    pairs = [(name.lower().encode(), value.encode()) for name, value in head.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": raw})


async def _serve(port: int, delay_seconds: float, flawed: int, *, held: bool) -> None:
    async with StubOpenAI(port=port, delay_seconds=delay_seconds) as stub:
        stub.flawed = flawed
        if held:
            stub.released.clear()
        stub.faults_of = {"endless": ENDLESS, "endless error": ENDLESS_ERROR}
        sys.stdout.write(f"{stub.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    arguments.add_argument("--flawed", type=int, default=0, help="first answers on each topic that no check passes")
    arguments.add_argument("--held", action="store_true", help="answer nothing before a POST to /release")
    given = arguments.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(given.port, given.delay, given.flawed, held=given.held))
