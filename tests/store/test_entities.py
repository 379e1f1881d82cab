"""A page is written whole or not at all, once, and in whatever order the vendor sends it."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import LockedError
from connector.model import Client, Deal, Event, Ref, StageChange
from connector.store.database import Store, open_store
from connector.store.entities import Saved
from connector.store.lock import Lock
from connector.store.numbers import client_number
from connector.store.quarantine import Rejected

from .records import SOURCE, Place, client, event, save, utc

FIRST, LATER = utc("2026-10-01T08:00"), utc("2026-10-02T08:00")


def result_of(store: Store, external_id: str) -> str | None:
    stored = store.entities.get(Event, SOURCE, external_id)
    assert stored is not None
    assert isinstance(stored.entity, Event)
    return stored.entity.result


# -- one row


def test_a_page_says_what_it_did(held: Store) -> None:
    page = [event("E1"), event("E2"), event("E3")]
    bad = [Rejected("E4", "no kind", {"ID": "E4"}, "kind")]
    assert save(held, *page, rejected=bad) == Saved(new=3, changed=0, unchanged=0, quarantined=1)
    again = [event("E1"), event("E2", result="done"), event("E5")]
    assert save(held, *again) == Saved(new=1, changed=1, unchanged=1, quarantined=0)
    assert held.entities.count(Event, SOURCE) == 4


def test_the_first_sight_stays(held: Store) -> None:
    save(held, event("E1"), at=FIRST)
    save(held, event("E1", result="done"), at=LATER)
    stored = held.entities.get(Event, SOURCE, "E1")
    assert stored is not None
    assert (stored.seen_at, stored.deleted_at) == (FIRST, None)
    assert result_of(held, "E1") == "done"


def test_an_equal_row_is_not_written(held: Store) -> None:
    save(held, event("E1"))
    with held.lock.write() as connection:
        connection.exec_driver_sql("UPDATE event SET result = 'a mark'")
    assert save(held, event("E1")).unchanged == 1
    assert result_of(held, "E1") == "a mark"


def test_an_older_version_does_not_replace_a_newer(held: Store) -> None:
    save(held, event("E1", result="new", updated_at=utc("2026-10-02")))
    assert save(held, event("E1", result="old", updated_at=utc("2026-10-01"))).unchanged == 1
    assert result_of(held, "E1") == "new"
    assert save(held, event("E1", result="same second", updated_at=utc("2026-10-02"))).changed == 1
    assert result_of(held, "E1") == "same second"


def test_a_version_without_a_time_replaces_what_is_there(held: Store) -> None:
    save(held, event("E1", result="dated", updated_at=utc("2026-10-02")))
    assert save(held, event("E1", result="undated")).changed == 1
    assert result_of(held, "E1") == "undated"


def test_the_newest_of_one_page_stands(held: Store) -> None:
    versions = [event("E1", result=str(day), updated_at=utc(f"2026-10-0{day}")) for day in (2, 3, 1, 3)]
    assert save(held, *versions) == Saved(new=1, changed=1, unchanged=2)
    assert result_of(held, "E1") == "3"


@pytest.mark.parametrize("updated_at", ["2026-10-01", "2026-10-02", "2026-10-03"])
def test_a_row_that_comes_back_is_live_again(held: Store, updated_at: str) -> None:
    save(held, event("E1", result="kept", updated_at=utc("2026-10-02")))
    held.removals.delete(SOURCE, Event, ["E1"])
    assert held.entities.count(Event, SOURCE) == 0
    assert save(held, event("E1", result="kept", updated_at=utc(updated_at))).changed == 1
    assert held.entities.count(Event, SOURCE) == 1
    stored = held.entities.get(Event, SOURCE, "E1")
    assert stored is not None
    assert stored.deleted_at is None


def test_an_older_version_brings_a_row_back_with_its_newer_content(held: Store) -> None:
    save(held, event("E1", result="new", updated_at=utc("2026-10-02")))
    held.removals.delete(SOURCE, Event, ["E1"])
    save(held, event("E1", result="old", updated_at=utc("2026-10-01")))
    assert result_of(held, "E1") == "new"


def test_a_page_may_bring_several_kinds(held: Store) -> None:
    deal = Deal(ref=Ref(SOURCE, "1"), stage="NEW", stage_kind="open")
    moves = [
        StageChange(ref=Ref(SOURCE, str(number)), deal="1", stage="NEW", entered_at=FIRST)
        for number in (1, 2)
    ]
    assert save(held, deal, *moves, stream="deals").new == 3
    assert held.entities.count(Deal, SOURCE) == 1
    assert held.entities.count(StageChange, SOURCE) == 2


def test_two_sources_have_ids_of_their_own(held: Store) -> None:
    save(held, event("1", result="ours"))
    other = Event(ref=Ref("amo", "1"), kind="call", status="completed", result="theirs")
    held.entities.save_page("amo", "events", [other], [], Place())
    assert result_of(held, "1") == "ours"
    assert held.entities.count(Event, "amo") == 1


def test_a_record_that_was_never_seen_is_none(store: Store) -> None:
    assert store.entities.get(Event, SOURCE, "E1") is None
    assert store.entities.client_number(SOURCE, "C1") is None


def test_a_client_gets_its_number_with_its_first_page(held: Store) -> None:
    save(held, client("C1"), client("C2"), stream="clients")
    save(held, client("C1", name="Other"), stream="clients")
    assert held.entities.client_number(SOURCE, "C1") == client_number(SOURCE, "C1")
    assert held.entities.client_number(SOURCE, "C2") == client_number(SOURCE, "C2")


def test_what_no_column_holds_goes_to_quarantine_alone(held: Store) -> None:
    page = [event("E1"), event("E2", duration_s=2**63, raw={"ID": 2}), event("E3")]
    assert save(held, *page) == Saved(new=2, quarantined=1)
    (bad,) = held.quarantine.rows()
    assert (bad.external_id, bad.field, bad.raw) == ("E2", "duration_s", {"ID": 2})


# -- the lock


def test_nothing_is_saved_without_the_lock(store: Store) -> None:
    with pytest.raises(LockedError, match="not held"):
        save(store, event("E1"))
    assert store.entities.count(Event, SOURCE) == 0


def test_a_stale_holder_saves_nothing(held: Store, url: str) -> None:
    save(held, event("E1"), place=Place({"page": 1}))
    with open_store(url) as other, Lock(other._database, stale_seconds=0).acquire("run"):
        with pytest.raises(LockedError, match="took the store over"):
            save(held, event("E2"), place=Place({"page": 2}))
        assert other.entities.count(Event, SOURCE) == 1
        assert other.cursors.get(SOURCE, "events").position == {"page": 1}


# -- order and repetition


versions = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.integers(1, 6)), min_size=1, max_size=25
)  # a record's id, and which version of it
_sources = itertools.count()


def version(source: str, name: str, number: int) -> Event:
    """Return that version of the record: its content is made of nothing else."""
    stamp = utc(f"2026-10-0{number}")
    return Event(
        ref=Ref(source, name), kind="call", status="completed", result=f"{name}{number}", updated_at=stamp
    )


def pages(seen: Sequence[tuple[str, int]], size: int) -> Iterator[Sequence[tuple[str, int]]]:
    for start in range(0, len(seen), size):
        yield seen[start : start + size]


def state(store: Store, source: str) -> dict[str, str]:
    found = {}
    for name in "ABCDE":
        stored = store.entities.get(Event, source, name)
        if stored is not None:
            assert isinstance(stored.entity, Event)
            found[name] = str(stored.entity.result)
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(seen=versions, size=st.integers(1, 7), data=st.data())
def test_neither_order_nor_repetition_nor_the_cut_into_pages_matters(
    held: Store, seen: list[tuple[str, int]], size: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*seen, *seen[:3]]))
    source = f"source-{next(_sources)}"
    saved = [
        held.entities.save_page(source, "s", [version(source, *one) for one in page], [], Place())
        for page in pages(shuffled, size)
    ]
    newest = {name: max(number for other, number in seen if other == name) for name, _ in seen}
    assert state(held, source) == {name: f"{name}{number}" for name, number in newest.items()}
    assert sum(one.new for one in saved) == len(newest)
    assert sum(one.new + one.changed + one.unchanged for one in saved) == len(shuffled)
    again = held.entities.save_page(source, "s", [version(source, *one) for one in shuffled], [], Place())
    assert again == Saved(unchanged=len(shuffled))


# -- a process that dies

CHILD = """
import os, signal, sys
from sqlalchemy import event
from connector.model import Event, Ref
from connector.store.database import open_store

