"""Keeps the size of pages to what an answer may weigh: one document may bring five megabytes of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from connector.http.retry import TooSlowError
from connector.plugins.onec.api import Api, Fetched
from connector.plugins.onec.query import Query

FIRST = 100
"""Rows of a first page: few enough for fat ones, enough to learn how fat they are."""
MOST = 5_000
GROWTH = 8
T = TypeVar("T")


@dataclass
class PageSize:
    """How many rows to ask for; learns from each answer, halves where the server has no room for so many."""

    target: int
    rows: int = 0
    most: int = MOST

    def __post_init__(self) -> None:
        # A row of a card weighs about a kilobyte.
        self.rows = self.rows or max(1, min(FIRST, self.target // 1_000))

    def learn(self, fetched: Fetched) -> None:
        """Aim at the target by the weight of the rows that came."""
        if fetched:
            fitting = int(self.target / max(1.0, fetched.size / len(fetched)))
            self.rows = max(1, min(fitting, self.rows * GROWTH, self.most))

    def shrink(self) -> bool:
        """Halve; return False where one row is already all that is asked for."""
        if self.rows == 1:
            return False
        self.rows = max(1, self.rows // 2)
        # What the server had no room for once is not asked for again.
        self.most = self.rows
        return True

    def bearable(self, ask: Callable[[int], T]) -> T:
        """Return what `ask(rows)` gives, with fewer rows where that was too much."""
        while True:
            try:
                return ask(self.rows)
            except TooSlowError:
                if not self.shrink():
                    raise


def walk(
    api: Api, entity_set: str, query: Query, size: PageSize, skip: int = 0
) -> Iterator[tuple[int, Fetched]]:
    """Yield pages in the query's order, each with the number of rows up to its end.

    A page that is not full is the last. Rows that come or go meanwhile move those behind them: who calls has
    to know the keys from elsewhere.
    """
    while True:
        asked = 0

        def ask(rows: int) -> Fetched:
            nonlocal asked
            asked = rows
            return api.rows(entity_set, query.page(rows, skip))  # noqa: B023 - called at once

        fetched = size.bearable(ask)
        skip += len(fetched)
        yield skip, fetched
        if len(fetched) < asked:
            return
        size.learn(fetched)
