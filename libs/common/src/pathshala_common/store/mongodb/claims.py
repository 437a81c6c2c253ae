"""Claims in MongoDB: one document a task; whoever inserts it, or replaces it as it was read, has the lease."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from pathshala_common.contract.ports.claims import Claim, Standing
from pathshala_common.store.claiming import REVOKED, KeptClaim
from pathshala_common.store.mongodb.schema import Collection, duplicates


async def claim(claims: Collection, holder: str, wanted: Sequence[Claim], now: int, until: int) -> list[Standing]:
    """Lease what is free. What nobody claimed before takes one write for all."""
    leases = [{"_id": one.task_id} | asdict(KeptClaim(one.cause_id, one.attempt, holder, until)) for one in wanted]
    answers = [Standing.GRANTED] * len(wanted)
    try:
        await claims.insert_many(leases, ordered=False)
    except BulkWriteError as error:
        for index in duplicates(error):
            answers[index] = Standing.TAKEN
    known = [index for index, answer in enumerate(answers) if answer is Standing.TAKEN]
    kept = await _kept(claims, [wanted[index].task_id for index in known]) if known else {}
    inheriting = []
    for index in known:
        # One that was forgotten a moment ago is free: its claim is asked for again.
        if before := kept.get(wanted[index].task_id):
            answers[index] = before.answer(holder, wanted[index], now)
            if answers[index] is Standing.INHERITED:
                inheriting.append((index, before))
    replaced = await asyncio.gather(*(_replace(claims, leases[index], before) for index, before in inheriting))
    for (index, _), done in zip(inheriting, replaced, strict=True):
        if not done:
            answers[index] = Standing.TAKEN
    return answers


async def _kept(claims: Collection, task_ids: Sequence[str]) -> dict[str, KeptClaim]:
    found = claims.find({"_id": {"$in": list(task_ids)}})
    return {document.pop("_id"): KeptClaim(**document) async for document in found}


async def _replace(claims: Collection, lease: dict[str, object], before: KeptClaim) -> bool:
    """Take over a claim that is still as it was read."""
    written = await claims.replace_one({"_id": lease["_id"], **asdict(before)}, lease)
    return written.matched_count == 1


async def renew(claims: Collection, holder: str, task_ids: Sequence[str], until: int) -> frozenset[str]:
    """Put off the end of the holder's leases; find out which are gone, if some are."""
    own = {"_id": {"$in": list(task_ids)}, "holder": holder}
    renewed = await claims.update_many(own, {"$set": {"lapses_at": until}})
    if renewed.matched_count == len(task_ids):
        return frozenset()
    return frozenset(task_ids) - {document["_id"] async for document in claims.find(own, {"_id": 1})}


async def settle(claims: Collection, holder: str, settled: Sequence[Claim]) -> None:
    """End the holder's leases, in one bulk write."""
    await claims.bulk_write(
        [
            UpdateOne(
                {"_id": one.task_id, "cause_id": one.cause_id, "holder": holder},
                {"$set": {"attempt": one.attempt, "holder": None}},
            )
            for one in settled
        ],
        ordered=False,
    )


async def revoke(claims: Collection, task_ids: Sequence[str]) -> None:
    """Put what grants nothing in the place of claims."""
    revoked = {"$set": asdict(REVOKED)}
    await claims.bulk_write([UpdateOne({"_id": task_id}, revoked, upsert=True) for task_id in task_ids], ordered=False)


async def leased(claims: Collection, task_ids: Sequence[str], now: int, paid_since: int | None) -> frozenset[str]:
    """Find the leases that run, and those that were settled as the last."""
    kept = await _kept(claims, task_ids)
    return frozenset(task_id for task_id, found in kept.items() if found.leased(now, paid_since))


async def disclaim(claims: Collection, task_ids: Sequence[str]) -> None:
    """Forget claims."""
    await claims.delete_many({"_id": {"$in": list(task_ids)}})
