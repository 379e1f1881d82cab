"""Remembers the version of each record that the store holds, to tell what changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from connector.http.ratefile import RateFile
from connector.plugins.base import Cursor

TABLES = (
    "CREATE TABLE IF NOT EXISTS versions (stream TEXT, key TEXT, version TEXT, PRIMARY KEY (stream, key))"
    " WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS passes"
    " (stream TEXT PRIMARY KEY, done TEXT, running TEXT, whole_at TEXT, partial TEXT)",
)
PIECE = 500
MARK = "#"
"""Stands in a watermark between the base's time and the token of the pass that reached it."""


class Known(NamedTuple):
    """What is known of a stream: the tokens of its last whole pass and of one under way, and its last look.

    `whole_at` is the base's time of the last look at all versions, `partial` says why not all could be seen,
    "" if all could, None if it is not known.
    """

    done: str = ""
    running: str = ""
    whole_at: str = ""
    partial: str | None = None


class Versions:
    """The file of versions of one source; in memory where `place` is None.

    It may be lost or older than the store, which costs a whole reading. What must not be is that it is newer:
    a store brought back from a copy would miss the changes since. So each pass has a token that stands in the
    store's watermark as well, and versions of a pass that the store does not know of count for nothing.
    """

    def __init__(self, place: Path | None) -> None:
        self._file = RateFile(place, TABLES)

    def begin(self, stream: str, cursor: Cursor, token: str) -> Book:
        """Open the book of one pass; it goes on with what an interrupted one has kept.

        Versions are dropped where the store's watermark and position are not those of the book.
        """
        found = self.known(stream)
        if found.running and found.running == token:
            return Book(self._file, stream, token)
        standing = (cursor.since or "").rpartition(MARK)[2] if cursor.since else ""
        trusted = bool(standing) and found.done == standing and not found.running
        with self._file.turn() as connection:
            if not trusted:
                connection.execute("DELETE FROM versions WHERE stream = ?", (stream,))
            values = (stream, found.done if trusted else "", token, found.whole_at if trusted else "", None)
            connection.execute("INSERT OR REPLACE INTO passes VALUES (?, ?, ?, ?, ?)", values)
        return Book(self._file, stream, token)

    def known(self, stream: str) -> Known:
        """Return what is known of a stream."""
        columns = "done, running, whole_at, partial"
        with self._file.turn() as connection:
            row = connection.execute(
                f"SELECT {columns} FROM passes WHERE stream = ?",  # noqa: S608 - our own names
                (stream,),
            ).fetchone()
        return Known(*row) if row else Known()


class Book:
    """The versions of one stream in one pass; `token` names the pass."""

    def __init__(self, file: RateFile, stream: str, token: str) -> None:
        self._file = file
        self._stream = stream
        self.token = token

    def whole_at(self) -> str:
        """Return the base's time of the last look at all versions, "" for none."""
        with self._file.turn() as connection:
            row = connection.execute(
                "SELECT whole_at FROM passes WHERE stream = ?", (self._stream,)
            ).fetchone()
        return str(row[0] or "")

    def differing(self, versions: Mapping[str, str]) -> list[str]:
        """Return the keys whose version is not the one that is kept."""
        kept = self._kept(versions)
        return [key for key, version in versions.items() if kept.get(key) != version]

    def others(self, keys: Collection[str]) -> set[str]:
        """Return the keys that are kept and not among these."""
        with self._file.turn() as connection:
            rows = connection.execute("SELECT key FROM versions WHERE stream = ?", (self._stream,))
            return {key for (key,) in rows if key not in keys}

    def held(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that are kept."""
        return set(self._kept(list(keys)))

    def keep(self, versions: Mapping[str, str]) -> None:
        """Keep the versions of rows that the store holds by now."""
        rows = [(self._stream, key, version) for key, version in versions.items()]
        with self._file.turn() as connection:
            connection.executemany("INSERT OR REPLACE INTO versions VALUES (?, ?, ?)", rows)

    def drop(self, keys: Iterable[str]) -> None:
        """Forget records that are gone."""
        rows = [(self._stream, key) for key in keys]
        with self._file.turn() as connection:
            connection.executemany("DELETE FROM versions WHERE stream = ? AND key = ?", rows)

    def finish(self, whole_at: str, partial: str | None) -> None:
        """End the pass: from now on its token has to stand in the store's watermark.

        `whole_at` is the time of a look at everything, "" where there was none in this pass.
        """
        with self._file.turn() as connection:
            connection.execute(
                "UPDATE passes SET done = ?, running = '', whole_at = coalesce(nullif(?, ''), whole_at),"
                " partial = ? WHERE stream = ?",
                (self.token, whole_at, partial, self._stream),
            )

    def _kept(self, keys: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        with self._file.turn() as connection:
            for some in _pieces(list(keys)):
                marks = ",".join("?" * len(some))
                asked = f"SELECT key, version FROM versions WHERE stream = ? AND key IN ({marks})"  # noqa: S608 - marks only
                found.update(connection.execute(asked, (self._stream, *some)).fetchall())
        return found


def watermark(began: str, token: str) -> str:
    """Return what the store keeps as the point up to which it knows."""
    return f"{began}{MARK}{token}"


def joined(version: str, others: Iterable[str]) -> str:
    """Return the version of a record and of those that belong to it as one."""
    parts = sorted(others)
    return f"{version}+{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:16]}" if parts else version


def _pieces(keys: list[str]) -> Iterator[list[str]]:
    yield from (keys[start : start + PIECE] for start in range(0, len(keys), PIECE))
