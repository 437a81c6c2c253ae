"""A lean stand-in for an OpenAI-compatible server: `python bench/stub_model.py PORT SECONDS TOPIC`.

Its lessons are those of the tests' stand-in and pass all checks. It answers after so many seconds, and at once where
the topic is asked for.
"""

import asyncio
import json
import re
import sys
from itertools import count

import uvloop

from tests.stubs.openai_lessons import lesson

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
BACKLOG = 4_096
COMPLETION = {"id": "chatcmpl-stub", "object": "chat.completion", "created": 1_763_856_000, "model": "stub-model"}
USAGE = {"prompt_tokens": 900, "completion_tokens": 400, "total_tokens": 1_300}


async def serve(port: int, seconds: float, at_once: str) -> None:
    """Answer until the process is ended."""
    numbers = count(1)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                question = json.loads(await reader.readexactly(int(length[1]) if length else 0))["messages"][-1][
                    "content"
                ]
                if seconds and at_once not in question:
                    await asyncio.sleep(seconds)
                body = _completion(question, next(numbers))
                writer.write(HEAD % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port, backlog=BACKLOG)
    await server.serve_forever()


def _completion(question: str, number: int) -> bytes:
    text = json.dumps(lesson(question, number), ensure_ascii=False)
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return json.dumps(COMPLETION | {"choices": [choice], "usage": USAGE}, ensure_ascii=False).encode()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
