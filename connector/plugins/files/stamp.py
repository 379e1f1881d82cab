"""Tells whether a file changed since it was read: by size and time of change, by its bytes if in doubt."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from connector import clock

_SETTLED = 2.0
"""Seconds after which a time of change is believed: two changes may share one tick of the clock."""


@dataclass(frozen=True)
class Stamp:
    """A file as it was: bytes, nanoseconds of its last change (None: too fresh to believe), hash.

    `manner` stands for everything beside the file that decides what its rows become.
    """

    size: int
    changed: int | None
    digest: str
    manner: str

    def __str__(self) -> str:
        return json.dumps(asdict(self))


def take(path: Path, manner: str) -> Stamp:
    """Return the file's stamp."""
    seen = path.stat()
    settled = clock.now().timestamp() - seen.st_mtime > _SETTLED
    return Stamp(seen.st_size, seen.st_mtime_ns if settled else None, _digest(path), manner)


def is_same(path: Path, manner: str, stamp: str) -> bool:
    """Tell whether the file is what it was when the stamp was taken."""
    old = Stamp(**json.loads(stamp))
    seen = path.stat()
    if old.manner != manner or old.size != seen.st_size:
        return False
    return old.changed == seen.st_mtime_ns or old.digest == _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
