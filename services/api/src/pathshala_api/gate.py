"""The gate: by which key a request comes, and whether that one may call the route. Nothing is done for others."""

from http import HTTPStatus
from typing import NoReturn
from urllib.parse import parse_qs

from starlette.types import Scope

from pathshala_api.access import EVERYBODY, HEADERS, NOBODY, Access, Caller
from pathshala_api.keyring import Keyring
from pathshala_api.owners import Owners
from pathshala_api.plain_route import headers
from pathshala_api.problems import ProblemError, unknown_set, unknown_task
from pathshala_api.proxies import Proxies
from pathshala_api.rates import Rate, Rates
from pathshala_api.running_sessions import RunningSessions
from pathshala_api.sessions import Sessions
from pathshala_api.stream_tokens import StreamTokens
from pathshala_common.contract.access_key import AccessKey, Role, id_in
from pathshala_common.contract.ports.clock import Clock

FAILURES_PER_MINUTE = 20
"""From one address; then keys that were never seen here are not even looked up, until the minute is over."""

SET_ID = "set_id"
"""The parameter of a path that names a class set."""

BEARER = b"bearer "
CHALLENGE = 'Bearer realm="pathshala"'
NO_KEY = "This needs a key: Authorization: Bearer ps_..., or a session (POST /session). Your operator gives you one."
BAD_KEY = "This key, session or token is not known, or no longer valid. Ask your operator for another key."
FOREIGN_PAGE = "A session's cookie counts for requests of this site's own pages alone: Sec-Fetch-Site or Origin say no."
MAY_CALL = {Access.TEACHER: Role.TEACHER, Access.OPERATOR: Role.OPERATOR}


class Gate:
    """Admits callers by their keys."""

    def __init__(  # noqa: PLR0913 - all by which callers are known
        self,
        keyring: Keyring,
        stream_tokens: StreamTokens,
        sessions: Sessions,
        running: RunningSessions,
        owners: Owners,
        proxies: Proxies,
        clock: Clock,
        *,
        requests_per_minute: int,
    ) -> None:
        """Allow each key so many requests a minute."""
        self._keyring, self._sessions, self._running = keyring, sessions, running
        self._stream_tokens = stream_tokens
        self._owners, self._proxies, self._clock = owners, proxies, clock
        self._rates = Rates(clock, requests_per_minute)
        self._policy = f'"key";q={requests_per_minute};w=60'.encode()
        self._failures = Rates(clock, FAILURES_PER_MINUTE)

    async def __call__(self, scope: Scope, access: Access) -> Caller:
        """Say who calls. Raises ProblemError and StoreUnavailable."""
        if access is Access.OPEN:
            return NOBODY
        token = self._token(scope, access)
        key, session_id = await self._key(scope, token)
        # Who has a token alone neither uses up what its key may ask, nor learns of it.
        self._count(scope, key.key_id if token is None else f"{key.key_id} {_owned_id(scope)}")
        caller = Caller(key.user_id, key.role, key.key_id, session_id)
        least = MAY_CALL.get(access, Role.USER)
        if not caller.role.includes(least):
            detail = f"This is for the role {least.value}, and your key is for {caller.role.value}."
            raise ProblemError(HTTPStatus.FORBIDDEN, "role_required", detail)
        if access.is_owners:
            scope[HEADERS].append((b"cache-control", b"no-store"))
        if access.is_owners and caller.role is not Role.OPERATOR:
            owner = await self._owners.owner_of(_owned_id(scope))
            if not caller.sees(owner):
                raise unknown_set() if SET_ID in scope["path_params"] else unknown_task()
        return caller

    async def may_call(self, caller: Caller) -> bool:
        """Whether a caller who was let in would be let in now. Raises StoreUnavailable."""
        if caller.key_id is None or await self._keyring.valid(caller.key_id) is None:
            return False
        return caller.session_id is None or await self._running.runs(caller.key_id, caller.session_id)

    async def _key(self, scope: Scope, token: str | None) -> tuple[AccessKey, str | None]:
        """Find the key of a request, its own, its token's or its session's in this order; and the session."""
        if said := headers(scope, b"authorization"):
            text = said[0][len(BEARER) :].strip().decode("latin-1")
            known = said[0][: len(BEARER)].lower() == BEARER and len(said) == 1
            return await self._looked_up(scope, text if known else ""), None
        now = self._clock.now()
        if token is not None:
            key_id, session_id = await self._stream_tokens.read(token, _owned_id(scope), now)
        else:
            session = await self._sessions.of(scope, now)
            if session is None and self._sessions.cookie(scope) is None:
                challenge = {"WWW-Authenticate": CHALLENGE}
                raise ProblemError(HTTPStatus.UNAUTHORIZED, "key_required", NO_KEY, headers=challenge)
            if session is not None and self._sessions.is_foreign(scope):
                raise ProblemError(HTTPStatus.FORBIDDEN, "foreign_page", FOREIGN_PAGE)
            key_id, session_id = session or (None, None)
        key = await self._keyring.valid(key_id) if key_id is not None else None
        return (key if key is not None else self._refuse(scope)), session_id

    async def _looked_up(self, scope: Scope, text: str) -> AccessKey:
        """Find the key with this text. Those that were seen here before are looked up whoever fails beside them."""
        if not self._keyring.has_seen(id_in(text)):
            rate = self._failures.look(self._proxies.place(scope))
            if not rate.allowed:
                raise _too_many_failures(rate)
        return await self._keyring.opened_by(text) or self._refuse(scope)

    def _refuse(self, scope: Scope) -> NoReturn:
        rate = self._failures.count(self._proxies.place(scope))
        if not rate.allowed:
            raise _too_many_failures(rate)
        challenge = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "key_refused", BAD_KEY, headers=challenge)

    def _count(self, scope: Scope, key_id: str) -> None:
        """Count a request of a key, and let its answer tell how many more there may be."""
        rate = self._rates.count(key_id)
        told = b'"key";r=%d;t=%d' % (rate.remaining, rate.seconds)
        scope[HEADERS].extend([(b"ratelimit-policy", self._policy), (b"ratelimit", told)])
        if not rate.allowed:
            detail = (
                f"Your key may ask {self._rates.per_minute} times a minute of each replica. "
                f"Try again in {rate.seconds} s."
            )
            again = {"Retry-After": str(rate.seconds)}
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail, headers=again)

    @staticmethod
    def _token(scope: Scope, access: Access) -> str | None:
        """Give the token that a request comes by; a key that it brings too goes before."""
        if access is not Access.WATCHER or headers(scope, b"authorization"):
            return None
        return next(iter(parse_qs(scope["query_string"].decode("latin-1")).get("token", ())), None)


def _owned_id(scope: Scope) -> str:
    """Name the task, or class set, that a path is about."""
    named = scope["path_params"]
    return str(named[SET_ID] if SET_ID in named else named["task_id"])


def _too_many_failures(rate: Rate) -> ProblemError:
    detail = f"Too many wrong keys came from your address. Try again in {rate.seconds} s."
    again = {"Retry-After": str(rate.seconds)}
    return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_failures", detail, headers=again)


async def admit_everybody(_scope: Scope, access: Access) -> Caller:
    """Ask for no key."""
    return NOBODY if access is Access.OPEN else EVERYBODY
