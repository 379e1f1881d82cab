"""The list of promises that a plugin must keep: a name, a sentence and a function for each."""

from __future__ import annotations

from collections.abc import Callable

from connector.testing.bench import Bench

Check = Callable[[Bench], None]
PROMISES: dict[str, Check] = {}
"""Name -> the function that looks; it raises AssertionError with what is wrong, Skipped where nothing is."""


def promise(check: Check) -> Check:
    """Put a check on the list under its own name; its docstring is the promise."""
    PROMISES[check.__name__] = check
    return check
