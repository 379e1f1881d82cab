"""Reads the store as Polars frames for the rules, through a child process that has no other way to the file.

ADBC brings a SQLite of its own. Two copies of SQLite in one process on one file take each other's POSIX locks
away and lose committed rows (https://sqlite.org/howtocorrupt.html, 2.2.1), so it never runs in this process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from connector.errors import StoreError
from connector.store.explained import NO_DATABASE
from connector.store.frame_schemas import FRAMES, schema_of
from connector.store.guarded_polars import pl
from connector.store.place import sqlite_path

__all__ = ["FRAMES", "read_frames"]

_ROOT = Path(__file__).parents[2]
_ALL: Mapping[str, Sequence[str]] = {}


def read_frames(
    store_url: str, names: Sequence[str], only: Mapping[str, Sequence[str]] = _ALL
) -> dict[str, pl.DataFrame]:
    """Return the named frames, with the columns and types of FRAMES, all of one state of the store.

    `only` says for some frames which columns are enough. Raises StoreError if there is no store or it cannot
    be read, KeyError for a name that is not in FRAMES.
    """
    wanted = {name: schema_of(name, only.get(name, list(FRAMES[name]))) for name in names}
    store = sqlite_path(store_url)
    if not store.exists():
        raise StoreError("there is no store yet", hint="run `connector pull` first", where=str(store))
    if not wanted:
        return {}
    with tempfile.TemporaryDirectory(prefix="connector-frames-") as folder:
        _run_child(store, Path(folder), wanted)
        return {name: _joined(Path(folder), name, schema) for name, schema in wanted.items()}


def _joined(folder: Path, name: str, schema: pl.Schema) -> pl.DataFrame:
    """Return the frame of its parts; each is dropped once it was read."""
    parts = [schema.to_frame()]
    for path in sorted(folder.glob(f"{name}.*.arrow")):
        # As bytes: a file that is mapped into memory cannot be deleted on Windows
        parts.append(pl.read_ipc(path.read_bytes()))
        path.unlink()
    return pl.concat(parts)


def _run_child(store: Path, folder: Path, wanted: Mapping[str, pl.Schema]) -> None:
    told = [f"{name}:{','.join(schema)}" for name, schema in wanted.items()]
    # Our own paths and not the current folder's: a file there may be named like a library
    command = [sys.executable, "-P", "-m", "connector.store.frame_reader", str(store), str(folder), *told]
    paths = os.pathsep.join([str(_ROOT), *(path for path in sys.path if Path(path).is_absolute())])
    child = subprocess.run(  # noqa: S603 - our own module, no shell
        command,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if child.returncode:
        said = child.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1] if said else f"the reader ended with {child.returncode}"
        if "not a database" in reason:
            message, hint = NO_DATABASE
            raise StoreError(message, hint=hint, where=str(store))
        raise StoreError(
            f"the store could not be read: {reason}",
            hint="run the command again; if it stays, see `connector doctor`",
            where=str(store),
        )
