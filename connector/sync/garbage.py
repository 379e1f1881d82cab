"""Lets the search for cyclic garbage rest while rows stream through: they make none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 100_000
"""Containers made between two searches, instead of Python's 700: about ten pages of 2,500 rows."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search for cycles so seldom for the block that rows on their way are hardly ever looked through.

    Rows are freed by counting all the same; what errors leave behind waits a little longer.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(SELDOM, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
