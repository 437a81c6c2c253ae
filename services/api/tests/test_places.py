"""Places by any course of requests, losses and counts: no limit is exceeded, and who has none left is forgotten."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pathshala_api.places import Counting, Place, Places
from pathshala_common.contract.errors import LimitReachedError
from pathshala_common.contract.ports.store import Load

USER_TASKS_MAX, TASKS_MAX, WINDOW = 4, 7, 2
USERS = ("asha", "ravi", "noor")


class OneReplica(RuleBasedStateMachine):
    """A replica alone with its store, which holds what was kept and has not ended. Counts overlap as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.places = Places(user_tasks_max=USER_TASKS_MAX, tasks_max=TASKS_MAX, user_in_flight_max=WINDOW)
        self.asking: list[Place] = []
        self.kept: list[Place] = []
        self.given = 0
        self.begun: list[Counting] = []
        self.read: list[tuple[Counting, Mapping[str, Load]]] = []
        self.places.end_count(self.places.begin_count(), {})

    @rule(user_id=st.sampled_from(USERS))
    def asks(self, user_id: str) -> None:
        try:
            self.asking.append(self.places.take(user_id))
            self.given += 1
        except LimitReachedError:
            assert self.given, "refused though nothing was ever given"

    @precondition(lambda self: self.asking)
    @rule(data=st.data(), kept=st.booleans())
    def is_kept_or_lost(self, data: st.DataObject, *, kept: bool) -> None:
        place = data.draw(st.sampled_from(self.asking))
        self.asking.remove(place)
        if kept:
            self.kept.append(place)
            self.places.settle(place)
        else:
            self.places.give_back(place)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def ends(self, data: st.DataObject) -> None:
        self.kept.remove(data.draw(st.sampled_from(self.kept)))

    @rule()
    def a_count_begins(self) -> None:
        self.begun.append(self.places.begin_count())

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def the_store_reads_it(self, data: st.DataObject) -> None:
        counting = data.draw(st.sampled_from(self.begun))
        self.begun.remove(counting)
        self.read.append((counting, self.loads()))

    @precondition(lambda self: self.read)
    @rule(data=st.data())
    def it_is_known(self, data: st.DataObject) -> None:
        counted = data.draw(st.sampled_from(self.read))
        self.read.remove(counted)
        self.places.end_count(*counted)

    @precondition(lambda self: not self.asking)
    @rule(user_id=st.sampled_from(USERS))
    def all_is_counted_while_nobody_asks(self, user_id: str) -> None:
        self.places.end_count(self.places.begin_count(), self.loads())
        assert self.places.users == frozenset(), "whoever has nothing but counted tasks is forgotten"
        assert self.places.exact
        full = self.taken()[user_id] >= USER_TASKS_MAX or self.taken().total() >= TASKS_MAX
        if full:
            with pytest.raises(LimitReachedError):
                self.places.take(user_id)
        else:
            self.asking.append(self.places.take(user_id))
            self.given += 1

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        taken = self.taken()
        assert taken.total() <= TASKS_MAX
        assert all(count <= USER_TASKS_MAX for count in taken.values())
        for user_id in USERS:
            sent = sum(not place.held for place in [*self.asking, *self.kept] if place.user_id == user_id)
            assert sent <= WINDOW

    @invariant()
    def only_those_with_a_place_are_remembered(self) -> None:
        assert {place.user_id for place in self.asking} <= self.places.users

    def taken(self) -> Counter[str]:
        return Counter(place.user_id for place in [*self.asking, *self.kept])

    def loads(self) -> Mapping[str, Load]:
        held = Counter(place.user_id for place in self.kept if place.held)
        queued = Counter(place.user_id for place in self.kept if not place.held)
        return {user_id: Load(held=held[user_id], queued=queued[user_id]) for user_id in held | queued}


OneReplica.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
test_places = OneReplica.TestCase
