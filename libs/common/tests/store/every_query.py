"""Everything that is ever asked of a store, once."""

from uuid import uuid4

from libs.common.tests.store.class_sets import a_set, record_set
from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    change,
    enriching,
    every_task,
    generated,
    in_status,
    new_task,
    put,
    recorded,
    requested,
    stored,
)
from pathshala_common.contract.access_key import Role, new_access_key
from pathshala_common.contract.events import EVENT_BY_NAME, ORDERS
from pathshala_common.contract.lesson import Level, Status, Task, edition_key, lesson_key
from pathshala_common.contract.ports.articles import KeptArticle
from pathshala_common.contract.ports.claims import Claim
from pathshala_common.contract.ports.operator import Extent, Log, Projections
from pathshala_common.contract.ports.store import Change, EditionSearch, Page, Store

KEY, EDITION = lesson_key("english", "verbs"), edition_key("english", "verbs")


async def ask_everything(store: Store, log: Log, projections: Projections) -> None:
    """Call every method, with every filter, on a store that has something for each."""
    task, waiting, held = new_task(), new_task(), new_task()
    await store.create(held, requested(held), send_by=None)
    await put(store, task, waiting)
    done = in_status(task, Status.COMPLETED)
    told = [requested(task), recorded(task), generated(task), stored(task, 1)]
    assert await store.append([change(0, told, done)]) == [True]
    await store.append([change(4, [], done), Change(waiting.task_id, 0, [enriching(waiting)], None, fault="why")])
    await store.claim_outbox(NOON, until=NOON + HOUR, limit=10)
    await store.release("asha", until=NOON + HOUR, limit=10)
    await store.loads()
    await store.tasks_by_id([task.task_id, waiting.task_id])
    await _lists(store)
    await store.streams([requested(task), requested(new_task())])
    await store.latest_revisions([KEY, EDITION])
    for chain in (KEY, EDITION):
        await store.lesson(chain)
        await store.lesson(chain, 1)
        await store.revisions(chain, limit=5, below=9)
    await store.editions_of(KEY)
    await store.events(task.task_id)
    await store.logged(task.task_id, after=1, limit=5)
    wanted = [Claim(waiting.task_id, "cause", 1)]
    await store.claim("me", wanted, now=NOON, until=NOON + HOUR)
    await store.claim("you", wanted, now=NOON + 2 * HOUR, until=NOON + 3 * HOUR)
    await store.renew("you", [waiting.task_id], until=NOON + 4 * HOUR)
    await store.leased([waiting.task_id], now=NOON)
    await store.settle("you", wanted)
    await store.disclaim([waiting.task_id])
    for name in ("verbs", "nouns"):
        await store.keep_article(KeptArticle(name, b"1", NOON), newest=1)
    await store.kept_article("verbs")
    _, key = new_access_key(name="a key", user_id="asha", role=Role.USER, now=NOON)
    await store.add_key(key)
    await store.access_key(key.key_id)
    await store.access_keys(after="", limit=5)
    await store.note_uses({key.key_id: NOON})
    await store.revoke_key(key.key_id, NOON)
    await store.secret("tokens", b"1")
    await _class_sets(store, task)
    await log.task(task.task_id)
    await log.page(Extent(5, NOON - HOUR, NOON + HOUR, frozenset(EVENT_BY_NAME), (NOON, "a", 1)))
    await log.page(Extent(5, NOON - HOUR, types=frozenset(order.__name__ for order in ORDERS), calling=True))
    await log.tasks(after="", limit=5)
    await projections.task(task.task_id)
    await projections.tasks(after="", until=None)
    await store.event_count()
    await store.complete_log(limit=5)
    await store.delete_finished(NOON + HOUR, limit=5)
    await store.cut_recordings(NOON + HOUR, limit=5)
    await store.cut_logs(NOON + HOUR, limit=5)


async def _class_sets(store: Store, task: Task) -> None:
    made = a_set()
    assert await record_set(store, made) == made
    await store.class_sets("asha", since=NOON - HOUR, limit=5, after=(NOON + HOUR, "z"))
    await store.class_sets(None, since=NOON - HOUR, limit=5, after=(NOON + HOUR, "z"))
    await store.class_sets("asha", since=NOON - HOUR, limit=5)
    await store.class_sets(None, since=NOON - HOUR, limit=5)
    await store.open_sets(limit=5)
    await store.outcomes([task.task_id, str(uuid4())])
    await store.spent_by("asha", since=NOON)
    await store.spent(since=NOON, until=NOON + HOUR)
    await store.spent_on_set(made.set_id)
    await store.forget_spending(NOON + HOUR, limit=5)
    await store.delete_class_sets(NOON + HOUR, limit=5)


async def _lists(store: Store) -> None:
    after = (NOON + HOUR, "zzz")
    for page in (
        every_task(),
        every_task(after=after),
        every_task(status=Status.PENDING, after=after),
        every_task(user_id="asha", after=after),
        every_task(lesson_key=KEY, after=after),
        Page(finished_since=NOON, limit=5, status=Status.FAILED),
    ):
        await store.tasks(page)
    for search in (
        EditionSearch(5),
        EditionSearch(5, after=after),
        EditionSearch(5, "english verbs", after=after),
        EditionSearch(5, language="en", level=Level.MIDDLE),
    ):
        assert len(await store.editions(search)) == 1
    await store.status_counts(NOON)
    await store.status_counts(NOON, "asha")
    await store.keep_counts(NOON)
    await store.overdue(NOON + 2 * HOUR, limit=5)
    await store.overdue(NOON + 2 * HOUR, limit=5, after=(NOON, "a"))
    await store.unfinished(limit=5, after="a")
