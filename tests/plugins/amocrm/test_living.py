"""What is gone untold, what is only hidden from us, and a pull that was interrupted."""

from __future__ import annotations

import pytest
from amocrm_truth import differences

from connector.model import Client, Event
from connector.sandbox.company.generate import generate

from .conftest import AS_OF


@pytest.fixture
def sandbox(stand_in):
    return stand_in(generate(clients=20, seed=7, as_of=AS_OF, events_per_client=8))


def test_a_note_that_is_gone_untold_shows_with_the_next_look(sandbox, connect, pull, store):
    connection = connect(sandbox.url, sweep_hours=0)
    pull(connection)
    note = next(row for row in sandbox.state()["vendor"]["notes"] if row["entity_type"] == "companies")
    sandbox.act("delete", entity="note", id=str(note["id"]))

    outcomes = pull(connection)

    assert outcomes["company_notes"].deleted == 1
    assert store.entities.get(Event, "main", f"company-note-{note['id']}").deleted_at is not None
    assert differences(store, sandbox.state()) == []


def test_what_is_only_hidden_from_us_is_not_deleted(sandbox, connect, pull, store):
    pull(connect(sandbox.url))
    sandbox.stand_in.faults.add("token_user=5")
    sandbox.stand_in.faults.add("view_rights=companies:M")

    outcomes = pull(connect(sandbox.url, sweep_hours=0, users={"5": "Иванов"}), accept_missing=True)

    assert outcomes["companies"].error == ""
    assert outcomes["companies"].deleted == 0
    assert store.entities.count(Client, "main") == 20


def test_control_an_administrator_knows_that_it_is_deleted(sandbox, connect, pull, store):
    pull(connect(sandbox.url))
    sandbox.act("delete", entity="company", id="7")

    assert pull(connect(sandbox.url))["companies"].deleted == 1
    assert store.entities.count(Client, "main") == 19


@pytest.mark.parametrize(
    "stream", ["companies", "contacts", "stage_history", "owners", "company_notes", "tasks"]
)
def test_an_interrupted_pull_goes_on_and_ends_with_the_truth(stream, sandbox, connect, pull, store):
    sandbox.stand_in.faults.add("short_pages=7")

    class StopError(Exception):
        pass

    def stop(outcome) -> None:
        if outcome.stream == stream and outcome.pages == 2:
            raise StopError

    with pytest.raises(StopError):
        pull(connect(sandbox.url), watch=stop)
    sandbox.act("delete", entity="company", id="2")

    outcomes = pull(connect(sandbox.url, sweep_hours=0))

    assert [outcome.error for outcome in outcomes.values() if not outcome.ok] == []
    missing = [line for line in differences(store, sandbox.state()) if "not in the store" in line]
    assert missing == []
