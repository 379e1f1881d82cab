"""A Bitrix24 connector that counts what happens in a pull, and dies at the moment that the environment names.

Loaded as a plugin by `connector pull` in a process of its own; without the environment it is the connector as
it is. A moment is `before` a commit (a page is asked for or read), `between` (its rows are written and not
committed) or `after` (they are). Blocks are small, so that a small firm has several pages a stream.
"""

import atexit
import os
import signal
import threading
from pathlib import Path
from typing import Any

from connector import hookimpl
from connector.plugins.bitrix24 import Bitrix24, activities, reading
from connector.plugins.bitrix24.portal import Portal
from connector.store import cursors, engine
from connector.store.cursors import Cursors
from connector.store.entities import Entities
from connector.store.removals import Removals

DIE_AT = int(os.environ.get("DIE_AT", "-1"))
PAGES = int(os.environ.get("PAGES", "0"))
DIARY = Path(os.environ.get("DIARY", os.devnull))
STORY: list[str] = []
GUARD = threading.Lock()


class Mortal(Bitrix24):
    """The connector."""

    name = "mortal"


def happens(what: str) -> None:
    """Note the moment, and die if it is the one."""
    with GUARD:
        STORY.append(what)
        if len(STORY) == DIE_AT:
            write_diary()
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def write_diary() -> None:
    """Tell the test what happened, one moment a line."""
    DIARY.write_text("\n".join(STORY), encoding="utf-8")


def told(owner: object, name: str, before: str = "", after: str = "") -> None:
    """Let a moment happen before a function of the product, and after it."""
    inner = getattr(owner, name)

    def outer(*given: object, **named: object) -> object:
        if before:
            happens(before)
        result = inner(*given, **named)
        if after:
            happens(after)
        return result

    setattr(owner, name, outer)


if DIE_AT >= 0:
    atexit.register(write_diary)
    reading.MOST_COMMANDS = 2
    activities.WINDOWS = 2
    told(Portal, "attempt", before="before: a request")
    told(Entities, "save_page", before="before: a page is parsed", after="after: a page is committed")
    told(Cursors, "advance", after="between: rows and cursor are written")
    told(cursors, "_forget_sightings", after="between: the end is written")
    told(Cursors, "finish_pass", before="before: the end of a stream", after="after: the end is committed")
    told(Removals, "delete", after="after: deletions are committed")


def on_a_full_disk(connection: Any, record: Any) -> None:
    """Let the store's file grow no further than to so many pages."""
    usual(connection, record)
    connection.execute(f"PRAGMA max_page_count = {PAGES}")


if PAGES:
    usual = engine._on_connect
    engine._on_connect = on_a_full_disk


@hookimpl
def register_source() -> type[Bitrix24]:
    """Return the connector."""
    return Mortal
