"""Which records are looked at once more, as nothing stamped what may have become of them."""

from __future__ import annotations

from connector.model import Client, Contact, Deal, Event, Ref
from connector.store.database import Store
from connector.store.quarantine import Rejected

from .records import SOURCE, Place, client, event, save, utc


def deal(external_id: str, client_id: str) -> Deal:
    return Deal(
        ref=Ref(SOURCE, external_id),
        client=client_id,
        title="Поставка",
        pipeline="Продажи",
        stage="Новая",
        stage_kind="open",
    )


def test_what_names_a_deleted_client_or_deal_is_doubtful(held: Store) -> None:
    save(held, client("C1"), client("C2"), stream="clients")
    save(held, deal("D1", "C2"), deal("D2", "C1"), stream="deals")
    save(held, event("E1", client="C1"), event("E2", client="C2", deal="D1"), event("E3", client="C2"))
    assert held.doubts.orphans(SOURCE, "events", Event, None) == []

    held.removals.delete(SOURCE, Client, ["C1"])
    held.removals.delete(SOURCE, Deal, ["D1"])
    assert held.doubts.orphans(SOURCE, "events", Event, None) == ["E1", "E2"]
    assert held.doubts.orphans(SOURCE, "deals", Deal, None) == ["D2"]
    assert held.doubts.orphans(SOURCE, "clients", Client, None) == []


def test_only_what_was_deleted_since_the_last_look_counts(held: Store) -> None:
    save(held, client("C1"), stream="clients")
    save(held, event("E1", client="C1"))
    held.removals.delete(SOURCE, Client, ["C1"])
    assert held.doubts.orphans(SOURCE, "events", Event, utc("2020-01-01T00:00")) == ["E1"]
    assert held.doubts.orphans(SOURCE, "events", Event, utc("2999-01-01T00:00")) == []


def test_other_sources_streams_and_deleted_records_are_none_of_it(held: Store) -> None:
    save(held, client("C1"), stream="clients")
    save(held, event("E1", client="C1"), stream="calls")
    save(held, event("E2", client="C1"))
    held.removals.delete(SOURCE, Client, ["C1"])
    held.removals.delete(SOURCE, Event, ["E2"])
    assert held.doubts.orphans(SOURCE, "events", Event, None) == []
    assert held.doubts.orphans("other", "calls", Event, None) == []
    assert held.doubts.orphans(SOURCE, "contacts", Contact, None) == []


def test_what_a_sweep_saw_and_the_store_lacks_is_a_stranger(held: Store) -> None:
    save(held, event("E1"), event("E2"), event("E3"), place=Place({"page": 1}))
    save(held, rejected=[Rejected("E4", "bad", {})], place=Place({"page": 2}))
    held.removals.delete(SOURCE, Event, ["E3"])
    held.removals.note(SOURCE, "events", Event, ["E1", "E3", "E4", "E5"])
    assert held.doubts.strangers(SOURCE, "events", Event) == ["E3", "E5"]
    assert held.doubts.strangers(SOURCE, "calls", Event) == []
