"""`connector undo RUN`: all that a run wrote returns to what it was, except what people changed since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Project, firm

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    change_key,
)
from connector.plan.model import Plan, write_plan
from connector.sandbox.server import Sandbox
from connector.store.database import open_store

from .shared import connect, the_line, writes

DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
PER_KIND = 25
CLIENTS = 60
TOUCHED = 3
"""How many of each kind people change after the run."""


class Office:
    """A project that may write everything, its portal, and changes about its clients made by hand."""

    def __init__(self, project: Project, portal: Sandbox) -> None:
        self.project, self.portal = project, portal

    def rows(self, entity: str) -> dict[str, dict[str, Any]]:
        return {row["ID"]: row for row in self.portal.state("vendor")["vendor"][entity]}

    def common(self, client: str, kind: str, period: str = "2026-10") -> dict[str, Any]:
        return {
            "key": change_key("norm", int(client), f"portal:{client}", kind, period),
            "source": "portal", "target": client, "policy": "norm", "policy_version": "1",
            "rule": "contact_norm", "subject": f"client:{client}", "client_name": f"Клиент {client}",
            "period": period, "reason": "проверка",
        }  # fmt: skip

    def apply(self, *changes: AnyChange, as_of: datetime = DUE) -> str:
        """Apply a plan file of the changes by the command line; return the run's id."""
        file = self.project.folder / "by-hand.json"
        write_plan(Plan(as_of=as_of, zone="Europe/Moscow", policies=(), changes=changes), file)
        result = self.project("apply", str(file), "--yes", "--beyond-limits", "--format", "json")
        assert result.json["outcome"] == {"done": len(changes)}, result.json["changes"]
        run: str = self.project("runs", "--limit", "1", "--format", "json").json[0]["id"]
        return run

    def made(self, change: AnyChange) -> str:
        with open_store(f"sqlite:///{self.project.folder / 'connector.db'}") as store:
            stored = store.changes.get(change.key)
            assert stored is not None
            return str(stored.external_id)

    def states(self, changes: list[AnyChange]) -> Counter[str]:
        with open_store(f"sqlite:///{self.project.folder / 'connector.db'}") as store:
            return Counter(store.changes.known([change.key for change in changes]).values())


@pytest.fixture
def office(project: Project, portal: Callable[..., Sandbox]) -> Office:
    company = firm(clients=CLIENTS, events=2)
    own = portal(company, as_of=company.as_of)
    connect(project.folder, own.url)
    project.edit(
        "plugins.toml", r"^write = .*$", 'write = ["task", "contact", "flag", "field", "note", "owner"]'
    )
    project.edit("plugins.toml", r"^# flags = .*$", 'flags = { key_account = "UF_CRM_KEY_CLIENT" }')
    return Office(project, own)


def mixed(office: Office) -> dict[str, list[AnyChange]]:
    """Return 25 changes of each of eight kinds; the items of three kinds stand in the portal before."""
    cards, users = office.rows("company"), office.rows("user")
    working = [number for number, row in users.items() if row["ACTIVE"] is True]
    clients = [
        n for n, row in cards.items() if row["ASSIGNED_BY_ID"] in working and row["IS_MY_COMPANY"] != "Y"
    ]
    assert len(clients) >= PER_KIND
    clients = clients[:PER_KIND]
    owner = {client: cards[client]["ASSIGNED_BY_ID"] for client in clients}
    other = {client: next(each for each in working if each != owner[client]) for client in clients}

    def todo(client: str) -> dict[str, Any]:
        return {"assignee": owner[client], "title": "Связаться", "due": DUE}

    def earlier(client: str, period: str) -> CreateTask:
        return CreateTask(**office.common(client, "create_task", period), **todo(client))

    before = [earlier(client, period) for client in clients for period in ("2026-07", "2026-08")]
    calls = [
        PlanContact(**office.common(client, "plan_contact", "2026-07"), **todo(client)) for client in clients
    ]
    office.apply(*before, *calls)
    tasks = {(task.target, task.period): office.made(task) for task in before}
    planned = {call.target: office.made(call) for call in calls}
    flagged = {client: cards[client]["UF_CRM_KEY_CLIENT"] == "1" for client in clients}

    def expecting(client: str, name: str, held: Any) -> dict[str, Any]:
        return office.common(client, name) | {"expected": {name: held}}

    found: dict[str, list[AnyChange]] = {kind: [] for kind in KINDS}
    for client in clients:
        old, new = owner[client], other[client]
        found["task"].append(CreateTask(**office.common(client, "create_task"), **todo(client)))
        found["contact"].append(PlanContact(**office.common(client, "plan_contact"), **todo(client)))
        found["field"].append(SetField(**expecting(client, "abc_class", None), field="abc_class", new="A"))
        found["flag"].append(
            SetFlag(
                **office.common(client, "set_flag"), flag="key_account", old=flagged[client] or None,
                new=not flagged[client],
            )
        )  # fmt: skip
        found["owner"].append(ChangeOwner(**expecting(client, "owner", old), old=old, new=new))
        found["moved task"].append(
            ReassignActivity(
                **expecting(client, "assignee", old),
                of="task",
                item=tasks[client, "2026-07"],
                old=old,
                new=new,
            )
        )
        found["moved call"].append(
            ReassignActivity(
                **office.common(client, "moved call"), of="contact", item=planned[client], old=old, new=new
            )
        )
        found["closed"].append(CompleteTask(**expecting(client, "open", True), item=tasks[client, "2026-08"]))
    return found


