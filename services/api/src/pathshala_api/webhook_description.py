"""The webhook as the description of the API shows it: what a `callback_url` is sent, and what it may answer."""

from typing import Any

_HEADERS = {
    "webhook-id": "Names what is told: the same whenever it is told again.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "As Standard Webhooks says; several are separated by blanks while secrets change.",
}
_ANSWERS = {
    "2XX": "It was taken. Anything else, but for 410, is tried again for a day.",
    "410": "Nothing more is to be sent for this order.",
    "429": "It is to be tried again later, after `Retry-After`.",
    "503": "The same.",
}

WEBHOOKS: dict[str, Any] = {
    "task_ended": {
        "post": {
            "operationId": "task_ended",
            "tags": ["tasks"],
            "summary": "A task whose order named a callback_url has ended",
            "description": "A task whose order named a callback_url has ended. The body is what a poll of its status "
            "says. It is sent at least once: drop what has a `webhook-id` that you had.",
            "parameters": [
                {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
                for name, text in _HEADERS.items()
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TaskStatus"}}},
            },
            "responses": {status: {"description": text} for status, text in _ANSWERS.items()},
        }
    }
}
