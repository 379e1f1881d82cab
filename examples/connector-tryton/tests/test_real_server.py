"""From a real Tryton server to the store and back: what the store holds, what is written, and how often."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from conftest import Office
from tryton_server import KEY

from connector import ClearFlag, RefusedError, SetFlag
from connector.config import load_settings
from connector.sync.sources import open_sources

Row = tuple[Any, ...]
STAFF, PARTY, DEALS = "company.employee", "party.party", "sale.opportunity"
ANNA_LEAVES = "client;to;reason\n{client};{to};she has left\n"


def stored(office: Office, query: str) -> set[Row]:
    with closing(sqlite3.connect(office.project.folder / "connector.db")) as database:
        return set(database.execute(query))


def test_store_equals_the_api_each_change_is_written_once_and_then_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, firm, project = office.api, office.firm, office.project
    for command in ("doctor", "pull"):
        ran = project(command)
        assert ran.code == 0, ran.out + ran.err
    check_store(office)
    assert office.written() == []

    assert project("plan", "-o", "plan.json").code == 2
    tasks = json.loads((project.folder / "plan.json").read_text(encoding="utf-8"))["changes"]
    assert tasks
    assert {task["kind"] for task in tasks} == {"create_task"}
    assert project("apply", "plan.json", "--yes").code == 0
    assert office.written() == ["POST /firm/rest/model/ir.note"] * len(tasks)
    notes = [note for note in api.ask("GET", "ir.note", "resource message") if note["id"] not in firm.notes]
    noted = {note["resource"]: note["message"] for note in notes}
    for task in tasks:
        first, *_, last = noted[f"party.party,{task['target']}"].splitlines()
        assert (first, last) == (task["title"], f"[cpc-{task['key']}]")

    check_owner(office)
    api.ask("PUT", f"party.party/{firm.clients[1]}", name="Renamed meanwhile")
    with pytest.raises(AssertionError, match="from client"):  # control: the store is behind, and that shows
        check_store(office)
    written = office.written()
    assert project("run", "--yes").code == 0
    assert office.written() == written, "the second time there is nothing left to write"
    check_store(office)
    monkeypatch.setenv("CRM_KEY", KEY)
    check_flag(office)


def check_store(office: Office) -> None:
    """See that the store holds what the server's own interface shows, read by nothing of the plugin's."""
    for query, shown in (
        ("select external_id, name, active from employee", people(office)),
        ("select external_id, name, owner, phones, status from client", clients(office)),
        ("select external_id, client, owner, stage, stage_kind, amount, currency from deal", deals(office)),
        ("select external_id, client, employee, kind, status, subject from event", contacts(office)),
        ("select external_id, status from task", tasks_of_ours(office)),
    ):
        assert stored(office, query) == set(shown), query


def people(office: Office) -> list[Row]:
    shown = office.api.ask("GET", STAFF, "rec_name")
    assert {each["id"] for each in shown} == {office.firm.anna, office.firm.boris}
    return [(str(each["id"]), each["rec_name"], 1) for each in shown]


def clients(office: Office) -> list[Row]:
    """Return the parties but the firm itself, its people and its supplier."""
    owners = {each["party"]: str(each["employee"]) for each in office.api.ask("GET", DEALS, "party employee")}
    shown = [each for each in office.api.ask("GET", PARTY, "name phone") if each["id"] in office.firm.clients]
    assert len(shown) == len(office.firm.clients) == 3
    return [
        (str(each["id"]), each["name"], owners[each["id"]], json.dumps([each["phone"]]), "active")
        for each in shown
    ]


def deals(office: Office) -> list[Row]:
    shown = office.api.ask("GET", DEALS, "party employee state amount")
    assert len(shown) == len(office.firm.deals)
    return [
        (*ids, "lead", "open", cents(each["amount"]), "EUR")
        for each in shown
        for ids in [[str(each[name]) for name in ("id", "party", "employee")]]
    ]


def cents(amount: dict[str, str] | None) -> int | None:
    return None if amount is None else int(amount["decimal"].replace(".", ""))


def contacts(office: Office) -> list[Row]:
    """Return the notes that people left: all are Boris's, as whose user the firm was made."""
    shown = [office.api.ask("GET", f"ir.note/{note}", "resource message") for note in office.firm.notes]
    return [
        (str(each["id"]), each["resource"].split(",")[1], boris, "call", "completed", each["message"])
        for each in shown
        for boris in [str(office.firm.boris)]
    ]


def tasks_of_ours(office: Office) -> list[Row]:
    return [
        (str(each["id"]), "open")
        for each in office.api.ask("GET", "ir.note")
        if each["id"] not in office.firm.notes
    ]


def check_owner(office: Office) -> None:
    """Give Anna's client to Boris: one request, to its opportunity."""
    firm, project = office.firm, office.project
    client, deal = firm.clients[2], firm.deals[2]
    order = ANNA_LEAVES.format(client=f"crm:{client}", to=firm.boris)
    (project.folder / "orders.csv").write_text(order, encoding="utf-8")
    before = len(office.written())
    ran = project("assign", "orders.csv", "-o", "owners.json")
    assert ran.code in (0, 2), ran.out + ran.err
    assert project("apply", "owners.json", "--yes").code == 0
    moves = [each for each in office.written()[before:] if DEALS in each]
    assert moves == [f"PUT /firm/rest/model/{DEALS}/{deal}"]
    assert office.api.ask("GET", f"{DEALS}/{deal}", "employee")["employee"] == firm.boris


def check_flag(office: Office) -> None:
    """Set a flag twice and clear it: the category is there once, then gone."""
    party = office.firm.clients[0]
    common: dict[str, Any] = {
        "key": "0" * 20, "source": "crm", "target": str(party), "policy": "p", "policy_version": "1",
        "rule": "r", "subject": "s", "period": "2026-10", "reason": "a test", "flag": "key_account",
    }  # fmt: skip
    with open_sources(load_settings(office.project.folder)) as sources:
        plugin = sources["crm"]
        for change, wanted in (
            (SetFlag(**common, new=True), ["Client", "Key account"]),
            (SetFlag(**common, new=True), ["Client", "Key account"]),
            (ClearFlag(**common), ["Client"]),
        ):
            assert plugin.send([change]) == {change.key: str(party)}
            row = office.api.ask("GET", f"party.party/{party}", "categories.name")
            assert sorted(each["name"] for each in row["categories"]) == wanted
        lost = SetFlag(**{**common, "flag": "nobody_knows"}, new=True)
        assert isinstance(plugin.send([lost])[lost.key], RefusedError)
