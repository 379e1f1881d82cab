"""The doors: 7 requests a second for one integration, 50 for the account, and the block after too many."""

from __future__ import annotations

from connector.sandbox.faults import Faults

RATE, ACCOUNT_RATE = 7.0, 50.0
"""Documented requests a second: of an integration, and of all integrations of an account."""
FIRST_WAIT = 1


class Bucket:
    """Tokens that come at a rate, as many as the rate at most; refused requests take one too if told so."""

    def __init__(self, rate: float, *, count_refused: bool) -> None:
        self._rate = rate
        self._count_refused = count_refused
        self._left = rate
        self._at = 0.0

    def admits(self, now: float, rate: float | None = None) -> bool:
        """Take a token at `now` (seconds); False if there is none. `rate` overrides what comes a second."""
        most = self._rate if rate is None else rate
        self._left = min(most, self._left + max(0.0, now - self._at) * most)
        self._at = now
        passes = self._left >= 1
        self._left -= passes or self._count_refused
        return passes


class Door:
    """Decides whether a request may come in: `passes`, `refuses` (429) or `blocks` (403)."""

    def __init__(self, faults: Faults, *, limited: bool, count_refused: bool) -> None:
        self._faults = faults
        self._limited = limited
        self._own = Bucket(RATE, count_refused=count_refused)
        self._account = Bucket(ACCOUNT_RATE, count_refused=False)
        self._shut_until = 0.0
        self._refused = 0

    @property
    def blocked(self) -> bool:
        """Tell whether everything is refused until support lifts the block."""
        most = self._faults.number("block_after")
        return self._faults.on("blocked") or bool(most and self._refused >= most)

    def lift(self) -> None:
        """Lift the block, as the vendor's support does."""
        self._refused = 0

    def wait(self) -> int:
        """Return the seconds a refused client is told to wait."""
        return self._faults.number("retry_after") or FIRST_WAIT

    def admits(self, now: float) -> bool:
        """Count a request and tell whether it may pass; after a refusal the door stays shut for a while."""
        if now < self._shut_until:
            return self.refuse(now)
        if not self._limited:
            return True
        others = self._faults.number("busy_account")
        room = self._account.admits(now, max(1.0, ACCOUNT_RATE - others))
        return (room and self._own.admits(now)) or self.refuse(now)

    def refuse(self, now: float) -> bool:
        """Count a refusal and shut the door; always False."""
        self._refused += 1
        if self._faults.on("retry_after"):
            self._shut_until = max(self._shut_until, now + self.wait())
        return False
