"""What a full pass does not bring is remembered, and deleted only if a later one does not bring it either."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from connector.model import Client, Event
from connector.store.database import Store
from connector.store.quarantine import Rejected
from connector.store.removals import Absent

from .records import SOURCE, Place, client, event, save, utc

STREAM = "events"


def full_pass(store: Store, *ids: str, delete: bool = True) -> tuple[Absent, int]:
    """Read a full pass of those events to its end."""
    save(store, *(event(name) for name in ids), place=Place({"page": 1}), sweep=True)
    absent = store.removals.absent(SOURCE, STREAM, Event)
    deleted = store.removals.sweep(SOURCE, STREAM, Event, delete=delete)
    store.cursors.finish_pass(SOURCE, STREAM)
    return absent, deleted


def live(store: Store) -> set[str]:
    names = ("E1", "E2", "E3")
    stored = {name: store.entities.get(Event, SOURCE, name) for name in names}
    return {name for name, one in stored.items() if one is not None and one.deleted_at is None}


def test_one_miss_is_remembered_and_two_delete(held: Store) -> None:
    assert full_pass(held, "E1", "E2", "E3") == (Absent(3, 0, 0), 0)
    assert full_pass(held, "E1", "E2") == (Absent(3, 1, 0), 0)
    assert live(held) == {"E1", "E2", "E3"}
    assert full_pass(held, "E1", "E2") == (Absent(3, 1, 1), 1)
    assert live(held) == {"E1", "E2"}


def test_a_row_that_comes_between_starts_anew(held: Store) -> None:
    full_pass(held, "E1", "E2")
    full_pass(held, "E1")
    full_pass(held, "E1", "E2")
    assert full_pass(held, "E1") == (Absent(2, 1, 0), 0)
    assert live(held) == {"E1", "E2"}


def test_the_brake_deletes_nothing_and_remembers(held: Store) -> None:
    full_pass(held, "E1", "E2", "E3")
    full_pass(held, "E1")
    assert full_pass(held, "E1", delete=False) == (Absent(3, 2, 2), 0)
    assert live(held) == {"E1", "E2", "E3"}


def test_a_sweep_repeated_in_one_pass_is_one_sweep(held: Store) -> None:
    """The process died between the sweep and the end of the pass, and went on."""
    full_pass(held, "E1", "E2")
    save(held, event("E1"), place=Place({"page": 1}), sweep=True)
    for _ in range(3):
        assert held.removals.sweep(SOURCE, STREAM, Event, delete=True) == 0
    assert live(held) == {"E1", "E2"}


def test_an_interrupted_pass_does_not_forget_what_came_before(held: Store) -> None:
    full_pass(held, "E1", "E2", "E3")
    save(held, event("E1"), place=Place({"page": 1}), sweep=True)
    save(held, event("E2"), event("E3"), place=Place({"page": 2}), sweep=True)
    assert held.removals.absent(SOURCE, STREAM, Event) == Absent(3, 0, 0)


def test_a_row_in_quarantine_came(held: Store) -> None:
    full_pass(held, "E1", "E2")
    save(held, event("E1"), rejected=[Rejected("E2", "bad", {})], sweep=True)
    assert held.removals.absent(SOURCE, STREAM, Event) == Absent(2, 0, 0)


def test_another_stream_or_kind_is_not_swept(held: Store) -> None:
    full_pass(held, "E1", "E2")
    save(held, event("E3"), stream="calls")
    save(held, client("E1"), stream=STREAM)
    for _ in range(2):
        full_pass(held, "E1", "E2")
    assert live(held) == {"E1", "E2", "E3"}
    assert held.entities.count(Client, SOURCE) == 1


def test_deletions_that_the_vendor_names(held: Store) -> None:
    save(held, event("E1"), event("E2"))
    assert held.removals.delete(SOURCE, Event, ["E2", "E9"]) == 1
    assert held.removals.delete(SOURCE, Event, ["E2"]) == 0
    assert live(held) == {"E1"}
    stored = held.entities.get(Event, SOURCE, "E2")
    assert stored is not None
    assert stored.entity == event("E2")


def test_a_pass_without_a_page_misses_everything_once(held: Store) -> None:
    full_pass(held, "E1")
    assert held.removals.absent(SOURCE, STREAM, Event) == Absent(1, 1, 0)
    assert held.removals.sweep(SOURCE, STREAM, Event, delete=True) == 0
    assert live(held) == {"E1"}


def test_ids_that_were_seen_without_their_records_are_not_missing(held: Store) -> None:
    full_pass(held, "E1", "E2", "E3")
    save(held, event("E1"), place=Place({"page": 1}))
    held.removals.note(SOURCE, STREAM, Event, ["E1", "E3", "E9"])
    assert held.removals.missing(SOURCE, STREAM, Event) == ["E2"]
    assert held.removals.absent(SOURCE, STREAM, Event) == Absent(3, 1, 0)


# -- what is new needs no note -----------------------------------------------------------------------------


def noted(store: Store) -> set[str]:
    with closing(sqlite3.connect(store.path)) as connection:
        return {name for (name,) in connection.execute("SELECT external_id FROM sighting")}


def test_a_first_pass_notes_none_of_its_records(held: Store) -> None:
    save(held, event("E1"), event("E2"), place=Place({"page": 1}), sweep=True)
    save(held, event("E3"), place=Place({"page": 2}), sweep=True)
    assert not noted(held) & {"E1", "E2", "E3"}
    assert held.removals.absent(SOURCE, STREAM, Event) == Absent(3, 0, 0)
    assert held.removals.missing(SOURCE, STREAM, Event) == []


def test_a_later_pass_notes_what_was_there_before_it(held: Store) -> None:
    full_pass(held, "E1", "E2")
    save(held, event("E1"), event("E3"), place=Place({"page": 1}), sweep=True)
    assert noted(held) & {"E1", "E2", "E3"} == {"E1"}
    assert held.removals.missing(SOURCE, STREAM, Event) == ["E2"]


def test_what_an_abandoned_first_pass_brought_can_be_missing(held: Store) -> None:
    """It was interrupted and begun anew with `--full`; E2 was deleted at the vendor in between."""
    save(held, event("E1"), event("E2"), place=Place({"page": 1}), sweep=True)
    held.cursors.reset(SOURCE, STREAM)
    save(held, event("E1"), event("E3"), place=Place({"page": 1}), sweep=True)
    assert held.removals.missing(SOURCE, STREAM, Event) == ["E2"]


def test_a_first_pass_that_goes_on_another_day_misses_nothing(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}), sweep=True, at=utc("2026-10-01T08:00"))
    save(held, event("E2"), place=Place({"page": 2}), sweep=True, at=utc("2026-10-02T08:00"))
    assert held.removals.missing(SOURCE, STREAM, Event) == []


def test_a_clock_that_was_set_back_hides_nothing_new(held: Store) -> None:
    save(held, event("E1"), place=Place({"page": 1}), sweep=True, at=utc("2026-10-01T08:00"))
    save(held, event("E2"), place=Place({"page": 2}), sweep=True, at=utc("2026-10-01T07:00"))
    assert held.removals.missing(SOURCE, STREAM, Event) == []


def test_a_new_record_of_an_increment_that_the_sweep_does_not_list_is_missing(held: Store) -> None:
    """It was made, read and deleted again before the ids were listed."""
    full_pass(held, "E1")
    save(held, event("E2"), place=Place({"page": 1}))
    held.removals.note(SOURCE, STREAM, Event, ["E1"])
    assert held.removals.missing(SOURCE, STREAM, Event) == ["E2"]