KINDS = ("task", "contact", "field", "flag", "owner", "moved task", "moved call", "closed")


def shown(office: Office) -> dict[str, Any]:
    """Return what the portal holds, as far as a change can touch it: by entity, id and field."""
    fields = {
        "company": ("ASSIGNED_BY_ID", "UF_CRM_ABC_CLASS", "UF_CRM_KEY_CLIENT"),
        "activity": ("RESPONSIBLE_ID", "COMPLETED", "SUBJECT", "START_TIME"),
        "task": ("RESPONSIBLE_ID", "STATUS", "TITLE", "DEADLINE"),
        "deal": ("ASSIGNED_BY_ID",),
    }
    return {
        f"{entity} {number} {field}": row[field] or None
        for entity, names in fields.items()
        for number, row in office.rows(entity).items()
        for field in names
    }


def act_as_people(office: Office, changes: dict[str, list[AnyChange]]) -> set[str]:
    """Change what the first of each kind wrote, as people do; return the keys of those changes."""
    act, touched = office.portal.act, []
    for place in range(TOUCHED):
        one = {kind: some[place] for kind, some in changes.items()}
        third = next(
            number for number, row in office.rows("user").items()
            if row["ACTIVE"] is True and number not in (one["owner"].old, one["owner"].new)  # type: ignore[union-attr]  # it is a ChangeOwner
        )  # fmt: skip
        act("complete_task", id=office.made(one["task"]))
        act("complete_activity", id=office.made(one["contact"]), by=third)
        act("change_owner", client=one["owner"].target, owner=third)
        act("complete_activity", id=one["moved call"].place[1], by=third)
        act("edit", entity="company", id=one["field"].target, fields={"UF_CRM_ABC_CLASS": "C"})
        touched += [one[kind].key for kind in ("task", "contact", "owner", "moved call", "field")]
    return set(touched)


def test_200_mixed_changes_are_taken_back_except_what_people_changed_since(office: Office) -> None:
    changes = mixed(office)
    every = [change for some in changes.values() for change in some]
    assert len(every) == 200
    before = shown(office)
    run = office.apply(*every)
    after = shown(office)
    assert len({key for key in before if after[key] != before[key]}) >= 5 * PER_KIND
    touched = act_as_people(office, changes)
    by_people = shown(office)

    result = office.project("undo", run[:8], "--yes", "--format", "json")

    assert result.code == 3, result.err
    assert result.json["outcome"] == {"done": 200 - len(touched)}
    assert {each["key"] for each in result.json["left"]} == touched
    assert {each["why"] for each in result.json["left"]} == {"conflict"}
    assert office.states(every) == {"undone": 200 - len(touched), "done": len(touched)}
    expected = before | {key: value for key, value in by_people.items() if value != after.get(key)}
    ours = {office.made(change) for change in changes["task"]}
    now = shown(office)
    closed = {f"task {number} STATUS" for number in ours}
    assert {now[key] for key in closed} == {"5"}, "a portal keeps tasks: those of ours are closed"
    left = {
        f"activity {office.made(change)} COMPLETED" for change in changes["contact"] if change.key in touched
    }
    assert {now[key] for key in left} == {"Y"}
    different = {key for key in expected if now.get(key) != expected[key]}
    assert different == set()
    born = {key.rsplit(" ", 1)[0] for key in now.keys() - before.keys()}
    tasks = {f"task {number}" for number in ours}
    assert tasks <= born
    assert {key.split()[0] for key in born - tasks} == {"activity"}, "those of the tasks, and the calls held"

    again = office.project("undo", run[:8], "--yes", "--format", "json")
    assert (again.json["outcome"], len(again.json["left"])) == ({}, len(touched))
    assert shown(office) == now


