"""A cursor moves with its pages, and only a finished pass moves where the next begins."""

from __future__ import annotations

import pytest

from connector.errors import LockedError
from connector.store.cursors import Standing
from connector.store.database import Store

from .records import SOURCE, Place, event, save, utc

STREAM = "events"


def standing(store: Store) -> Standing:
    return store.cursors.get(SOURCE, STREAM)


def test_a_stream_never_read_stands_nowhere(store: Store) -> None:
    assert standing(store) == Standing()


def test_each_page_moves_the_position(held: Store) -> None:
    begun = utc("2026-10-01T08:00")
    save(held, event("E1"), event("E2"), place=Place({"after": "E2"}, "2026-10-01T07:59:00Z"), at=begun)
    save(held, event("E3"), place=Place({"after": "E3"}, "2026-10-01T08:05:00Z"), at=utc("2026-10-01T08:01"))
    assert standing(held) == Standing(
        since=None, position={"after": "E3"}, watermark="2026-10-01T07:59:00Z",
        pass_started=begun, pages=2, rows=3, finished_at=None,
    )  # fmt: skip


def test_the_end_of_a_pass_makes_its_first_watermark_the_next_beginning(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}, "T1"))
    save(held, event("E2"), place=Place({"page": 2}, "T2"))
    held.cursors.finish_pass(SOURCE, STREAM)
    ended = standing(held)
    assert (ended.since, ended.position, ended.watermark, ended.pass_started) == ("T1", None, None, None)
    assert (ended.pages, ended.rows) == (2, 2)
    assert ended.finished_at is not None


def test_a_resumed_pass_keeps_the_watermark_of_its_beginning(held: Store) -> None:
    """What changed between the crash and the new start must be read by the next pass."""
    save(held, event("E1"), place=Place({"page": 1}, "before the crash"))
    save(held, event("E2"), place=Place({"page": 2}, "after the crash"))
    held.cursors.finish_pass(SOURCE, STREAM)
    assert standing(held).since == "before the crash"


def test_a_watermark_that_comes_late_is_not_believed(held: Store) -> None:
    held.cursors.finish_pass(SOURCE, STREAM, since="T0")
    save(held, event("E1"), place=Place({"page": 1}))
    save(held, event("E2"), place=Place({"page": 2}, "T9"))
    held.cursors.finish_pass(SOURCE, STREAM)
    assert standing(held).since == "T0"


def test_a_pass_without_pages_keeps_where_it_began(held: Store) -> None:
    held.cursors.finish_pass(SOURCE, STREAM, since="T1")
    held.cursors.finish_pass(SOURCE, STREAM)
    assert (standing(held).since, standing(held).pages) == ("T1", 0)


def test_a_new_pass_counts_from_the_start(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM, since="T1")
    save(held, event("E2"), event("E3"), place=Place({"page": 1}, "T2"))
    assert (standing(held).pages, standing(held).rows) == (1, 2)
    assert (standing(held).since, standing(held).watermark) == ("T1", "T2")


def test_a_reset_reads_everything_again(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}, "T1"))
    held.cursors.finish_pass(SOURCE, STREAM)
    ended = standing(held).finished_at
    held.cursors.reset(SOURCE, STREAM)
    assert standing(held) == Standing(finished_at=ended)


def test_all_streams_are_listed(held: Store) -> None:
    save(held, event("E1"), stream="b")
    save(held, event("E2"), stream="a")
    assert list(held.cursors.all()) == [(SOURCE, "a"), (SOURCE, "b")]


def test_only_the_holder_moves_a_cursor(store: Store) -> None:
    with pytest.raises(LockedError):
        store.cursors.finish_pass(SOURCE, STREAM)
    with pytest.raises(LockedError):
        store.cursors.reset(SOURCE, STREAM)


def test_when_all_was_read_outlives_passes_and_resets(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM)
    assert standing(held).full_at is None
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM, full=True)
    full = standing(held).full_at
    assert full is not None
    held.cursors.reset(SOURCE, STREAM)
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM)
    assert standing(held).full_at == full


def test_when_deletions_were_looked_for_outlives_passes_and_resets(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM)
    assert standing(held).swept_at is None
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM, swept=True)
    swept = standing(held).swept_at
    assert swept is not None
    held.cursors.reset(SOURCE, STREAM)
    save(held, event("E1"), place=Place({"page": 1}))
    held.cursors.finish_pass(SOURCE, STREAM)
    assert standing(held).swept_at == swept
