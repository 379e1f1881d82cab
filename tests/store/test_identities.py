"""The grouping of clients: kept whole, out of date after every write of a client, people's word beside it."""

from __future__ import annotations

import pytest

from connector.errors import LockedError
from connector.model import Client, Ref
from connector.store.database import Store
from connector.store.frames import read_frames

from .records import SOURCE, client, event, save

ONE, OTHER = Ref(SOURCE, "C1"), Ref("onec", "1")


def keep(store: Store) -> None:
    """Keep a grouping of two records."""
    records = [(*ONE, 5, None), (*OTHER, 5, "possible_duplicate")]
    store.identities.save(records, [(*ONE, *OTHER, "inn", "7707083893")], fingerprint="f", numbers={"n": 1})


def test_it_is_kept_and_replaced_as_a_whole(held: Store) -> None:
    assert held.identities.made().stale
    keep(held)
    made = held.identities.made()
    assert (made.stale, made.fingerprint, made.numbers) == (False, "f", {"n": 1})
    assert held.identities.client_of(ONE) == held.identities.client_of(OTHER) == 5
    assert held.identities.members(5) == [ONE, OTHER]
    (link,) = held.identities.links_of([OTHER])
    assert (link.one, link.other, link.way, link.value) == (ONE, OTHER, "inn", "7707083893")
    assert held.identities.doubtful([ONE, OTHER]) == {OTHER: "possible_duplicate"}
    held.identities.save([], [], fingerprint="g", numbers={})
    assert held.identities.client_of(ONE) is None
    assert held.identities.links_of([ONE]) == []


def test_a_client_that_is_written_or_deleted_makes_it_stale_and_nothing_else_does(held: Store) -> None:
    save(held, client("C1"), stream="clients")
    keep(held)
    save(held, event("E1"))
    save(held, client("C1"), stream="clients")
    assert not held.identities.made().stale
    save(held, client("C1", inn="7707083893"), stream="clients")
    assert held.identities.made().stale
    keep(held)
    held.removals.delete(SOURCE, Client, ["C1"])
    assert held.identities.made().stale


def test_the_frame_of_clients_has_the_clients_number_and_the_records_own(held: Store, url: str) -> None:
    save(held, client("C1"), stream="clients")
    (before,) = read_frames(url, ["clients"])["clients"].select("client", "record", "doubt").rows()
    assert before[0] == before[1]
    keep(held)
    (after,) = read_frames(url, ["clients"])["clients"].select("client", "record", "doubt").rows()
    assert after == (5, before[1], None)


def test_what_people_say_of_a_pair_is_one_word_whichever_comes_first(held: Store) -> None:
    held.identities.say([(OTHER, ONE)], "same", "zina")
    held.identities.say([(ONE, OTHER)], "different", "ivan")
    (said,) = held.identities.said()
    assert (said.one, said.other, said.said, said.by) == (ONE, OTHER, "different", "ivan")
    keep(held)
    assert held.identities.said() == [said], "a new grouping takes no word back"
    held.identities.forget([(OTHER, ONE)])
    assert held.identities.said() == []


def test_nothing_is_written_without_the_lock(store: Store) -> None:
    with pytest.raises(LockedError):
        keep(store)
    with pytest.raises(LockedError):
        store.identities.say([(ONE, OTHER)], "same", "zina")
    assert store.identities.said() == []