def test_what_was_taken_back_does_not_come_again(office: Office) -> None:
    change = mixed_field(office)
    run = office.apply(change)
    assert office.project("undo", run, "--yes").code == 0
    assert office.rows("company")["1"]["UF_CRM_ABC_CLASS"] in (None, "")
    found = len(writes(office.portal))
    again = Plan(
        as_of=datetime(2026, 10, 6, tzinfo=UTC), zone="Europe/Moscow", policies=(), changes=(change,)
    )
    write_plan(again, office.project.folder / "again.json")
    assert office.project("apply", str(office.project.folder / "again.json"), "--yes").code == 0
    assert len(writes(office.portal)) == found


def mixed_field(office: Office) -> SetField:
    return SetField(
        **office.common("1", "set_field"), expected={"abc_class": None}, field="abc_class", new="A"
    )


def test_an_undo_can_be_undone(office: Office) -> None:
    run = office.apply(mixed_field(office))
    office.project("undo", run, "--yes")
    undoing = office.project("runs", "--limit", "1", "--format", "json").json[0]
    assert undoing["command"] == "undo"
    assert office.project("undo", undoing["id"], "--yes").code == 0
    assert office.rows("company")["1"]["UF_CRM_ABC_CLASS"] == "A"


def test_notes_stay_and_are_said_to(office: Office) -> None:
    run = office.apply(AddNote(**office.common("1", "add_note"), text="Передан"))
    result = office.project("undo", run, "--yes")
    assert result.code == 3
    assert "  1 — назад не берётся: заметки остаются в истории клиента" in result.out.splitlines()
    assert result.out.splitlines()[-1] == "Nothing was taken back."
    assert len(office.rows("comment")) == 1


def test_a_value_that_a_person_put_back_already_is_undone_without_a_write(office: Office) -> None:
    change = mixed_field(office)
    run = office.apply(change)
    office.portal.act("edit", entity="company", id="1", fields={"UF_CRM_ABC_CLASS": ""})
    found = len(writes(office.portal))
    result = office.project("undo", run, "--yes", "--format", "json")
    assert result.json["outcome"] == {"skipped": 1}
    assert office.states([change]) == {"undone": 1}
    assert len(writes(office.portal)) == found


def test_a_person_who_acts_between_the_look_and_the_write_wins(office: Office) -> None:
    """The undo's own plan, applied later as a file: it goes the same way as any plan."""
    change = mixed_field(office)
    run = office.apply(change)
    refused = office.project("undo", run)
    assert refused.code == 4
    assert "add --yes" in refused.err
    with open_store(f"sqlite:///{office.project.folder / 'connector.db'}") as store:
        plan = store.plans.latest()
    assert plan is not None
    assert json.loads(plan.document)["changes"][0]["undoes"] == change.key
    office.portal.act("edit", entity="company", id="1", fields={"UF_CRM_ABC_CLASS": "C"})
    result = office.project("apply", plan.fingerprint[:8], "--yes", "--format", "json")
    assert result.json["outcome"] == {"conflict": 1}
    assert office.rows("company")["1"]["UF_CRM_ABC_CLASS"] == "C"
    assert office.states([change]) == {"done": 1}


def test_nobody_there_to_ask_means_nothing_is_sent(office: Office) -> None:
    run = office.apply(mixed_field(office))
    found = len(writes(office.portal))
    assert office.project("undo", run, "--format", "json").code == 4
    assert len(writes(office.portal)) == found


def test_a_run_that_is_not_there_is_one_line(office: Office) -> None:
    result = office.project("undo", "deadbeef", "--yes")
    assert (result.code, the_line(result)) == (
        4,
        "no run begins with 'deadbeef' — list them with `connector runs`",
    )


def test_a_source_that_is_named_no_more_is_one_line(office: Office, tmp_path: Path) -> None:
    run = office.apply(mixed_field(office))
    office.project.edit("plugins.toml", r'^name = "portal"', 'name = "renamed"')
    result = office.project("undo", run, "--yes")
    assert result.code == 4
    assert "which plugins.toml does not name any more" in the_line(result)


def test_more_new_owners_than_the_settings_allow_are_held_until_somebody_looked(office: Office) -> None:
    office.project.edit("plugins.toml", "^# owner_changes = .*", "owner_changes = 1")
    owners = mixed(office)["owner"][:2]
    file = office.project.folder / "owners.json"
    write_plan(Plan(as_of=DUE, zone="Europe/Moscow", policies=(), changes=tuple(owners)), file)
    result = office.project("apply", str(file), "--yes")
    assert result.code == 3
    (line,) = [line for line in result.out.splitlines() if "limit of 1" in line]
    assert "connector apply PLAN --beyond-limits" in line
    assert office.states(owners) == {"planned": 2}
    assert office.project("apply", str(file), "--yes", "--beyond-limits").code == 0
    assert office.states(owners) == {"done": 2}
