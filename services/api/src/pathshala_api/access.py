"""Access: who may call each route, and who calls. A route that does not state its access cannot be made."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pathshala_common.contract.access_key import Role


class Access(StrEnum):
    """The callers of a route. An operator may call every one."""

    OPEN = "open"
    """Everybody, without a key."""
    KEY = "key"
    """Everybody with a key."""
    OWNER = "owner"
    """The user whose task, or class set, the path names; to others it is as if there were none."""
    WATCHER = "watcher"
    """The same, and whoever has a token for this task in the query, as a browser needs it for a stream."""
    TEACHER = "teacher"
    OPERATOR = "operator"

    @property
    def is_owners(self) -> bool:
        """Whether it depends on whose the task is."""
        return self in {Access.OWNER, Access.WATCHER}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the user of the key, None where no keys are asked for; the role; which key it is, by which session."""

    user_id: str | None
    role: Role
    key_id: str | None = None
    session_id: str | None = None

    def sees(self, user_id: str | None) -> bool:
        """Whether the caller may know of the tasks of this user, or of one whose user is not known any more."""
        return self.role is Role.OPERATOR or (user_id is not None and self.user_id == user_id)


EVERYBODY = Caller(None, Role.OPERATOR)
"""The caller where no keys are asked for."""

NOBODY = Caller(None, Role.USER)
"""The caller of a route that is open, of whom nothing is asked."""

Admit = Callable[[Scope, Access], Awaitable[Caller]]
"""Says who calls. Raises ProblemError if that one may not."""

CALLER = "pathshala.caller"
HEADERS = "pathshala.headers"
"""Where in a scope the headers are that its answer has besides its own."""


def caller_of(scope: Scope) -> Caller:
    """Give who was admitted to a route."""
    caller: Caller = scope[CALLER]
    return caller


async def _caller(request: Request) -> Caller:
    return caller_of(request.scope)


CallerOf = Annotated[Caller, Depends(_caller)]
"""A parameter of a route's function: who calls."""


OWNED = ("task_id", "set_id")
"""The parameters of paths that name what is somebody's."""

_KEYED = ("key", "session")
SCHEMES: Mapping[Access, Sequence[str]] = {
    Access.OPEN: (),
    Access.KEY: _KEYED,
    Access.OWNER: _KEYED,
    Access.WATCHER: (*_KEYED, "stream_token"),
    Access.TEACHER: _KEYED,
    Access.OPERATOR: _KEYED,
}
"""How a caller says who that is, any of these, by the names that they have in the description."""


@dataclass(frozen=True)
class Need(Dependency):
    """The statement of a route's access, among its dependencies; nothing is called for it."""

    access: Access = Access.OPERATOR


def needs(access: Access) -> Need:
    """State who may call a route, or each route of a router: `dependencies=[needs(Access.OPERATOR)]`."""
    return Need(access=access)


class GuardedRoute(APIRoute):
    """A route that admits its caller before its request is read. Made without a Need it raises TypeError."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, dependencies: Sequence[Dependency] = (), **described: Any
    ) -> None:
        stated = [one.access for one in dependencies if isinstance(one, Need)]
        if not stated:
            raise TypeError(f"{path} states no access: dependencies=[needs(...)]")
        self.access = stated[-1]
        if self.access.is_owners and not any(f"{{{name}}}" in path for name in OWNED):
            raise TypeError(f"{path} names no task: {{task_id}}")
        others = [one for one in dependencies if not isinstance(one, Need)]
        said = {
            "security": [{scheme: []} for scheme in SCHEMES[self.access]],
            **(described.pop("openapi_extra", None) or {}),
        }
        super().__init__(path, endpoint, dependencies=others, openapi_extra=said, **described)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the guard before the function, and before all that FastAPI does for it."""
        usual = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await admit(request.scope, self.access)
            return await usual(request)

        return guarded


def guarded_app(app: ASGIApp, access: Access) -> ASGIApp:
    """Put the guard before an application that answers a route by itself."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        await admit(scope, access)
        await app(scope, receive, send)

    return guarded


def guarded_router(**described: Any) -> APIRouter:
    """Give a router of which every route states its access."""
    return APIRouter(route_class=GuardedRoute, **described)


async def admit(scope: Scope, access: Access) -> None:
    """Know who calls, once a request. Raises ProblemError for a caller who may not."""
    if CALLER not in scope:
        ask: Admit = scope["app"].state.admit
        scope[CALLER] = await ask(scope, access)