class Place:
    def __init__(self, page): self.position, self.watermark = {"page": page}, None

url, when = sys.argv[1:]
kill = lambda *_: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
store = open_store(url)
with store.lock.acquire("pull"):
    for page in range(1, 10_000):
        refs = [Ref("bitrix-main", f"{page}-{row}") for row in range(50)]
        rows = [Event(ref=ref, kind="call", status="completed") for ref in refs]
        if when == "before commit" and page == 2:
            event.listen(store._database.engine, "commit", kill)
        store.entities.save_page("bitrix-main", "events", rows, [], Place(page))
        if when == "after commit" and page == 2:
            kill()
        print(page, flush=True)
"""


def killed(url: str, when: str) -> int:
    """Run the child until it dies by itself and return the last page it acknowledged."""
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, url, when], stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    assert ran.returncode != 0
    return int(ran.stdout.split()[-1])


@pytest.mark.parametrize(("when", "position"), [("before commit", 1), ("after commit", 2)])
def test_a_process_killed_at_its_commit_leaves_rows_and_cursor_together(
    url: str, when: str, position: int
) -> None:
    assert killed(url, when) == 1
    with open_store(url) as store:
        standing = store.cursors.get(SOURCE, "events")
        assert (standing.position, standing.pages, standing.rows) == (
            {"page": position},
            position,
            50 * position,
        )
        assert store.entities.count(Event, SOURCE) == 50 * position


@pytest.mark.parametrize("pages_first", [1, 4, 9])
def test_a_process_killed_anywhere_loses_nothing_it_acknowledged(url: str, pages_first: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, url, "never"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(pages_first)]
    child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    rest = child.communicate(timeout=60)[0]
    last = int((rest.split() or acknowledged)[-1])
    with open_store(url) as store:
        standing = store.cursors.get(SOURCE, "events")
        assert standing.pages in (last, last + 1)
        assert standing.rows == store.entities.count(Event, SOURCE) == 50 * standing.pages
        with store.lock.acquire("pull"):
            assert save(store, client("C1"), stream="clients").new == 1
        assert store.entities.get(Client, SOURCE, "C1")
    assert Path(url.removeprefix("sqlite:///")).exists()
