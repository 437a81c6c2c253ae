"""The codes by which a task says why it failed: when each is told, and what to do.

`docs/errors.md` is made of this table; a test holds it to all that makes a task fail, or wait to be tried again.
"""

from collections.abc import Mapping
from typing import NamedTuple


class FailureKind(NamedTuple):
    """A kind of failure."""

    when: str
    remedy: str


_AGAIN = "Order it again later."
_OPERATOR = "The operator mends it: `pathshala doctor` says what is wrong."
_OTHER_TOPIC = "Order what `suggestion` says, or another topic."

FAILURE_CODES: Mapping[str, FailureKind] = {
    "answer_too_large": FailureKind("The model's server answered with more than any lesson is.", _OPERATOR),
    "cancelled": FailureKind("Somebody cancelled the task.", "Retry it, if that was a mistake."),
    "computation_crashed": FailureKind("Every process that computed for this lesson died over it.", _AGAIN),
    "contended": FailureKind("Other tasks wrote the same lesson at the same time, at every attempt.", _AGAIN),
    "content_filtered": FailureKind("A filter of the model's provider stopped question or answer.", _OTHER_TOPIC),
    "crashed": FailureKind("Every process that took the task up died over it.", "Tell the operator; order it again."),
    "deadline_exceeded": FailureKind(
        "The time for the task ran out, while it waited or while it was written. The message says which.",
        "Order it again. If many end so, the operator starts more generators, or gives tasks more time.",
    ),
    "internal_error": FailureKind("A fault of the house's own, at every attempt; its log has the stack.", _AGAIN),
    "invalid_answer": FailureKind(
        "The model's answer was no lesson, at every attempt.", "Order it again, or use a better model."
    ),
    "language_unavailable": FailureKind(
        "The writer has no words for lessons in this language.", "Order what `suggestion` says: the lesson in English."
    ),
    "lesson_refused": FailureKind(
        "Checks found faults that stayed after every repair; the message names them.",
        "Order what `suggestion` says: another level, another sense of the word, or with an article of your own.",
    ),
    "model_not_found": FailureKind("The model's server does not have the model that is set.", _OPERATOR),
    "model_refused": FailureKind("The model declined to write this lesson.", _OTHER_TOPIC),
    "overtaken": FailureKind(
        "Another version of the edition was stored before this edit, which was made of the one before.",
        "Edit the newest version; the text of this edit is in the task's log.",
    ),
    "provider_down": FailureKind("The model's server is out of service.", _AGAIN),
    "provider_error": FailureKind("The model's server had a fault, at every attempt.", _AGAIN),
    "provider_refused_key": FailureKind("The model's server refused the house's key.", _OPERATOR),
    "provider_rejected_request": FailureKind("The model's server did not accept the request.", _OPERATOR),
    "provider_timeout": FailureKind("The model took too long to answer, at every attempt.", _AGAIN),
    "provider_unreachable": FailureKind("The model's server could not be reached.", _OPERATOR),
    "quota_exhausted": FailureKind("The account for the model has no credit left.", _OPERATOR),
    "rate_limited": FailureKind("The model was rate limited, at every attempt.", _AGAIN),
    "topic_refused": FailureKind(
        "No classroom should get a lesson on this topic.", "Order the topic that `suggestion` says."
    ),
    "unexpected_event": FailureKind(
        "An event came to a queue that is not for it.", "The operator looks at the bindings."
    ),
    "wish_refused": FailureKind(
        "The wish for a part is for no classroom, or is no wish but an order to a machine.",
        "Say in plain words how the part is to be.",
    ),
    "wish_unmet": FailureKind(
        "The offline writer cannot meet the wish for a part; the message says what it can make of it.",
        "Wish for one of those, or have a model write.",
    ),
    "writing_paused": FailureKind("The operator has paused writing; the task waits, and is not failed by it.", "Wait."),
}
