"""Problems by their codes: an exception for each that a request of the client may be answered with.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from pathshala_client.faults import Problem


class AlreadyEnded(Problem):
    """409: The task that is to be cancelled was completed, or has failed, before."""

    code = "already_ended"
    remedy = "Nothing: a task that has ended stays as it is. `task_status` says how it ended."


class BodyTooLarge(Problem):
    """413: The body has more bytes than any request needs."""

    code = "body_too_large"
    remedy = "Send less: a `source_text` has at most 12,000 characters."


class CeilingReached(Problem):
    """402: What the user may spend on language models this month is spent."""

    code = "ceiling_reached"
    remedy = "Wait until `turns_at`, or have the operator raise `PATHSHALA_USER_MONTH_CALLS_MAX` or `..._COST_MAX`."


class ClassSetNotFound(Problem):
    """404: No class set has this id, or it is forgotten."""

    code = "class_set_not_found"
    remedy = "Check the id; GET /class-sets lists what there is."


class ClassSetTooLarge(Problem):
    """409: The orders of the class set would take more bytes than they may."""

    code = "class_set_too_large"
    remedy = "Shorten `source_text`, or order the lesson by itself, or in a set of its own."


class CountChanged(Problem):
    """409: Another number matches the filter than `confirm` says. Nothing was done."""

    code = "count_changed"
    remedy = "Look at what matches now, and confirm that count."


class EditNotRetried(Problem):
    """409: The task that is to be retried is an edit that another version came before."""

    code = "edit_not_retried"
    remedy = "Edit the newest version; the text is in the task's events."


class EditionNotFound(Problem):
    """404: There is the lesson, but not in this language or for this level."""

    code = "edition_not_found"
    remedy = "Choose one of `editions`, or order the one that you want."


class ForeignPage(Problem):
    """403: A request that changes something came with a session's cookie, and not from a page of this site."""

    code = "foreign_page"
    remedy = "Send it from a page of this site or of `PATHSHALA_CORS_ORIGINS`, or with a key."


class FormatNotInstalled(Problem):
    """406: The house lacks the library that writes this format."""

    code = "format_not_installed"
    remedy = "Have the operator install what the detail names, or take another format."


class HeadersTooLarge(Problem):
    """431: The headers are too many or too long."""

    code = "headers_too_large"
    remedy = "Send fewer."


class IdempotencyKeyReused(Problem):
    """409: The `Idempotency-Key` was used for another order by the same user, within a day."""

    code = "idempotency_key_reused"
    remedy = "Use a new key for a new order."


class IfMatchRequired(Problem):
    """428: A change does not say which version it is of."""

    code = "if_match_required"
    remedy = "Send `If-Match` with the ETag of the version that you read, or with its number in quotes."


class InternalError(Problem):
    """500: A fault of the house's own; its log has the reason."""

    code = "internal_error"
    remedy = "Try again later, and tell the operator. What was accepted is not lost."


class InvalidCursor(Problem):
    """400: `cursor` is not one that a page gave."""

    code = "invalid_cursor"
    remedy = "Give `next_cursor` of the page before as it is, or leave it out to start from the newest."


class InvalidHttp(Problem):
    """400: What was sent is no request of HTTP/1.1."""

    code = "invalid_http"
    remedy = "Mend the client, or what stands between it and the API."


class InvalidRequest(Problem):
    """400: A field, a parameter or a header is missing or not what it may be, or the body is no JSON object."""

    code = "invalid_request"
    remedy = "Mend what `errors` names; the same request is refused again."


class InvalidVersion(Problem):
    """400: `version` or `before` is no version."""

    code = "invalid_version"
    remedy = "Give one as a list shows it: 1.0 or 1.12."


class KeyRefused(Problem):
    """401: The key, session or token is not known, was revoked, or has expired."""

    code = "key_refused"
    remedy = "Begin a new session, or ask an operator for another key."


class KeyRequired(Problem):
    """401: The request has neither a key nor a session."""

    code = "key_required"
    remedy = "Send `Authorization: Bearer` and a key, which an operator gives out."


class LessonNotFound(Problem):
    """404: There is no lesson on this subject and topic in any edition."""

    code = "lesson_not_found"
    remedy = "Order it with POST /lessons."


class MaybeAccepted(Problem):
    """503: The store did not say whether it kept the order."""

    code = "maybe_accepted"
    remedy = (
        "Send the same again with `idempotency_key` as the header `Idempotency-Key`: that finds the task, or makes it."
    )


class MethodNotAllowed(Problem):
    """405: The path does not take this method."""

    code = "method_not_allowed"
    remedy = "Use one that the `Allow` header names."


class NotAcceptable(Problem):
    """406: There is no format of the lesson that the request's `Accept` takes, or pupils cannot have it in that one."""

    code = "not_acceptable"
    remedy = "Name one of those in `formats`, or ask by `?format=`."


class NotFailed(Problem):
    """409: The task that is to be retried has not failed."""

    code = "not_failed"
    remedy = "Wait for its end; or ask for another lesson with POST /lessons."


