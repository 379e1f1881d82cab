"""The draws every part of the firm is made with: a share, a skew, a value never given twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values by weight; summed once, because events draw from it by the hundred thousand."""

    def __init__(self, weights: dict[T, float]) -> None:
        self._values = list(weights)
        self._sums = list(accumulate(weights.values()))

    def draw(self, rng: Random) -> T:
        """Return one value, as often as its weight says."""
        return rng.choices(self._values, cum_weights=self._sums)[0]


class Once:
    """Gives no value twice: phones, tax numbers and names that two rows share would make them one client."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def fresh(self, draw: Callable[[], str]) -> str:
        """Draw until the value is new, and remember it."""
        value = draw()
        while value in self._given:
            value = draw()
        self._given.add(value)
        return value

    def numbered(self, stem: str, tail: str = "") -> str:
        """Return stem + tail, with the first free number from 2 between them if that was given before."""
        value, number = stem + tail, 2
        while value in self._given:
            value, number = f"{stem}{number}{tail}", number + 1
        self._given.add(value)
        return value


def portion(rng: Random, values: Sequence[T], share: float, at_least: int = 0) -> list[T]:
    """Return a random share of the values, at least so many of them while there are enough."""
    return rng.sample(values, min(len(values), max(at_least, round(share * len(values)))))


def maybe(rng: Random, share: float, value: str) -> str:
    """Return the value in that share of calls, else the empty cell."""
    return value if rng.random() < share else ""


def pareto(rng: Random, alpha: float, top: float) -> float:
    """Return a size from 1 to `top`: few are large, most are small."""
    return min(top, rng.paretovariate(alpha))


def roubles(amount: float) -> str:
    """Return the amount as decimal roubles with kopecks, for example -1234.05."""
    return f"{amount:.2f}"
