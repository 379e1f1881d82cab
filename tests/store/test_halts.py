"""A pause and a doubt: who ordered them, whether they stand, and when they ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector import clock
from connector.store.database import Store
from connector.store.halts import PausedError


def test_nothing_stands_in_a_new_store(store: Store) -> None:
    assert store.halts.standing("pause") is None
    assert store.halts.last_ended("pause") is None
    assert not store.halts.end("pause")
    store.halts.check()


def test_a_pause_stops_the_sending_and_says_whose_it_is(store: Store) -> None:
    store.halts.begin("pause", "moving house", "anna", datetime(2046, 1, 2, 3, 4, tzinfo=UTC))
    with pytest.raises(PausedError) as caught:
        store.halts.check()
    said = str(caught.value)
    assert "by anna until 2046-01-02 03:04 UTC: moving house" in said
    assert said.endswith("`connector resume` lets it go on")
    assert store.halts.end("pause", "boris")
    store.halts.check()


def test_a_doubt_is_no_pause(store: Store) -> None:
    store.halts.begin("doubt", "restored")
    store.halts.check()
    standing = store.halts.standing("doubt")
    assert standing is not None
    assert (standing.reason, standing.by) == ("restored", "connector")
    assert store.halts.standing("pause") is None


def test_a_second_one_takes_the_place_of_the_first(store: Store) -> None:
    store.halts.begin("pause", "first", "anna")
    store.halts.begin("pause", "second", "boris")
    standing = store.halts.standing("pause")
    assert standing is not None
    assert standing.reason == "second"
    assert store.halts.end("pause")
    assert store.halts.standing("pause") is None


def test_one_whose_time_has_passed_does_not_stand(store: Store) -> None:
    store.halts.begin("pause", "", "anna", clock.now() - timedelta(seconds=1))
    assert store.halts.standing("pause") is None
    store.halts.check()


def test_the_end_is_kept(store: Store) -> None:
    before = clock.now()
    store.halts.begin("doubt", "restored")
    store.halts.end("doubt", "anna")
    ended = store.halts.last_ended("doubt")
    assert ended is not None
    assert before - timedelta(seconds=1) < ended <= clock.now()
