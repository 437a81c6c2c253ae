"""Every route states who may call it."""

import pytest

from pathshala_api.access import EVERYBODY, Access, Caller, GuardedRoute, guarded_router, needs
from pathshala_common.contract.access_key import Role


async def nothing() -> None: ...


def test_a_route_that_states_no_access_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="/secret states no access"):
        guarded_router().get("/secret")(nothing)


def test_a_route_may_state_more_than_its_router() -> None:
    router = guarded_router(dependencies=[needs(Access.KEY)])
    router.get("/lessons")(nothing)
    router.get("/queues", dependencies=[needs(Access.OPERATOR)])(nothing)

    assert [route.access for route in router.routes if isinstance(route, GuardedRoute)] == [Access.KEY, Access.OPERATOR]


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        (EVERYBODY, {"asha", "ravi", None}),
        (Caller("asha", Role.OPERATOR), {"asha", "ravi", None}),
        (Caller("asha", Role.TEACHER), {"asha"}),
        (Caller("asha", Role.USER), {"asha"}),
        (Caller(None, Role.USER), set()),
    ],
)
def test_users_see_their_own_tasks_and_operators_see_all(caller: Caller, seen: set[str | None]) -> None:
    assert {user for user in ("asha", "ravi", None) if caller.sees(user)} == seen


def test_a_role_includes_those_before_it() -> None:
    included = [(one.value, other.value) for one in Role for other in Role if one.includes(other)]
    assert included == [
        ("user", "user"),
        ("teacher", "user"),
        ("teacher", "teacher"),
        ("operator", "user"),
        ("operator", "teacher"),
        ("operator", "operator"),
    ]