class NotFound(Problem):
    """404: There is nothing at this path."""

    code = "not_found"
    remedy = "Compare the path with the description at /docs."


class NothingApproved(Problem):
    """404: There is the lesson, and no version of it that a teacher approved, or not this one."""

    code = "nothing_approved"
    remedy = "Leave `approved` out, or have a teacher approve a version with PUT /lessons/approval."


class NothingToPack(Problem):
    """409: No lesson of the class set is completed."""

    code = "nothing_to_pack"
    remedy = "Wait until one is, or mend what was refused."


class OriginRefused(Problem):
    """400: A web page of this origin, or by this method or header, may not call the API."""

    code = "origin_refused"
    remedy = "Have the operator add the origin to `PATHSHALA_CORS_ORIGINS`."


class RateLimited(Problem):
    """429: The key was used more often in this minute than one may be."""

    code = "rate_limited"
    remedy = "Wait as long as `Retry-After` says; `RateLimit` tells beforehand how many are left."


class RequestTimeout(Problem):
    """408: Headers or body came too slowly."""

    code = "request_timeout"
    remedy = "Send them at once; try again."


class RoleRequired(Problem):
    """403: The key is for a role that may not do this."""

    code = "role_required"
    remedy = "Ask an operator for a key with the role, or to do it."


class RowNotFailed(Problem):
    """409: Only a row that was refused or failed can be ordered anew."""

    code = "row_not_failed"
    remedy = "Wait until it has ended; a lesson that is there can be edited."


class RowNotFound(Problem):
    """404: The class set has no row of this number."""

    code = "row_not_found"
    remedy = "Take a number that the set's `items` have."


class RowOrderedTwice(Problem):
    """409: Another row of the set orders this very lesson."""

    code = "row_ordered_twice"
    remedy = "Choose another topic, language or level."


class StoreUnavailable(Problem):
    """503: The store does not answer, or cannot write. Nothing was accepted."""

    code = "store_unavailable"
    remedy = "Send the same again when `Retry-After` says."


class TaskExpired(Problem):
    """404: The task ended, and its status is not kept any more."""

    code = "task_expired"
    remedy = "Read the lesson at `lesson_url`. Where that is null the task failed: order the lesson again."


class TaskNotFound(Problem):
    """404: No task has this id, or its log was cut."""

    code = "task_not_found"
    remedy = "Check the id, or order the lesson with POST /lessons."


class TooManyChecks(Problem):
    """429: Drafts were checked more often in this minute than one may."""

    code = "too_many_checks"
    remedy = "Wait as long as `Retry-After` says; check when the person pauses, not at each letter."


class TooManyClassSets(Problem):
    """429: The user has as many class sets that have not ended as there may be."""

    code = "too_many_class_sets"
    remedy = "Wait until one has ended, or cancel one."


class TooManyConnections(Problem):
    """503: As many clients are connected as may be."""

    code = "too_many_connections"
    remedy = "Try again when `Retry-After` says."


class TooManyConnectionsOfAddress(Problem):
    """503: As many clients of this address are connected as may be."""

    code = "too_many_connections_of_address"
    remedy = "Use one connection for several requests."


class TooManyFailures(Problem):
    """429: Too many wrong keys came from one address in this minute."""

    code = "too_many_failures"
    remedy = "Wait as long as `Retry-After` says, and use a key that is valid."


class TooManyRatings(Problem):
    """409: The user changed a rating of this version too often, or it has as many ratings as are kept."""

    code = "too_many_ratings"
    remedy = "Nothing: the rating that was given last counts."


class TooManyStreams(Problem):
    """503: This process has as many streams open as it has room for."""

    code = "too_many_streams"
    remedy = "Poll, or try again after `Retry-After`: another process may have room."


class TooManyTasks(Problem):
    """429: The house has as many unfinished tasks as it may have."""

    code = "too_many_tasks"
    remedy = "Wait as long as `Retry-After` says. The operator may raise the limit or start more generators."


class TooManyTasksOfUser(Problem):
    """429: The user has as many unfinished tasks as one may have."""

    code = "too_many_tasks_of_user"
    remedy = "Wait as long as `Retry-After` says, until some have ended."


class Unreadable(Problem):
    """503: What is kept was written by a later version of the house, or is broken."""

    code = "unreadable"
    remedy = "Tell the operator, who upgrades the API or mends the document."


class UrlTooLong(Problem):
    """414: Path and query together are too long."""

    code = "url_too_long"
    remedy = "Send less; a name has at most 200 characters."


class VersionChanged(Problem):
    """412: Another version was stored since the one that `If-Match` names. Nothing was overwritten."""

    code = "version_changed"
    remedy = "Look at `changes`, which another one made, and make your change of the newest version."


class VersionNotFound(Problem):
    """404: The edition has no such version."""

    code = "version_not_found"
    remedy = "Choose one that GET /lessons/versions lists, or another of `editions`."


class WrongUser(Problem):
    """403: The `user_id` is another user's than that of the key."""

    code = "wrong_user"
    remedy = "Name the key's own; GET /session says whose it is."
