"""Cuts ids into windows of which each is one command, and decides how wide the next ones are."""

from __future__ import annotations

from typing import NamedTuple

from connector.plugins.bitrix24.listing import PAGE

AIM = 40
"""Rows a window should bring: enough to be worth a command, few enough that it seldom needs another."""
GROWTH = 4
"""How many times wider the next windows may be where few rows are found."""


class Window(NamedTuple):
    """Ids above one and up to another."""

    above: int
    to: int

    @property
    def span(self) -> int:
        """How many ids it covers."""
        return self.to - self.above


def cut(window: Window, width: int) -> list[Window]:
    """Cut a window into windows of that width; the last may be narrower."""
    starts = range(window.above, window.to, width)
    return [Window(start, min(start + width, window.to)) for start in starts]


def width_for(rows: int, span: int, before: int) -> int:
    """Return the width that brings about 40 rows, as `rows` were found in `span` ids; at least 50.

    Windows of 50 ids hold at most one page whatever happens, so no table is too dense.
    """
    fitting = AIM * span // rows if rows else before * GROWTH
    return max(PAGE, min(fitting, before * GROWTH))


def remainder(window: Window, last: int) -> list[Window]:
    """Cut what a full page left of its window, as dense as the part that the page covered."""
    width = width_for(PAGE, last - window.above, window.span)
    return cut(Window(last, window.to), width)
