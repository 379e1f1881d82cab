"""The stand-in's own clock."""

from __future__ import annotations

from datetime import timedelta

from connector import clock
from connector.sandbox.ticking import Ticking
from sandbox.firms import AS_OF


def test_it_starts_where_told_and_runs() -> None:
    ticking = Ticking(AS_OF)
    first = ticking.now()
    clock.sleep(0.02)
    assert AS_OF <= first < AS_OF + timedelta(seconds=5)
    assert timedelta(milliseconds=15) < ticking.now() - first < timedelta(seconds=5)


def test_it_can_be_moved_on() -> None:
    ticking = Ticking(AS_OF)
    ticking.advance(3600)
    assert timedelta(hours=1) <= ticking.now() - AS_OF < timedelta(hours=1, seconds=5)


def test_it_shows_the_present_if_not_told() -> None:
    assert abs(Ticking().now() - clock.now()) < timedelta(seconds=5)
