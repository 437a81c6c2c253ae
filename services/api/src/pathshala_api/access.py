"""Access: who may call each route, and who calls. A route that does not state its access cannot be made."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
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
    """The user whose task it is. The route asks `Caller.sees`, and answers others as if there were no such task."""
    TEACHER = "teacher"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the user of the key, None where no keys are asked for; and the role."""

    user_id: str | None
    role: Role

    def sees(self, user_id: str | None) -> bool:
        """Whether the caller may know of the tasks of this user, or of one whose user is not known any more."""
        return self.role is Role.OPERATOR or (user_id is not None and self.user_id == user_id)


EVERYBODY = Caller(None, Role.OPERATOR)
"""The caller where no keys are asked for."""

Admit = Callable[[Scope, Access], Awaitable[Caller]]
"""Says who calls. Raises ProblemError if that one may not."""

CALLER = "pathshala.caller"


def caller_of(scope: Scope) -> Caller:
    """Give who was admitted to a route."""
    caller: Caller = scope[CALLER]
    return caller


async def _caller(request: Request) -> Caller:
    return caller_of(request.scope)


CallerOf = Annotated[Caller, Depends(_caller)]
"""A parameter of a route's function: who calls."""


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
        others = [one for one in dependencies if not isinstance(one, Need)]
        super().__init__(path, endpoint, dependencies=others, **described)

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


async def admit_everybody(_scope: Scope, _access: Access) -> Caller:
    """Ask for no key."""
    return EVERYBODY
