"""Puts a streamed chat completion together: the answer that would have come at once, and what is heard meanwhile. Pure.

A line is one event, `data: {...}`; lines of other kinds, such as comments that keep a connection open, say nothing.
"""

import json
from collections.abc import Iterable
from typing import Any

from pathshala_generator.model import Heard

DATA, DONE = b"data:", b"[DONE]"
KEPT = ("id", "created", "model", "system_fingerprint", "usage", "timings", "error")
"""The parts of an event besides a piece of the message; the last one to say it counts."""


class ChatStream:
    """Takes the bytes of a stream as they come, and gives the answer once they have ended."""

    def __init__(self, fields: Iterable[str], heard: Heard) -> None:
        """Tell `heard` of each of these fields when its name has come."""
        self._rest, self._kept = b"", dict[str, Any]()
        self._said: dict[str, list[str]] = {"content": [], "refusal": []}
        self._finish_reason: str | None = None
        self._awaited, self._heard = list(fields), heard
        self._tail, self._longest = "", max((len(name) + 2 for name in self._awaited), default=0)
        self._size = 0

    @property
    def size(self) -> int:
        """The size of what it holds of the answer, in characters, or bytes of a line that has not ended."""
        return self._size + len(self._rest)

    def feed(self, part: bytes) -> None:
        """Take what has come."""
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            self._line(line)

    def answer(self) -> bytes:
        """Give the answer, in the form of one that was not streamed."""
        self._line(self._rest)
        said = {name: "".join(parts) if parts else None for name, parts in self._said.items()}
        choice = {"index": 0, "message": {"role": "assistant"} | said, "finish_reason": self._finish_reason}
        whole = {"object": "chat.completion"} | self._kept | {"choices": [choice]}
        return json.dumps(whole, ensure_ascii=False).encode()

    def _line(self, line: bytes) -> None:
        if not line.startswith(DATA) or (told := line[len(DATA) :].strip()) == DONE:
            return
        try:
            event = json.loads(told)
        except ValueError:
            return
        if isinstance(event, dict):
            self._kept.update({name: event[name] for name in KEPT if event.get(name) is not None})
            self._choices(event.get("choices"))

    def _choices(self, choices: object) -> None:
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            return
        choice = choices[0]
        self._finish_reason = choice.get("finish_reason") or self._finish_reason
        delta = choice.get("delta")
        for name, parts in self._said.items():
            piece = delta.get(name) if isinstance(delta, dict) else None
            if isinstance(piece, str):
                parts.append(piece)
                self._size += len(piece)
                self._listen(piece)

    def _listen(self, piece: str) -> None:
        """Notice the names of fields. Within a text quotation marks are escaped, so that no text holds one."""
        if not self._awaited:
            return
        heard = self._tail + piece
        for name in [name for name in self._awaited if f'"{name}"' in heard]:
            self._awaited.remove(name)
            self._heard(name)
        self._tail = heard[-self._longest :]
