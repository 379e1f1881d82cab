"""One firm in three CRMs: together they hold it, each call stands in one, and the firm stays as it was."""

from __future__ import annotations

from copy import deepcopy

from conftest import firm

from connector.sandbox.company.sharing import shared_out


def ids(company, table: str) -> list[str]:
    return [row["id"] for row in company.tables[table]]


def test_together_they_hold_the_firm() -> None:
    whole = firm(clients=60)
    before = deepcopy(whole.tables)
    first, second, third = shared_out(whole)

    assert whole.tables == before
    assert sorted(ids(first, "events") + ids(second, "events")) == sorted(ids(whole, "events"))
    assert first.tables["clients"] == whole.tables["clients"]
    assert ids(second, "employees") == ids(whole, "employees")
    assert second.tables["deals"] == []
    told = {row["id"] for row in third.tables["clients"]}
    assert third.tables["sales"] == [row for row in whole.tables["sales"] if row["client"] in told]
    assert (first.tables["sales"], second.tables["sales"], third.tables["events"]) == ([], [], [])
    assert told > {row["id"] for row in second.tables["clients"]}


def test_what_stands_in_both_can_be_told_by_its_inn_and_has_calls_in_each() -> None:
    first, second, _ = shared_out(firm(clients=60))
    inns = [row["inn"] for row in first.tables["clients"]]
    shared = {row["id"]: row for row in second.tables["clients"]}

    assert len(shared) > 10
    assert all(inns.count(row["inn"]) == 1 and row["kpp"] for row in shared.values())
    for half in (first, second):
        called = {row["client"] for row in half.tables["events"] if row["kind"] == "call"}
        assert len(called & set(shared)) > 10
    assert {row["client"] for row in second.tables["events"]} <= set(shared)
    assert {row["deal"] for row in second.tables["events"]} == {""}
