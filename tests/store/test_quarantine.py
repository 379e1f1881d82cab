"""Rows that could not be read are kept once, whole, and let go when they can be."""

from __future__ import annotations

from connector.store.database import Store
from connector.store.quarantine import Rejected

from .records import SOURCE, event, save, utc

BAD = Rejected("E1", "no such kind", {"ID": "E1", "TYPE": "?"}, "kind")


def test_a_row_is_kept_with_its_field_reason_and_raw_form(held: Store) -> None:
    at = utc("2026-10-01T08:00")
    save(held, rejected=[BAD], at=at)
    (row,) = held.quarantine.rows(SOURCE, "events")
    assert (row.source, row.stream, row.external_id) == (SOURCE, "events", "E1")
    assert (row.field, row.reason, row.raw) == ("kind", "no such kind", {"ID": "E1", "TYPE": "?"})
    assert (row.first_seen, row.last_seen, row.tries) == (at, at, 1)


def test_a_row_that_comes_again_does_not_pile_up(held: Store) -> None:
    first, later = utc("2026-10-01T08:00"), utc("2026-10-02T08:00")
    save(held, rejected=[BAD], at=first)
    other = Rejected("E1", "no date", {"ID": "E1", "DATE": ""}, "planned_at")
    assert save(held, rejected=[other, other], at=later).quarantined == 1
    (row,) = held.quarantine.rows()
    assert (row.reason, row.raw, row.tries) == ("no date", {"ID": "E1", "DATE": ""}, 2)
    assert (row.first_seen, row.last_seen) == (first, later)


def test_rows_without_an_id_are_told_apart_by_their_content(held: Store) -> None:
    one, two = Rejected("", "no id", {"NAME": "a"}), Rejected("", "no id", {"NAME": "b"})
    assert save(held, rejected=[one, two]).quarantined == 2
    assert save(held, rejected=[one]).quarantined == 1
    assert held.quarantine.count(SOURCE) == 2


def test_a_row_that_parses_leaves(held: Store) -> None:
    save(held, rejected=[BAD, Rejected("E2", "bad", {})])
    save(held, event("E1"))
    assert [row.external_id for row in held.quarantine.rows()] == ["E2"]


def test_a_row_whose_records_have_other_ids_leaves_too(held: Store) -> None:
    save(held, rejected=[Rejected("row-7", "bad", {})])
    save(held, event("call-7"))
    assert held.quarantine.count() == 1
    save(held, event("call-7"), parsed=["row-7"])
    assert held.quarantine.count() == 0


def test_a_row_bad_and_good_in_one_page_stays(held: Store) -> None:
    """One row gave a record and another of the same id did not parse: somebody should look."""
    save(held, event("E1"), rejected=[BAD])
    assert held.quarantine.count() == 1


def test_streams_and_sources_are_counted_apart(held: Store) -> None:
    save(held, rejected=[BAD], stream="calls")
    save(held, rejected=[BAD], stream="meetings")
    assert held.quarantine.count(SOURCE, "calls") == 1
    assert held.quarantine.count(SOURCE) == 2
    assert held.quarantine.count("other") == 0
    save(held, event("E1"), stream="calls")
    assert [row.stream for row in held.quarantine.rows()] == ["meetings"]


def test_a_raw_form_that_is_no_json_is_kept(held: Store) -> None:
    save(held, rejected=[Rejected("E1", "bad", {"n": 10**40, "half": "\ud83d"})])
    assert held.quarantine.rows()[0].raw == {"n": 10**40, "half": "\ud83d"}


def test_rows_with_an_id_can_be_named(held: Store) -> None:
    first, later = utc("2026-10-01T08:00"), utc("2026-10-02T08:00")
    save(held, rejected=[BAD, Rejected("", "no id", {"NAME": "a"})], at=first)
    save(held, rejected=[Rejected("E2", "bad", {})], at=later)
    assert held.quarantine.ids(SOURCE, "events") == ["E1", "E2"]
    assert held.quarantine.ids(SOURCE, "events", before=later) == ["E1"]
    assert held.quarantine.ids(SOURCE, "calls") == []
