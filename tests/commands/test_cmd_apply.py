"""`connector apply`: what was approved goes out once, by whatever name the plan is called."""

from __future__ import annotations

import getpass
import json
from collections import Counter
from pathlib import Path

import pytest

from connector.store.database import open_store
from connector.store.plans import Approval

from .shared import AS_OF, Live, set_mode, the_line, writes


def approvals(live: Live) -> dict[str, Approval]:
    with open_store(f"sqlite:///{live.project.folder / 'connector.db'}") as store:
        return store.plans.approvals(live.plan["fingerprint"])


@pytest.mark.parametrize("by", ["file", "whole fingerprint", "its first 8"])
def test_each_change_stands_once_and_a_second_apply_writes_nothing(ripe: Live, by: str) -> None:
    fingerprint = ripe.plan["fingerprint"]
    names = {"file": str(ripe.project.folder / "plan.json"), "whole fingerprint": fingerprint}
    name = names.get(by, fingerprint[:8])
    assert writes(ripe.portal) == []
    result = ripe.project("apply", name, "--yes", "--format", "json")
    assert result.code == 0, result.err
    assert result.json["outcome"] == {"done": len(ripe.plan["changes"])}

    tasks, fields = len(ripe.changes("create_task")), len(ripe.changes("set_field"))
    assert min(tasks, fields) > 0
    found = writes(ripe.portal)
    methods = Counter(write["method"] for write in found)
    assert methods["tasks.task.add"] == tasks
    assert len(found) == tasks + fields == len(ripe.plan["changes"])
    markers = [write["marker"] for write in found if write["marker"]]
    assert len(markers) == len(set(markers)) == tasks

    again = ripe.project("apply", name, "--yes")
    assert again.code == 0
    assert again.out.splitlines()[-1] == "Nothing to send: all of it is done."
    assert writes(ripe.portal) == found


def test_people_are_told_how_many_went_out(ripe: Live) -> None:
    result = ripe.project("apply", ripe.plan["fingerprint"], "--yes")
    assert result.out.splitlines()[-1] == f"Sent: done {len(ripe.plan['changes'])}."


def test_the_outcome_names_each_record_that_was_made(ripe: Live) -> None:
    outcome = ripe.project("apply", ripe.plan["fingerprint"], "--yes", "--format", "json").json
    made = {change["key"]: change["external_id"] for change in outcome["changes"]}
    assert set(made) == {change["key"] for change in ripe.plan["changes"]}
    tasks = {str(row.get("ID") or row.get("id")) for row in ripe.portal.state("vendor")["vendor"]["task"]}
    assert {made[change["key"]] for change in ripe.changes("create_task")} <= tasks
    assert {change["key"]: change["target"] for change in ripe.changes("set_field")} == {
        change["key"]: made[change["key"]] for change in ripe.changes("set_field")
    }


def test_of_a_mixed_plan_only_what_is_not_dry_run_goes_out(ripe: Live) -> None:
    set_mode(ripe.project.folder, "next-contact", "dry_run")
    plan = ripe.project("plan", "--as-of", AS_OF, "--format", "json").json
    modes = Counter(change["mode"] for change in plan["changes"])
    assert set(modes) == {"approve", "dry_run"}
    assert ripe.project("apply", plan["fingerprint"], "--yes").code == 0
    assert len(writes(ripe.portal)) == modes["approve"]
    assert "tasks.task.add" not in {write["method"] for write in writes(ripe.portal)}


def test_dry_run_is_never_sent_even_with_yes(ripe: Live) -> None:
    for policy in ("abc", "next-contact"):
        set_mode(ripe.project.folder, policy, "dry_run")
    plan = ripe.project("plan", "--as-of", AS_OF, "--format", "json").json
    assert len(plan["changes"]) == len(ripe.plan["changes"])
    result = ripe.project("apply", plan["fingerprint"], "--yes")
    assert result.code == 0
    assert result.out.splitlines()[-1] == "Nothing was sent: this plan holds nothing that may be sent."
    assert writes(ripe.portal) == []


