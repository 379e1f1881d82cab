"""What a plugin promises, by subject; importing this fills the list."""

from connector.testing.checks import failures, outset, reading, rows, writing
from connector.testing.checks.promise import PROMISES, Check, promise

__all__ = ["PROMISES", "Check", "failures", "outset", "promise", "reading", "rows", "writing"]
