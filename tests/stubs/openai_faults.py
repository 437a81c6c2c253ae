"""What the stand-in for an OpenAI-compatible server can do instead of giving a lesson."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """What one call gets instead of a lesson: an error answer, a changed completion, or no answer at all."""

    status: int = 200
    error: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, str | None] = field(default_factory=dict)
    finish_reason: str = "stop"
    body: str | None = None
    stall: bool = False
    hang_up: bool = False
    endless: bool = False
    """Goes on and on, in the answer that `status` names, as long as anybody reads."""


def error(status: int, message: str, error_type: str, code: str | None = None, **headers: str) -> Fault:
    """An error in the shape that OpenAI gives it; underscores in header names stand for hyphens."""
    shape = {"message": message, "type": error_type, "param": None, "code": code}
    return Fault(status, shape, {name.replace("_", "-"): value for name, value in headers.items()})


def rate_limited(**headers: str) -> Fault:
    return error(429, "Rate limit reached for requests", "requests", "rate_limit_exceeded", **headers)


SERVER_ERROR = error(500, "The server had an error while processing your request.", "server_error")
UNAUTHORIZED = error(401, "Incorrect API key provided: {key}.", "invalid_request_error", "invalid_api_key")
FORBIDDEN = error(403, "Your project may not use this model.", "invalid_request_error")
MODEL_NOT_FOUND = error(404, "The model does not exist.", "invalid_request_error", "model_not_found")
BAD_REQUEST = error(400, "messages: too long for SECRET-BODY", "invalid_request_error", "context_length_exceeded")
FILTERED_PROMPT = error(400, "The prompt was filtered.", "invalid_request_error", "content_filter")
QUOTA = error(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota")
STALL = Fault(stall=True)
HANG_UP = Fault(hang_up=True)
ENDLESS = Fault(endless=True)
ENDLESS_STREAM = Fault(endless=True, headers={"content-type": "text/event-stream"})
ENDLESS_ERROR = Fault(status=500, endless=True)
COMPRESSED = Fault(body="x", headers={"content-encoding": "gzip"})
NOT_JSON = Fault(body="<html>not an API</html>")
EMPTY_CHOICES = Fault(body='{"id": "x", "object": "chat.completion", "choices": []}')
CUT = Fault(message={"content": '{"title": "Cut", "explanation": "It ends in the mid'}, finish_reason="length")
WRONG_JSON = Fault(message={"content": '{"title": "Wrong", '})
MISSING_FIELD = Fault(message={"content": '{"title": "T", "activity": "A", "question": "Q"}'})
BLANK = Fault(message={"content": "  "})
REFUSAL = Fault(message={"content": None, "refusal": "I cannot help with that."})
FILTERED = Fault(message={"content": ""}, finish_reason="content_filter")
