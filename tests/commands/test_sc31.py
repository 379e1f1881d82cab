"""SC31, by the command line: a plan that went stale, a plan applied twice, the same data twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .shared import AS_OF, Live, writes


def states(outcome: dict[str, Any]) -> dict[str, str]:
    return {change["key"]: change["state"] for change in outcome["changes"]}


def applied(live: Live) -> dict[str, Any]:
    """Apply the plan; return the outcome for machines."""
    result = live.project("apply", live.plan["fingerprint"], "--yes", "--format", "json")
    assert result.code == 3, result.err
    outcome: dict[str, Any] = result.json
    return outcome


def somebody_else(live: Live, change: dict[str, Any]) -> str:
    employees = live.portal.state("ids")["ids"]["employees"].values()
    return str(next(number for number in employees if str(number) != change["expected"]["owner"]))


def test_sc31_b_a_task_whose_client_changed_owner_is_skipped_and_the_others_are_applied(ripe: Live) -> None:
    """The plan was computed with one owner; the portal shows another: `stale_plan`, nothing is written."""
    stale = ripe.changes("create_task")[0]
    ripe.portal.act("change_owner", client=stale["target"], owner=somebody_else(ripe, stale))
    outcome = applied(ripe)
    (line,) = [change for change in outcome["changes"] if change["key"] == stale["key"]]
    assert line["state"] == "conflict"
    assert line["note"].startswith("stale_plan: owner is ")
    others = {key: state for key, state in states(outcome).items() if key != stale["key"]}
    assert set(others.values()) == {"done"}
    assert len(others) == len(ripe.plan["changes"]) - 1 == len(writes(ripe.portal))
    assert f"cpc-{stale['key']}" not in {write["marker"] for write in writes(ripe.portal)}


def test_sc31_c_the_same_plan_applied_twice_writes_nothing_new(ripe: Live) -> None:
    for _ in range(2):
        assert ripe.project("apply", ripe.plan["fingerprint"], "--yes").code == 0
        assert len(writes(ripe.portal)) == len(ripe.plan["changes"]) > 0


def test_sc31_d_two_runs_on_the_same_data_give_the_same_bytes(shown: Live, tmp_path: Path) -> None:
    files = [tmp_path / "first.json", tmp_path / "second.json"]
    for file in files:
        assert shown.project("plan", "--as-of", AS_OF, "-o", str(file)).code == 2
    assert files[0].read_bytes() == files[1].read_bytes()
    other = tmp_path / "control.json"
    assert shown.project("plan", "--as-of", "2026-10-02T09:00", "-o", str(other)).code == 2
    assert other.read_bytes() != files[0].read_bytes()


# -- other ways to go stale


def owner_changed(live: Live, change: dict[str, Any]) -> None:
    live.portal.act("change_owner", client=change["target"], owner=somebody_else(live, change))


def client_deleted(live: Live, change: dict[str, Any]) -> None:
    live.portal.act("delete", entity="company", id=change["target"])


def assignee_dismissed(live: Live, change: dict[str, Any]) -> None:
    live.portal.act("dismiss", employee=change["assignee"])


@pytest.mark.parametrize(
    ("what_happened", "reason"),
    [
        (owner_changed, "stale_plan: owner is "),
        (client_deleted, "stale_plan: the client is gone from the CRM"),
        (assignee_dismissed, "stale_plan: the employee {assignee} was dismissed"),
    ],
)
def test_what_went_stale_is_a_conflict_with_its_reason_and_the_rest_is_applied(
    ripe: Live, what_happened: Callable[[Live, dict[str, Any]], None], reason: str
) -> None:
    stale = ripe.changes("create_task")[0]
    what_happened(ripe, stale)
    outcome = applied(ripe)
    found = [change for change in outcome["changes"] if change["state"] == "conflict"]
    assert stale["key"] in {change["key"] for change in found}
    assert all(change["note"].startswith(reason.format(**stale)) for change in found)
    done = [change for change in outcome["changes"] if change["state"] == "done"]
    assert len(done) == len(ripe.plan["changes"]) - len(found) == len(writes(ripe.portal)) > 0


def test_a_permission_that_the_admin_took_back_is_a_conflict_and_the_rest_is_applied(ripe: Live) -> None:
    ripe.project.edit("plugins.toml", r"^write = .*$", 'write = ["field"]')
    outcome = applied(ripe)
    tasks = {change["key"] for change in ripe.changes("create_task")}
    assert {key for key, state in states(outcome).items() if state == "conflict"} == tasks
    notes = {change["note"] for change in outcome["changes"] if change["state"] == "conflict"}
    assert notes == {'stale_plan: write of portal does not list "task"'}
    assert {write["method"] for write in writes(ripe.portal)} == {"crm.company.update"}


def test_a_right_that_the_portal_took_back_fails_and_the_rest_is_applied(ripe: Live) -> None:
    ripe.portal.act("fault", spec="no_right=tasks.task.add")
    outcome = applied(ripe)
    tasks = {change["key"] for change in ripe.changes("create_task")}
    assert {key for key, state in states(outcome).items() if state == "failed"} == tasks
    assert {write["method"] for write in writes(ripe.portal)} == {"crm.company.update"}

    ripe.portal.act("clear_faults")
    again = ripe.project("apply", ripe.plan["fingerprint"], "--yes", "--format", "json")
    assert again.json["outcome"] == {"done": len(tasks)}


def test_with_nothing_allowed_a_plan_from_before_writes_nothing(ripe: Live) -> None:
    ripe.project.edit("plugins.toml", r"^write = .*$", "write = []")
    assert set(states(applied(ripe)).values()) == {"conflict"}
    assert writes(ripe.portal) == []
