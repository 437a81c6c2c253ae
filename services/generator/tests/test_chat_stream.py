import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_generator.chat_stream import ChatStream

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
CONTENT = '{"title": "A \\"question\\" of verbs", "question": "Why?"}'


def an_event(delta: dict[str, Any], **more: Any) -> dict[str, Any]:
    return HEAD | {"choices": [{"index": 0, "delta": delta, "finish_reason": more.pop("finish_reason", None)}]} | more


def streamed(*events: dict[str, Any]) -> bytes:
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return ("".join([": ping\n\n", "event: message\n", *lines]) + "data: [DONE]\n\n").encode()


WHOLE = streamed(
    an_event({"role": "assistant", "content": ""}),
    *(an_event({"content": sign}) for sign in CONTENT),
    an_event({}, finish_reason="stop"),
    HEAD | {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}},
)


def heard(parts: list[bytes]) -> tuple[dict[str, Any], list[str]]:
    """The answer put together, and the fields that were noticed."""
    fields: list[str] = []
    stream = ChatStream(["title", "question"], fields.append)
    for part in parts:
        stream.feed(part)
    return json.loads(stream.answer()), fields


@given(st.lists(st.integers(min_value=0, max_value=len(WHOLE)), max_size=20))
def test_however_a_stream_is_cut_the_answer_is_that_which_would_have_come_at_once(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(WHOLE)]

    answer, fields = heard([WHOLE[begin:end] for begin, end in pairwise(places)])

    [choice] = answer["choices"]
    assert choice["message"] == {"role": "assistant", "content": CONTENT, "refusal": None}
    assert (choice["finish_reason"], answer["object"]) == ("stop", "chat.completion")
    assert answer["usage"] == {"prompt_tokens": 9, "completion_tokens": 3}
    assert fields == ["title", "question"]


def test_a_name_within_a_text_is_no_field() -> None:
    _, fields = heard([streamed(an_event({"content": '{"title": "The \\"question\\" mark"}'}))])

    assert fields == ["title"]


@pytest.mark.parametrize(
    "event", [b"data: {", b"data: 1\n", b'data: {"choices": 1}\n', b'data: {"choices": [1]}\n', b""]
)
def test_what_is_no_event_says_nothing(event: bytes) -> None:
    answer, fields = heard([event])

    assert answer["choices"][0]["message"]["content"] is None
    assert fields == []


def test_an_error_that_comes_in_the_middle_is_kept() -> None:
    answer, _ = heard([streamed(an_event({"content": "{"}), {"error": {"code": 500, "message": "no memory"}})])

    assert answer["error"]["message"] == "no memory"


def test_what_is_held_is_counted_be_it_said_or_a_line_without_end() -> None:
    stream = ChatStream([], lambda _field: None)

    stream.feed(streamed(an_event({"content": "x" * 100})))
    said = stream.size
    stream.feed(b"y" * 50)

    assert (said, stream.size) == (100, 150)
