"""Over several pulls: values that people change back, and items of ours whose reason is gone."""

from __future__ import annotations

from typing import Any

from connector.store.database import open_store

from .shared import AS_OF, Live, call, writes

DAY = 86_400
"""Seconds by which the portal's clock goes on."""


def a_round(live: Live, as_of: str = AS_OF) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pull, plan and apply; return the plan and the outcome."""
    assert live.project("pull").code == 0
    plan = live.project("plan", "--as-of", as_of, "--format", "json").json
    result = live.project("apply", plan["fingerprint"], "--yes", "--format", "json")
    return plan, result.json


def about(changes: list[dict[str, Any]], target: str, kind: str = "set_field") -> list[dict[str, Any]]:
    return [each for each in changes if each.get("target") == target and each["kind"] == kind]


def test_a_value_changed_back_twice_is_contested_shown_and_not_written(ripe: Live) -> None:
    client = ripe.changes("set_field")[0]["target"]

    def change_back() -> None:
        ripe.portal.act("edit", entity="company", id=client, fields={"UF_CRM_ABC_CLASS": "?"})

    for _ in range(2):
        plan, outcome = a_round(ripe)
        (change,) = about(plan["changes"], client)
        assert {line["key"]: line["state"] for line in outcome["changes"]}[change["key"]] == "done"
        change_back()
    found = len(writes(ripe.portal))
    for _ in range(2):
        plan, _ = a_round(ripe)
        assert about(plan["changes"], client) == []
        assert [each["why"] for each in plan["unsent"] if each["key"] == change["key"]] == ["contested"]
        assert len(writes(ripe.portal)) == found
    lines = ripe.project("plan", "--as-of", AS_OF).out.splitlines()
    assert any("значение дважды вернули назад, решает человек" in line for line in lines)
    assert ripe.portal.state("vendor")["vendor"]["company"][int(client) - 1]["UF_CRM_ABC_CLASS"] == "?"
    with open_store(f"sqlite:///{ripe.project.folder / 'connector.db'}") as store:
        assert [each.change.key for each in store.changes.by_state("contested")] == [change["key"]]


def test_a_plan_right_after_the_apply_takes_nothing_for_changed_back(ripe: Live) -> None:
    """The control: nobody changed anything, the store just did not read the portal since."""
    a_round(ripe)
    plan = ripe.project("plan", "--as-of", AS_OF, "--format", "json").json
    assert plan["changes"] == []
    assert a_round(ripe)[0]["changes"] == []


def test_a_task_of_ours_is_closed_once_the_client_was_contacted(ripe: Live) -> None:
    _, outcome = a_round(ripe)
    task = ripe.changes("create_task")[0]
    number = {line["key"]: line["external_id"] for line in outcome["changes"]}[task["key"]]
    assert about(a_round(ripe)[0]["changes"], task["target"], "complete_task") == []

    held = {
        "client": task["target"], "employee": task["assignee"], "kind": "call", "direction": "out",
        "status": "completed", "completed_at": "2026-10-01T11:00:00+03:00",
        "logged_at": "2026-10-01T11:05:00+03:00",
    }  # fmt: skip
    ripe.portal.act("insert", table="events", row=held)
    plan, outcome = a_round(ripe, "2026-10-01T12:00")
    (closing,) = about(plan["changes"], task["target"], "complete_task")
    assert (closing["item"], closing["reason"]) == (number, "контакт с клиентом состоялся")
    rows = {row["ID"]: row for row in ripe.portal.state("vendor")["vendor"]["task"]}
    assert rows[number]["STATUS"] == "5"
    plan, _ = a_round(ripe, "2026-10-01T13:00")
    assert about(plan["changes"], task["target"], "complete_task") == []


def test_a_call_that_we_close_ourselves_is_no_contact(ripe: Live) -> None:
    """Clarification 39: planned by us and completed by our own account, nobody touched the client."""
    ripe.project.edit("policies/next-contact.toml", r"^#? ?item = .*$", 'item = "call"')
    plan, outcome = a_round(ripe)
    call_ = next(change for change in plan["changes"] if change["kind"] == "plan_contact")
    number = {line["key"]: line["external_id"] for line in outcome["changes"]}[call_["key"]]
    held = {
        "client": call_["target"], "employee": call_["assignee"], "kind": "meeting", "status": "completed",
        "completed_at": "2026-10-01T11:00:00+03:00", "logged_at": "2026-10-01T11:05:00+03:00",
    }  # fmt: skip
    ripe.portal.act("insert", table="events", row=held)
    ripe.portal.act("advance", seconds=DAY)
    plan, _ = a_round(ripe, "2026-10-02T12:00")
    (closing,) = about(plan["changes"], call_["target"], "complete_task")
    assert (closing["of"], closing["item"]) == ("contact", number)
    rows = {row["ID"]: row for row in ripe.portal.state("vendor")["vendor"]["activity"]}
    assert (rows[number]["COMPLETED"], rows[number]["EDITOR_ID"]) == ("Y", "1")

    assert ripe.project("pull").code == 0
    assert coverage(ripe, call_["target"]) == 1, "the meeting of the day before, and nothing else"
    ripe.portal.act("advance", seconds=DAY)
    ripe.portal.act("complete_activity", id=number, by=call_["assignee"])
    assert ripe.project("pull").code == 0
    assert coverage(ripe, call_["target"]) == 2, "the control: a person completes it on a third day"


def coverage(live: Live, client: str) -> int:
    """Return how many contacts by anybody the norm counts for the client in October."""
    result = call(live.project.folder, "decide", "--as-of", "2026-10-04T23:00", "--format", "jsonl")
    found = [
        line["numbers"]["coverage"]
        for line in result.lines
        if (line["rule"], line["subject"], line["period"]) == ("contact_norm", f"client:{client}", "2026-10")
    ]
    return int(found[0])