@pytest.mark.parametrize("output", ["human", "json"])
def test_with_nobody_to_ask_it_says_how_to_approve(ripe: Live, output: str) -> None:
    result = ripe.project("apply", ripe.plan["fingerprint"], "--format", output)
    assert result.code == 4
    assert result.err == (
        "connector: nobody is there to approve the plan — add --yes if you approve all of it\n"
    )
    assert writes(ripe.portal) == []
    assert approvals(ripe) == {}


def test_who_approved_what_is_kept(ripe: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "petrova")
    ripe.project("apply", ripe.plan["fingerprint"], "--yes")
    kept = approvals(ripe)
    assert set(kept) == {change["key"] for change in ripe.plan["changes"]}
    assert {approval.by for approval in kept.values()} == {"petrova"}


def test_a_user_without_a_name_can_apply(ripe: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number: the system knows no name for it."""

    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 10001")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert ripe.project("apply", ripe.plan["fingerprint"], "--yes").code == 0
    assert {approval.by for approval in approvals(ripe).values()} == {"somebody"}


def test_a_card_that_moved_since_the_plan_is_a_conflict_and_the_rest_goes_out(ripe: Live) -> None:
    moved = ripe.changes("create_task")[0]
    employees = ripe.portal.state("ids")["ids"]["employees"].values()
    other = next(number for number in employees if str(number) != moved["expected"]["owner"])
    ripe.portal.act("change_owner", client=moved["target"], owner=other)
    result = ripe.project("apply", ripe.plan["fingerprint"], "--yes")
    assert result.code == 3
    (line,) = [line for line in result.out.splitlines() if "conflict: " in line]
    assert moved["client_name"] in line
    assert "stale_plan: owner is" in line
    tasks = [write for write in writes(ripe.portal) if write["method"] == "tasks.task.add"]
    assert len(tasks) == len(ripe.changes("create_task")) - 1
    assert moved["key"] not in {write["marker"] for write in tasks}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("deadbeef", "no plan begins with 'deadbeef' — make one with `connector plan`"),
        ("", "'' is too short to name a plan — give a file, or the first 8 characters of the fingerprint"),
    ],
    ids=["unknown", "empty"],
)
def test_a_plan_that_is_not_there_is_one_line(ripe: Live, name: str, said: str) -> None:
    result = ripe.project("apply", name, "--yes")
    assert (result.code, the_line(result)) == (4, said)
    assert writes(ripe.portal) == []


def test_a_file_that_is_not_there_is_told_as_a_file(ripe: Live, tmp_path: Path) -> None:
    result = ripe.project("apply", str(tmp_path / "october.json"), "--yes")
    assert result.code == 1
    assert the_line(result).startswith(f"{tmp_path / 'october.json'}: No such file")


@pytest.mark.parametrize("damage", ["no json", "another key", "cut short"])
def test_a_file_that_is_no_plan_is_one_line(ripe: Live, damage: str) -> None:
    file = ripe.project.folder / "plan.json"
    text = file.read_text(encoding="utf-8")
    damaged = {
        "no json": "Dear all",
        "another key": json.dumps({**json.loads(text), "approved_by": "me"}),
        "cut short": text[: len(text) // 2],
    }[damage]
    file.write_text(damaged, encoding="utf-8")
    result = ripe.project("apply", str(file), "--yes")
    assert result.code == 4
    assert the_line(result).startswith(f"{file}: not a plan: ")
    assert writes(ripe.portal) == []


def test_what_was_left_alone_is_told_with_its_reason(ripe: Live) -> None:
    """Somebody wrote the class by hand: nothing is sent for it, and the line below `Sent` says why."""
    change = ripe.changes("set_field")[0]
    fields = {"UF_CRM_ABC_CLASS": change["new"]}
    ripe.portal.act("edit", entity="company", id=change["target"], fields=fields)
    lines = ripe.project("apply", ripe.plan["fingerprint"], "--yes").out.splitlines()
    (sent,) = [line for line in lines if line.startswith("Sent: ")]
    assert sent.endswith("skipped 1.")
    assert "  skipped 1: the CRM already holds this value" in lines
