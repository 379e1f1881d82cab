"""Lets no request go while the vendor blocks us: shared by our processes, and outliving them."""

from __future__ import annotations

from datetime import datetime, timedelta

from connector import clock
from connector.errors import BlockedError
from connector.http.ratefile import RateFile

PAUSE = timedelta(hours=1)
"""How long nothing is asked after a block: requests make it worse, only the vendor's support lifts it."""
TABLE = "CREATE TABLE IF NOT EXISTS block (name TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID"
_OPEN = (
    "INSERT INTO block (name, until) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET until = max(until, excluded.until)"
)


class Breaker:
    """The circuit breaker of one account. May be used from several threads."""

    def __init__(self, file: RateFile, name: str) -> None:
        self._file = file
        self._name = name

    @property
    def until(self) -> datetime | None:
        """Until when nothing may be asked; None if all is well."""
        with self._file.turn() as connection:
            row = connection.execute("SELECT until FROM block WHERE name = ?", (self._name,)).fetchone()
        until = clock.from_micros(row[0]) if row else None
        return until if until and until > clock.now() else None

    def check(self) -> None:
        """Raise BlockedError while it is open."""
        until = self.until
        if until is not None:
            raise BlockedError(
                f"the vendor blocked us, nothing is asked before {until:%Y-%m-%d %H:%M} UTC",
                where=self._name,
                hint="write to the vendor's support; once they lifted the block, run `connector doctor`",
            )

    def open(self) -> None:
        """Let nothing go for an hour."""
        until = clock.to_micros(clock.now() + PAUSE)
        with self._file.turn() as connection:
            connection.execute(_OPEN, (self._name, until))

    def close(self) -> None:
        """Let requests go again, as the vendor answered one."""
        with self._file.turn() as connection:
            connection.execute("DELETE FROM block WHERE name = ?", (self._name,))
