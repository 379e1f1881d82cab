"""What people did between two pulls: changed, made, completed, handed over, deleted, merged, restored."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from amocrm_truth import differences

from connector.model import Client
from connector.sandbox.company.generate import generate

AS_OF = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.fixture(params=[[], ["filter_lies"], ["filter_off"], ["short_pages=7"]], ids=" ".join)
def pulled(request, stand_in, connect, pull):
    """An account that was pulled once, its connector, and a function that pulls again."""
    sandbox = stand_in(generate(clients=20, seed=7, as_of=AS_OF), faults=request.param)
    connection = connect(sandbox.url)
    assert all(outcome.ok for outcome in pull(connection).values())
    return sandbox, lambda: pull(connection)


def test_nothing_new_is_nothing_changed(pulled, store):
    sandbox, again = pulled

    outcomes = again()

    assert {outcome.mode for outcome in outcomes.values()} == {"changes"}
    assert sum(outcome.new + outcome.changed + outcome.deleted for outcome in outcomes.values()) == 0
    assert differences(store, sandbox.state()) == []


def test_what_people_changed_arrives(pulled, store):
    sandbox, again = pulled
    planned = next(row["id"] for row in sandbox.state()["vendor"]["tasks"] if not row["is_completed"])
    sandbox.act("complete_task", id=planned)
    sandbox.act("change_owner", client="5", owner="4")
    sandbox.act("update", table="clients", id="6", fields={"region": "Тверь", "phones": "+74951234567"})

    outcomes = again()

    assert [outcome.error for outcome in outcomes.values() if not outcome.ok] == []
    assert outcomes["companies"].changed == 2
    assert differences(store, sandbox.state()) == []


def test_what_was_deleted_is_gone_although_its_row_came_late(pulled, store):
    sandbox, again = pulled
    sandbox.act("update", table="clients", id="7", fields={"region": "Тверь"})
    sandbox.act("delete", entity="company", id="7")

    outcomes = again()

    assert outcomes["companies"].deleted == 1
    assert store.entities.get(Client, "main", "7").deleted_at is not None


def test_what_was_brought_back_stays(pulled, store):
    sandbox, again = pulled
    sandbox.act("delete", entity="company", id="7")
    sandbox.act("restore", entity="company", id="7")

    again()

    assert store.entities.get(Client, "main", "7").deleted_at is None


def test_of_merged_companies_one_is_left(pulled, store):
    sandbox, again = pulled
    sandbox.act("merge", into="8", gone="9")

    outcomes = again()

    assert [outcome.error for outcome in outcomes.values() if not outcome.ok] == []
    gone = [store.entities.get(Client, "main", each).deleted_at is not None for each in ("8", "9")]
    assert gone == [False, True]
