"""Keeps below the portal's working time by method: what commands cost, what answers say is used."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connector import clock
from connector.http.budget import Budget, Figure, Pledge
from connector.http.retry import NothingDoneError
from connector.plugins.bitrix24.values import as_map

CEILING = 480.0
"""Seconds of work that a method may do in ten minutes (used everywhere, vendor page on limits)."""
OWN_CEILING = 420.0
"""The same on a server of the firm's own, where the limit is on."""
CAREFUL = 0.9
"""Share of it that we use: figures are known only afterwards."""
WINDOW = 600.0
"""Seconds that the portal adds up, in ten baskets."""
MINUTE = 60.0
"""How long a method rests where the portal does not say when its budget is refilled: one of ten baskets."""
BATCH = "batch"
PATIENCE_SECONDS = 3600.0
"""How long a request may wait for working time: six times the window, as others wait for it too."""


class Operating:
    """The budget of every method and of `batch`, whichever of the two the portal charges.

    The documents say that the inner methods pay for a batch; portals of one's own charge `batch`, and then
    all commands of a batch show the same figure (b24jssdk issue 459). Both are kept. Where a portal shows no
    figures there is only its refusal to go by. May be used from several threads.
    """

    def __init__(self, budget: Budget, wait: Callable[[float], None]) -> None:
        self._budget = budget
        self._wait = wait
        self._guard = threading.Lock()
        self._price: dict[str, float] = {}
        self._done: Counter[str] = Counter()
        self._last: dict[str, tuple[float, int]] = {}

    def admit(self, methods: Sequence[str], *, batch: bool) -> Pledge:
        """Wait until these commands fit into what is left; NothingDoneError if it does not in an hour."""
        costs = self._costs(methods, batch=batch)
        waited = 0.0
        while (pledge := self._budget.pledge(costs)).wait > 0:
            if waited > PATIENCE_SECONDS:
                said = f"the operation time limit left no room for {methods[0]} in an hour"
                raise NothingDoneError(said, retry_after=pledge.wait)
            self._wait(pledge.wait)
            waited += pledge.wait
        return pledge

    def release(self, pledge: Pledge) -> None:
        """Give back what was taken for a request that failed."""
        self._budget.settle(pledge)

    def learn(self, pledge: Pledge, methods: Sequence[str], body: Mapping[str, Any], *, batch: bool) -> None:
        """Take over what the answer says was used."""
        said = _said(body, methods, batch=batch)
        self._budget.settle(pledge, {name: max(figures) for name, figures in said.items()})
        with self._guard:
            self._done.update(methods)
            self._done[BATCH] += len(methods) if batch else 0
            for name, figures in said.items():
                self._learn_price(name, [figure.used for figure in figures])

    def block(self, methods: Iterable[str], seconds: float | None = None) -> float:
        """Hold these methods for that long, else until the time of the last figure, else for a minute.

        Returns the longest of these times.
        """
        held = {name: seconds or self._budget.frees_in(name) or MINUTE for name in set(methods)}
        for name, rest in held.items():
            self._budget.block([name], rest)
        return max(held.values())

    def shares(self) -> dict[str, float]:
        """Return what part of our ceiling each method has used in this window, by the portal's figures."""
        return self._budget.shares()

    def _costs(self, methods: Sequence[str], *, batch: bool) -> dict[str, float]:
        with self._guard:
            costs = {name: count * self._price.get(name, 0.0) for name, count in Counter(methods).items()}
            if batch:
                costs[BATCH] = len(methods) * self._price.get(BATCH, 0.0)
            return costs

    def _learn_price(self, name: str, figures: Sequence[float]) -> None:
        """Learn what a command costs: from the figures of one batch first, then from those of two answers."""
        used = max(figures)
        before, done = self._last.get(name, (used, self._done[name]))
        if used > before and self._done[name] > done:
            self._price[name] = (used - before) / (self._done[name] - done)
        elif name not in self._price and len(figures) > 1:
            self._price[name] = (used - min(figures)) / (len(figures) - 1)
        self._last[name] = used, self._done[name]


def _said(body: Mapping[str, Any], methods: Sequence[str], *, batch: bool) -> dict[str, list[Figure]]:
    """Return what an answer says of each budget; nothing where it has no figures."""
    if not batch:
        own = _figure(as_map(body.get("time")))
        return {methods[0]: [own]} if own else {}
    times = as_map(as_map(body.get("result")).get("result_time"))
    found: dict[str, list[Figure]] = {}
    for number, method in enumerate(methods):
        figure = _figure(as_map(times.get(f"c{number}")))
        if figure:
            found.setdefault(method, []).append(figure)
    every = [figure for figures in found.values() for figure in figures]
    if len(every) > 1 and len({figure.used for figure in every}) == 1:
        return {BATCH: every[:1]}
    return found


def _figure(time: Mapping[str, Any]) -> Figure | None:
    """Return the figure of a `time` block; the reset is seconds since 1970, on a documented page ISO 8601."""
    used = time.get("operating")
    if not isinstance(used, int | float):
        return None
    left = seconds_to_reset(time)
    return Figure(float(used), MINUTE if left is None else left)


def seconds_to_reset(time: Mapping[str, Any]) -> float | None:
    """Return the seconds from an answer until some of a budget falls out; None if it does not say it."""
    reset, finish = time.get("operating_reset_at"), time.get("finish")
    if isinstance(reset, str):
        reset = _unix(reset)
    if not isinstance(reset, int | float):
        return None
    now = finish if isinstance(finish, int | float) else clock.now().timestamp()
    return min(WINDOW, reset - now) if reset > now else None


def _unix(text: str) -> float | None:
    try:
        return float(text) if text.isdigit() else datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
