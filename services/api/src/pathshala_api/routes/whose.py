"""Whose tasks a request may be about: a caller's own, or anybody's for an operator."""

from http import HTTPStatus

from pathshala_api.access import Caller
from pathshala_api.problems import ProblemError
from pathshala_common.contract.access_key import Role


def whose(caller: Caller, user_id: str | None) -> str | None:
    """Say whose tasks are meant, None for everybody's. Raises ProblemError if they are not the caller's."""
    if caller.role is Role.OPERATOR:
        return user_id
    if user_id not in {None, caller.user_id}:
        detail = "This key is another user's: name its own user_id. GET /session says who that is."
        raise ProblemError(HTTPStatus.FORBIDDEN, "wrong_user", detail)
    return caller.user_id


def user_of(caller: Caller, user_id: str | None) -> str:
    """Say who does something: the one who is named, or else the caller. Raises ProblemError if nobody is."""
    user = whose(caller, user_id) or caller.user_id
    if user is None:
        fault = {"field": "user_id", "message": "Field required"}
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_request", "user_id: Field required", errors=[fault])
    return user
