"""The store against the neutral firm behind the stand-in: every record, every field, under every switch."""

from __future__ import annotations

import pytest
from amocrm_truth import differences

SWITCHES = (
    ["always_next"],
    ["missing_next=:all"],
    ["false_next=:all"],
    ["empty_200"],
    ["early_204=2"],
    ["short_pages=7"],
    ["short_pages=50"],
    ["filter_off"],
    ["filter_lies"],
    ["always_next", "empty_200", "filter_lies"],
    ["too_many=3"],
    ["too_many=2", "html_429"],
    ["delete_mid_pull=10"],
    ["insert_mid_pull=10"],
    ["change_mid_pull=10"],
    ["short_pages=7", "delete_mid_pull=10"],
    ["short_pages=7", "insert_mid_pull=10"],
    ["short_pages=7", "change_mid_pull=10"],
    ["short_pages=7", "early_204=2"],
    ["short_pages=7", "always_next", "filter_lies"],
    ["legacy_enum"],
    ["whole_prices"],
    ["inn_as_text"],
    ["no_reasons=2"],
    ["deleted_reason=1"],
    ["php_arrays"],
)
"""What an account may do wrong while it is read (fact sheet, section 11)."""


@pytest.mark.parametrize("faults", SWITCHES, ids=" ".join)
def test_a_switch_changes_nothing_of_what_is_stored(faults, stand_in, connect, pull, store):
    sandbox = stand_in(faults=faults)

    outcomes = pull(connect(sandbox.url))

    assert all(outcome.ok for outcome in outcomes.values()), outcomes
    assert sum(outcome.quarantined for outcome in outcomes.values()) == 0
    assert differences(store, sandbox.state()) == []


def test_every_record_and_field_is_as_in_truth(stand_in, connect, pull, store):
    sandbox = stand_in()

    outcomes = pull(connect(sandbox.url))

    assert all(outcome.ok for outcome in outcomes.values()), outcomes
    assert sum(outcome.quarantined for outcome in outcomes.values()) == 0
    assert differences(store, sandbox.state()) == []


def test_what_an_account_hides_is_missing_and_nothing_else(stand_in, connect, pull, store):
    """An archived pipeline is off the list, so its leads show ids; a deleted user is nobody."""
    sandbox = stand_in(faults=["archived_pipeline=2", "deleted_user=4"])

    outcomes = pull(connect(sandbox.url))

    assert all(outcome.ok for outcome in outcomes.values()), outcomes
    found = differences(store, sandbox.state())
    assert "Employee 4: not in the store" in found
    known = ("Employee 4: not in", "stage_history: ")
    lines = [line for line in found if not line.startswith(known)]
    assert {line.split()[2].rstrip(":") for line in lines} <= {"pipeline", "stage", "employee"}
    assert {line.split()[0] for line in lines} <= {"Deal", "Event"}


def test_rows_that_cannot_be_read_step_aside_with_the_field(stand_in, connect, pull, store):
    sandbox = stand_in(faults=["garbage_rows=10"])

    outcomes = pull(connect(sandbox.url))

    assert outcomes["companies"].quarantined == 6
    assert outcomes["companies"].new == 54
    waiting = store.quarantine.ids("main", "companies")
    assert len(waiting) == 6
