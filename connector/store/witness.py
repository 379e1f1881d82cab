"""Tells a store that was restored, lost or copied from the one that worked here last, by a file beside it.

A store cannot know from within that it is yesterday's: all it holds is consistent. So each run leaves beside
it what only grows: the number of steps in the log of changes. What the next run finds then means:

    same installation, as many steps or more, same file     the store that worked here last
    same installation, fewer steps                          an older copy was put in its place
    same installation, another file, steps taken            moved or cloned: the first copy may still work
    another installation, and the former had taken steps    the store was lost, and a new one was made
    no file, steps taken                                    copied to here alone

A pull takes no steps, so a store that never sent anything raises no doubt however often it is copied. The
number is written at the end of a run as well as at its beginning, because a copy made in the middle of a run
(`connector backup` allows that) lacks only the later steps. What the file cannot tell (a whole machine put
back to yesterday, with the file; a second machine cloned from the first; another firm's administrator who
points a second installation at the portal) shows in the CRM: it holds records of ours that this store never
sent (connector.sync.doubt).

The identity of a file is its inode (on NTFS its file index): a copy has another one, a renamed file has not.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from sqlalchemy import func, select

from connector.store.engine import Database
from connector.store.ledgers import CHANGE_LOG


@dataclass(frozen=True)
class Seen:
    """Which store worked here, how many steps its changes had taken, and in which file."""

    installation: str
    steps: int
    file: int


class Witness:
    """The file `STORE-seen` beside a store; to be used by the holder of the store's lock."""

    def __init__(self, store: Path, database: Database, installation: str) -> None:
        self._store = store
        self._database = database
        self._installation = installation
        self.path = store.with_name(store.name + "-seen")

    def contradicts(self) -> str:
        """Return why this is not the store that worked here last, in words for people; "" when it is."""
        now, before = self._now(), self._read()
        if before is None:
            return "it was copied to here" if now.steps else ""
        if before.installation != now.installation:
            return "the store that was here is gone" if before.steps else ""
        if now.steps < before.steps:
            return f"an older copy was put in its place: {before.steps - now.steps} steps are missing"
        return "it was moved or cloned" if now.steps and now.file != before.file else ""

    def note(self) -> None:
        """Write down the store as it is now; all of it or nothing."""
        fresh = self.path.with_name(self.path.name + ".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
            target.write(orjson.dumps(asdict(self._now())))
        fresh.replace(self.path)

    def _now(self) -> Seen:
        with self._database.read() as connection:
            steps = connection.execute(select(func.max(CHANGE_LOG.c.id))).scalar() or 0
        return Seen(self._installation, steps, self._store.stat().st_ino)

    def _read(self) -> Seen | None:
        """Return what the last run left; a file that cannot be read counts as none."""
        try:
            return Seen(**orjson.loads(self.path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
