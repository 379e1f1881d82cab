"""What a method gives back, and the shape every method has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector.sandbox.bitrix24.portal import Portal


@dataclass
class Answer:
    """A method's result.

    `total` and `next` only for lists that have them, `delay` = seconds to wait after the commit.
    """

    result: Any
    total: int | None = None
    next: int | None = None
    status: int = 200
    delay: float = 0.0


Method = Callable[[Portal, dict[str, Any]], Answer]
