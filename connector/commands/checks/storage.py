"""The store: its folder, network shares, room, damage, schema, who holds it, and a clock that went back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Set
from datetime import datetime, timedelta
from pathlib import Path

from connector import clock
from connector.commands.checks.lines import failures
from connector.config import Settings
from connector.errors import ConnectorError
from connector.plugins.base import Check, CheckState
from connector.store.checkup import damage, schema, try_writing
from connector.store.database import Store, open_store
from connector.store.migrations import HEAD
from connector.store.shares import share_of

GIB = 1 << 30
ROOM_WANTED = GIB
"""Bytes free below which the disk is reported: 1,000,000 clients with their events take about 2 GiB."""
ROOM_NEEDED = GIB // 20
"""Bytes without which a pull of a small firm already ends."""
BACK = timedelta(seconds=60)
"""By how much the last run may lie ahead: machines that share a clock are no closer."""


DEEP = "a look through all of it takes minutes, --deep does it"
LARGE = 2 * GIB
"""Bytes from which a look through the whole file takes minutes: 6 s were measured for 0.8 GiB."""


def storage(settings: Settings, *, deep: bool = False) -> Iterator[Check]:
    """Yield the lines of the store; nothing is made or changed in its folder.

    A large file is looked through only where `deep` is asked for.
    """
    path = settings.store_path
    if path is None:
        return
    if not path.parent.is_dir():
        fix = "create it, or mend url in [store]"
        yield Check("folder", "failed", f"{path.parent} is missing", fix, vital=True)
        yield Check("file", "skipped", "there is no folder for it")
        return
    yield folder_line(path.parent, share_of(path.parent))
    yield room_line(path.parent, shutil.disk_usage(path.parent).free)
    if path.is_dir():
        fix = "mend url in [store], or move the folder away"
        yield Check("file", "failed", f"{path} is a folder", fix, vital=True)
        return
    writable = list(_writable(path))
    yield from writable
    if path.exists():
        yield from _file(path, {check.detail for check in writable}, deep=deep or not is_large(path))
    else:
        yield Check("file", "skipped", f"{path} is not there yet: the first pull makes it")


def is_large(path: Path) -> bool:
    """Tell whether reading all of the file takes longer than a person waits."""
    return path.stat().st_size > LARGE


def folder_line(folder: Path, share: str) -> Check:
    """Tell whether the folder is on a disk of this machine (https://sqlite.org/howtocorrupt.html, 2.1)."""
    if not share:
        return Check("folder", "ok", str(folder))
    said = f"{folder} is on a network share ({share}), where file locks cannot be trusted"
    return Check(
        "folder", "failed", said, "put the store on a disk of this machine: url in [store]", vital=True
    )


def room_line(folder: Path, free: int) -> Check:
    """Tell how much room is left on the disk."""
    enough: CheckState = "ok" if free >= ROOM_WANTED else "warn"
    state = enough if free >= ROOM_NEEDED else "failed"
    fix = f"free some room on the disk of {folder}"
    return Check("room", state, f"{free / GIB:.2f} GiB free", fix, vital=state == "failed")


def _writable(path: Path) -> Iterator[Check]:
    try:
        try_writing(path)
    except ConnectorError as error:
        yield from failures("writable", error, vital=True)
    else:
        yield Check("writable")


def _file(path: Path, said: Set[str], *, deep: bool) -> Iterator[Check]:
    """Yield what is in the file; not again what was `said` when it was to be written."""
    if not deep:
        yield Check("file", "skipped", f"{path} has {path.stat().st_size / GIB:.1f} GiB: {DEEP}")
        yield from _tables(path)
        return
    try:
        broken = damage(path)
    except ConnectorError as error:
        found = list(failures("file", error, vital=True))
        known = {check.detail for check in found} <= said
        yield from [Check("file", "skipped", "it cannot be read either")] if known else found
        return
    if broken:
        fix = "put the last backup in its place, or move the file away and pull again"
        yield Check("file", "failed", f"{path} is damaged: {broken}", fix, vital=True)
        yield Check("schema", "skipped", "the file is damaged")
        return
    yield Check("file", "ok", f"{path}, {path.stat().st_size / GIB:.2f} GiB, whole")
    yield from _tables(path)


def _tables(path: Path) -> Iterator[Check]:
    try:
        revision = schema(path)
    except ConnectorError as error:
        yield from failures("schema", error, vital=True)
        return
    if revision != HEAD:
        yield Check("schema", "ok", f"{revision or 'none yet'}; the next command brings it to {HEAD}")
        yield Check("lock", "skipped", "the schema is not this version's")
        return
    yield Check("schema", "ok", revision)
    try:
        with open_store(f"sqlite:///{path.as_posix()}") as store:
            yield from _ledger(store)
    except ConnectorError as error:
        yield from failures("lock", error)


def _ledger(store: Store) -> Iterator[Check]:
    holder = store.lock.holder()
    if holder is None:
        yield Check("lock", "ok", "free")
    else:
        since = holder.since.strftime("%Y-%m-%d %H:%M UTC")
        said = f"`{holder.command}` works since {since} (pid {holder.pid} on {holder.host})"
        yield Check("lock", "warn", said, "wait for it: other runs end with 5 until then")
    last = store.runs.latest(1)
    if last:
        yield last_run_line(last[0].heartbeat, clock.now())


def last_run_line(last: datetime, now: datetime) -> Check:
    """Tell whether this machine's clock went back since the last sign of life of a run."""
    if last - now <= BACK:
        return Check("clock", "ok", f"the last run was at {last:%Y-%m-%d %H:%M} UTC")
    said = (
        f"the last run was at {last:%Y-%m-%d %H:%M} UTC, but this machine's clock shows {now:%Y-%m-%d %H:%M}"
    )
    return Check("clock", "failed", said, SET_CLOCK)


SET_CLOCK = "set this machine's clock by a time server (timedatectl set-ntp true; Windows: w32tm /resync)"
