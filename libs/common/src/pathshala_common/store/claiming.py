"""The rule of claims: the answer to a claim, given the one that is kept. Pure; both stores decide by it."""

from dataclasses import dataclass

from pathshala_common.contract.ports.claims import ENDED, Claim, Standing


@dataclass(frozen=True, slots=True)
class KeptClaim:
    """The claim that is kept of a task: leased by a holder up to a millisecond, or settled by nobody any more."""

    cause_id: str
    attempt: int
    holder: str | None
    lapses_at: int

    def answer(self, holder: str, wanted: Claim, now: int) -> Standing:
        """Say what a holder who wants a claim at this millisecond gets."""
        same = self.cause_id == wanted.cause_id
        if self.holder is None:
            return Standing.INHERITED if same and self.attempt <= wanted.attempt else Standing.PASSED
        if self.holder == holder and same and self.attempt == wanted.attempt:
            return Standing.INHERITED
        if self.lapses_at >= now:
            return Standing.TAKEN
        return Standing.PASSED if same and self.attempt > wanted.attempt else Standing.INHERITED

    def leased(self, now: int, paid_since: int | None) -> bool:
        """Say whether its lease runs at this millisecond, or led to what was paid for, and ran then or later."""
        if self.holder is not None:
            return self.lapses_at >= now
        return paid_since is not None and self.attempt == ENDED and self.lapses_at >= paid_since


REVOKED = KeptClaim(cause_id="", attempt=ENDED, holder=None, lapses_at=0)
"""Kept of a task that nobody is to pay for: settled for an event that there is not, so every claim has passed."""
