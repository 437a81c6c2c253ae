"""The codes of problems: the status that each goes with, when it is answered, what to do, and one answer of its kind.

The description of the API and `docs/errors.md` are made of this table; a test holds it to all that answers a problem.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem. `detail` and `members` are those of an answer that is shown as an example."""

    status: HTTPStatus
    when: str
    remedy: str
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)


_EDITION = "/lessons/english/verbs?language=en&level=middle"
_EDITIONS = {"editions": [{"language": "en", "level": "middle", "version": "1.0", "versions": 1, "url": _EDITION}]}
_KEY = "0e6c1f2b3a4d5968778695a4b3c2d1e0"

KINDS: Mapping[str, ProblemKind] = {
    "invalid_request": ProblemKind(
        HTTPStatus.BAD_REQUEST,
        "A field, a parameter or a header is missing or not what it may be, or the body is no JSON object.",
        "Mend what `errors` names; the same request is refused again.",
        "topic: Field required",
        {"errors": [{"field": "topic", "message": "Field required"}]},
    ),
    "invalid_version": ProblemKind(
        HTTPStatus.BAD_REQUEST,
        "`version` or `before` is no version.",
        "Give one as a list shows it: 1.0 or 1.12.",
        "A version looks like 1.0 or 1.12.",
    ),
    "invalid_cursor": ProblemKind(
        HTTPStatus.BAD_REQUEST,
        "`cursor` is not one that a page gave.",
        "Give `next_cursor` of the page before as it is, or leave it out to start from the newest.",
        "The cursor is not one of ours. Leave it out to start from the newest.",
    ),
    "origin_refused": ProblemKind(
        HTTPStatus.BAD_REQUEST,
        "A web page of this origin, or by this method or header, may not call the API.",
        "Have the operator add the origin to `PATHSHALA_CORS_ORIGINS`.",
        "This origin, method or header may not be used from a web page here: see PATHSHALA_CORS_ORIGINS.",
    ),
    "invalid_http": ProblemKind(
        HTTPStatus.BAD_REQUEST,
        "What was sent is no request of HTTP/1.1.",
        "Mend the client, or what stands between it and the API.",
        "This is no HTTP/1.1 request that can be understood.",
    ),
    "not_acceptable": ProblemKind(
        HTTPStatus.NOT_ACCEPTABLE,
        "There is no format of the lesson that the request's `Accept` takes, or pupils cannot have it in that one.",
        "Name one of those in `formats`, or ask by `?format=`.",
        "There is no such format. Ask for one of these by Accept or ?format=: application/json, text/html.",
        {"formats": {"json": "application/json", "html": "text/html"}},
    ),
    "format_not_installed": ProblemKind(
        HTTPStatus.NOT_ACCEPTABLE,
        "The house lacks the library that writes this format.",
        "Have the operator install what the detail names, or take another format.",
        "This house cannot write pdf yet. To have it: pip install 'pathshala[pdf]'.",
    ),
    "not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "There is nothing at this path.",
        "Compare the path with the description at /docs.",
        "There is nothing at this path. See /docs for what there is.",
    ),
    "task_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "No task has this id, or its log was cut.",
        "Check the id, or order the lesson with POST /lessons.",
        "There is no such task. Check the task_id, or start a new one with POST /lessons.",
    ),
    "task_expired": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "The task ended, and its status is not kept any more.",
        "Read the lesson at `lesson_url`. Where that is null the task failed: order the lesson again.",
        f"This task was completed and has expired. Its lesson stays at {_EDITION}&version=1.0.",
        {"lesson_url": f"{_EDITION}&version=1.0"},
    ),
    "lesson_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "There is no lesson on this subject and topic in any edition.",
        "Order it with POST /lessons.",
        "There is no such lesson yet. POST /lessons with this subject and topic makes one.",
    ),
    "edition_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "There is the lesson, but not in this language or for this level.",
        "Choose one of `editions`, or order the one that you want.",
        "There is this lesson in other languages or levels: language en, level middle. Ask for one of them, or leave "
        "language and level out for the newest. POST /lessons with the language and level that you want makes one in "
        "these.",
        _EDITIONS,
    ),
    "version_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "The edition has no such version.",
        "Choose one that GET /lessons/versions lists, or another of `editions`.",
        "There is no such version of this edition, language en, level middle. It has 1 version, the newest is 1.0. GET "
        "/lessons/versions?subject=...&topic=...&language=...&level=... lists what there is, and the other editions.",
        _EDITIONS,
    ),
    "nothing_approved": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "There is the lesson, and no version of it that a teacher approved, or not this one.",
        "Leave `approved` out, or have a teacher approve a version with PUT /lessons/approval.",
        "No version of this lesson is approved, or not this one. A teacher approves one with PUT /lessons/approval; "
        "leave approved out for the newest version.",
    ),
    "version_changed": ProblemKind(
        HTTPStatus.PRECONDITION_FAILED,
        "Another version was stored since the one that `If-Match` names. Nothing was overwritten.",
        "Look at `changes`, which another one made, and make your change of the newest version.",
        "Version 1.1 is newer than what you changed. Nothing was overwritten: make your change of it, with If-Match: "
        '"1.1".',
        {
            "version": "1.1",
            "made_by": "tara",
            "changes": [
                {
                    "field": "title",
                    "before": "Verbs",
                    "after": "Verbs and how to find them",
                    "words": [
                        {"kind": "same", "text": "Verbs"},
                        {"kind": "added", "text": " and how to find them"},
                    ],
                    "items": [],
                }
            ],
            "task_id": None,
        },
    ),
    "if_match_required": ProblemKind(
        HTTPStatus.PRECONDITION_REQUIRED,
        "A change does not say which version it is of.",
        "Send `If-Match` with the ETag of the version that you read, or with its number in quotes.",
        "Say which version you change: If-Match with the ETag that it was read with, or with its number in quotes, "
        '"1.0" say.',
    ),
    "method_not_allowed": ProblemKind(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The path does not take this method.",
        "Use one that the `Allow` header names.",
        "This path does not take this method. See /docs for what it takes.",
    ),
    "request_timeout": ProblemKind(
        HTTPStatus.REQUEST_TIMEOUT,
        "Headers or body came too slowly.",
        "Send them at once; try again.",
        "The body must come within 20 s of its headers.",
    ),
    "idempotency_key_reused": ProblemKind(
        HTTPStatus.CONFLICT,
        "The `Idempotency-Key` was used for another order by the same user, within a day.",
        "Use a new key for a new order.",
        "This Idempotency-Key belongs to a different request. Use a new key for a new request.",
    ),
    "body_too_large": ProblemKind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body has more bytes than any request needs.",
        "Send less: a `source_text` has at most 12,000 characters.",
        "The body is too large: at most 65536 bytes.",
    ),
    "url_too_long": ProblemKind(
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "Path and query together are too long.",
        "Send less; a name has at most 200 characters.",
        "The URL is too long: at most 8192 bytes.",
    ),
    "too_many_tasks_of_user": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The user has as many unfinished tasks as one may have.",
        "Wait as long as `Retry-After` says, until some have ended.",
        "You have 1000 unfinished tasks, which is the limit; nothing was accepted. Try again in 10 s, when some have "
        "ended.",
        {"limit": "PATHSHALA_USER_TASKS_MAX", "limit_value": 1_000},
    ),
    "too_many_tasks": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The house has as many unfinished tasks as it may have.",
        "Wait as long as `Retry-After` says. The operator may raise the limit or start more generators.",
        "This house has 100000 unfinished tasks, which is the limit; nothing was accepted. Try again in 10 s, when "
        "some have ended.",
        {"limit": "PATHSHALA_TASKS_MAX", "limit_value": 100_000},
    ),
    "ceiling_reached": ProblemKind(
        HTTPStatus.PAYMENT_REQUIRED,
        "What the user may spend on language models this month is spent.",
        "Wait until `turns_at`, or have the operator raise `PATHSHALA_USER_MONTH_CALLS_MAX` or `..._COST_MAX`.",
        "You may spend 2000 calls of language models a month, and that is spent; nothing was accepted. More is there "
        "from 2026-12-01T00:00:00.000Z on.",
        {
            "calls_max": 2_000,
            "calls_left": 0,
            "cost_max": None,
            "cost_left": None,
            "currency": "USD",
            "turns_at": "2026-12-01T00:00:00.000Z",
        },
    ),
    "class_set_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "No class set has this id, or it is forgotten.",
        "Check the id; GET /class-sets lists what there is.",
        "There is no such class set, or it is forgotten. GET /class-sets lists yours.",
    ),
    "nothing_to_pack": ProblemKind(
        HTTPStatus.CONFLICT,
        "No lesson of the class set is completed.",
        "Wait until one is, or mend what was refused.",
        "No lesson of this class set is completed yet, or none can be. GET /class-sets/{set_id} says why.",
    ),
    "row_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "The class set has no row of this number.",
        "Take a number that the set's `items` have.",
        "The set has no such row. GET /class-sets/{set_id} lists its rows by their numbers.",
    ),
    "row_not_failed": ProblemKind(
        HTTPStatus.CONFLICT,
        "Only a row that was refused or failed can be ordered anew.",
        "Wait until it has ended; a lesson that is there can be edited.",
        "This row is completed. Only one that was refused or failed takes another order: edit its lesson.",
        {"row_status": "completed"},
    ),
    "row_ordered_twice": ProblemKind(
        HTTPStatus.CONFLICT,
        "Another row of the set orders this very lesson.",
        "Choose another topic, language or level.",
        "Row 3 of the set orders this very lesson. Choose another topic, language or level.",
        {"row": 3},
    ),
    "class_set_too_large": ProblemKind(
        HTTPStatus.CONFLICT,
        "The orders of the class set would take more bytes than they may.",
        "Shorten `source_text`, or order the lesson by itself, or in a set of its own.",
        "With this order the set would take more than 786432 bytes. Shorten its source_text, or order the lesson by "
        "itself, or in a set of its own.",
    ),
    "too_many_class_sets": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The user has as many class sets that have not ended as there may be.",
        "Wait until one has ended, or cancel one.",
        "You have 10 class sets that have not ended; nothing was accepted. Wait, or cancel one.",
    ),
    "too_many_replays": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Another task is being replayed by this API.",
        "Wait until that has ended.",
        "Another task is being replayed here. Try again when that has ended.",
    ),
    "replay_refused": ProblemKind(
        HTTPStatus.CONFLICT,
        "The task cannot be replayed: something that it needs is not there, or the replay did not end.",
        "The detail says what is missing; `pathshala replay TASK` says more.",
        "The task cannot be replayed: the log has no event of task 0f8f.",
    ),
    "replay_not_installed": ProblemKind(
        HTTPStatus.NOT_IMPLEMENTED,
        "The API runs without the command line, which replays.",
        "Install `pathshala` beside it, as the image has it, or replay from where it is installed.",
        "This API is installed without the command line, which replays: pip install pathshala beside it.",
    ),
    "too_many_checks": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Drafts were checked more often in this minute than one may.",
        "Wait as long as `Retry-After` says; check when the person pauses, not at each letter.",
        "You may have 120 drafts checked a minute. Try again in 42 s.",
    ),
    "too_many_ratings": ProblemKind(
        HTTPStatus.CONFLICT,
        "The user changed a rating of this version too often, or it has as many ratings as are kept.",
        "Nothing: the rating that was given last counts.",
        "You have rated this version 20 times; the last one counts.",
    ),
    "edit_not_retried": ProblemKind(
        HTTPStatus.CONFLICT,
        "The task that is to be retried is an edit that another version came before.",
        "Edit the newest version; the text is in the task's events.",
        "This task is an edit. Make it of the newest version; its text is in the task's events.",
    ),
    "no_webhook": ProblemKind(
        HTTPStatus.CONFLICT,
        "There is nothing to tell again: the task has not ended, or its order named no `callback_url`.",
        "Nothing, or wait for its end, which is told anyhow.",
        "Its order named no callback_url, or is not in the log any more.",
    ),
    "already_ended": ProblemKind(
        HTTPStatus.CONFLICT,
        "The task that is to be cancelled was completed, or has failed, before.",
        "Nothing: a task that has ended stays as it is. `task_status` says how it ended.",
        "This task has ended before: it is completed. A task that has ended stays as it is.",
        {"task_status": "completed"},
    ),
    "not_failed": ProblemKind(
        HTTPStatus.CONFLICT,
        "The task that is to be retried has not failed.",
        "Wait for its end; or ask for another lesson with POST /lessons.",
        "Only a failed task can be retried, and this one is pending.",
        {"task_status": "pending"},
    ),
    "count_changed": ProblemKind(
        HTTPStatus.CONFLICT,
        "Another number matches the filter than `confirm` says. Nothing was done.",
        "Look at what matches now, and confirm that count.",
        "12 tasks match now, not 10; nothing was done. Confirm this count, if it is right.",
        {"matched": 12},
    ),
    "dead_letters_not_kept": ProblemKind(
        HTTPStatus.CONFLICT,
        "The house runs in one process without a file, so its dead letters are nowhere but in its memory.",
        "Look at the tasks that have failed, and at the log.",
        "This house keeps its dead letters in memory alone: see its log, and the tasks that have failed.",
    ),
    "dead_letter_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "No dead letter has this id.",
        "List them again: it was sent back or dropped, or made room for newer ones.",
        "There is no dead letter with this id: it was sent back, dropped, or made room for newer ones.",
    ),
    "broker_unavailable": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The broker does not answer, so nobody knows what lies in its queues.",
        "Try again later. What was done until then stays done.",
        "The broker does not answer: it cannot be reached. What was not done is still there: try again.",
    ),
    "key_required": ProblemKind(
        HTTPStatus.UNAUTHORIZED,
        "The request has neither a key nor a session.",
        "Send `Authorization: Bearer` and a key, which an operator gives out.",
        "This needs a key: Authorization: Bearer ps_..., or a session (POST /session). Your operator gives you one.",
    ),
    "key_refused": ProblemKind(
        HTTPStatus.UNAUTHORIZED,
        "The key, session or token is not known, was revoked, or has expired.",
        "Begin a new session, or ask an operator for another key.",
        "This key, session or token is not known, or no longer valid. Ask your operator for another key.",
    ),
    "foreign_page": ProblemKind(
        HTTPStatus.FORBIDDEN,
        "A request that changes something came with a session's cookie, and not from a page of this site.",
        "Send it from a page of this site or of `PATHSHALA_CORS_ORIGINS`, or with a key.",
        "A session's cookie counts for requests of this site's own pages alone: Sec-Fetch-Site or Origin say no.",
    ),
    "role_required": ProblemKind(
        HTTPStatus.FORBIDDEN,
        "The key is for a role that may not do this.",
        "Ask an operator for a key with the role, or to do it.",
        "This is for the role operator, and your key is for user.",
    ),
    "wrong_user": ProblemKind(
        HTTPStatus.FORBIDDEN,
        "The `user_id` is another user's than that of the key.",
        "Name the key's own; GET /session says whose it is.",
        "This key is another user's: name its own user_id. GET /session says who that is.",
    ),
    "key_not_found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        "No access key has this id.",
        "Compare it with the list of keys.",
        "There is no such key. GET /operator/keys lists what there is.",
    ),
    "rate_limited": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The key was used more often in this minute than one may be.",
        "Wait as long as `Retry-After` says; `RateLimit` tells beforehand how many are left.",
        "Your key may ask 1200 times a minute of each replica. Try again in 42 s.",
    ),
    "too_many_failures": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many wrong keys came from one address in this minute.",
        "Wait as long as `Retry-After` says, and use a key that is valid.",
        "Too many wrong keys came from your address. Try again in 42 s.",
    ),
    "headers_too_large": ProblemKind(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The headers are too many or too long.",
        "Send fewer.",
        "The headers are too large: at most 100 of 32768 bytes together.",
    ),
    "internal_error": ProblemKind(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A fault of the house's own; its log has the reason.",
        "Try again later, and tell the operator. What was accepted is not lost.",
        "Something went wrong on our side. Nothing that was accepted is lost.",
    ),
    "too_many_streams": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "This process has as many streams open as it has room for.",
        "Poll, or try again after `Retry-After`: another process may have room.",
        "There are too many streams here. Poll, or try again in 10 s.",
    ),
    "store_unavailable": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The store does not answer, or cannot write. Nothing was accepted.",
        "Send the same again when `Retry-After` says.",
        "The store cannot be reached; nothing was accepted. Try again in 5 s.",
    ),
    "maybe_accepted": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The store did not say whether it kept the order.",
        "Send the same again with `idempotency_key` as the header `Idempotency-Key`: that finds the task, or makes it.",
        "The store did not say whether it kept your request: it may have been accepted. Send it again in 5 s with the "
        "header Idempotency-Key as idempotency_key says here: that finds the one task, or makes it.",
        {"idempotency_key": _KEY},
    ),
    "unreadable": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "What is kept was written by a later version of the house, or is broken.",
        "Tell the operator, who upgrades the API or mends the document.",
        "This is kept, but this version of the house cannot read it: the task's document cannot be read: status. Its "
        "operator must see to it.",
    ),
    "too_many_connections": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "As many clients are connected as may be.",
        "Try again when `Retry-After` says.",
        "There are too many connections. Try again.",
    ),
    "too_many_connections_of_address": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "As many clients of this address are connected as may be.",
        "Use one connection for several requests.",
        "There are too many connections from your address. Close some, or use them for several requests.",
    ),
}

OF_EVERY_ROUTE = frozenset(
    {
        "key_required",
        "key_refused",
        "foreign_page",
        "role_required",
        "rate_limited",
        "too_many_failures",
        "invalid_request",
        "origin_refused",
        "invalid_http",
        "not_found",
        "method_not_allowed",
        "request_timeout",
        "body_too_large",
        "url_too_long",
        "headers_too_large",
        "internal_error",
        "store_unavailable",
        "unreadable",
        "too_many_connections",
        "too_many_connections_of_address",
    }
)
"""Those that have nothing to do with what a route is for; every other one is named by the routes that answer it."""
