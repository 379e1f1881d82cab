"""Nobody loses a client on a view that is old, broken or partial: the whole way, from the CRM to the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import Project, firm

from connector import clock
from connector.sandbox.server import Sandbox

from .shared import connect, set_mode

STAFF = "id;name;role;active_to\nM1;Пришедшая;seller;\nM9;Ушедший;seller;2026-01-31\n"
CARDS = "id;name;owner;created_at\nK;Клиент;M9;2025-01-15\n"


@pytest.fixture
def leaving(project: Project) -> Project:
    """Return a firm of files with a client whose owner left, so that another owner is due on any day."""
    data = project.folder / "data"
    data.mkdir(parents=True)
    (data / "employees.csv").write_text(STAFF, encoding="utf-8")
    (data / "clients.csv").write_text(CARDS, encoding="utf-8")
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    project.edit("plugins.toml", r"^# write = .*$", 'write = ["owner"]')
    project("pull")
    return project


def owners(project: Project, as_of: str) -> tuple[int, list[str]]:
    """Return how many clients get another owner, and why others do not."""
    plan = project("plan", "--as-of", as_of, "--format", "json").json
    unsent = [one["why"] for one in plan["unsent"] if one["kind"] == "change_owner"]
    return sum(one["kind"] == "change_owner" for one in plan["changes"]), unsent


def hours_on(hours: int) -> str:
    return (clock.now() + timedelta(hours=hours)).isoformat()


def test_a_view_older_than_a_day_moves_nobody(leaving: Project) -> None:
    assert owners(leaving, hours_on(1)) == (1, [])
    assert owners(leaving, hours_on(26)) == (0, ["stale_source"])
    said = leaving("plan", "--as-of", hours_on(26)).out
    assert "придержано, данные устарели: не прочитано до конца за последние сутки: firm" in said


def test_a_source_that_could_not_be_read_moves_nobody(leaving: Project) -> None:
    table = leaving.folder / "data" / "clients.csv"
    table.write_text(CARDS.replace("owner;", "chef;").replace("name;", "nom;"), encoding="utf-8")
    assert leaving("pull").code != 0
    assert owners(leaving, hours_on(1)) == (0, ["stale_source"])
    table.write_text(CARDS, encoding="utf-8")
    assert leaving("pull").code == 0
    assert owners(leaving, hours_on(1)) == (1, [])


@pytest.fixture
def without_tasks(project: Project, portal: Callable[..., Sandbox]) -> Project:
    """Return a project of a portal whose webhook may not read tasks, with clients of people who left."""
    there = portal(firm(clients=40, seed=3, events=1), faults=["no_stream=task"])
    connect(project.folder, there.url)
    project.edit("plugins.toml", r"^write = .*$", 'write = ["task", "owner"]')
    set_mode(project.folder, "reassign", "approve")
    assert project("pull").code == 3
    return project


def test_a_stream_that_may_never_be_read_moves_nobody_until_the_admin_accepts_it(
    without_tasks: Project,
) -> None:
    moved, unsent = owners(without_tasks, "2026-10-01T09:00")
    assert (moved, set(unsent)) == (0, {"stale_source"})
    without_tasks.edit("plugins.toml", r"^# visibility = .*$", 'visibility = "accepted"')
    moved, unsent = owners(without_tasks, "2026-10-01T09:00")
    assert moved > 0
    assert "stale_source" not in unsent


@pytest.fixture
def hidden(project: Project, portal: Callable[..., Sandbox]) -> Project:
    """Return a project of a portal that does not show requisites, with clients of people who left."""
    there = portal(firm(clients=40, seed=3), faults=["no_stream=requisite"])
    connect(project.folder, there.url)
    project.edit("plugins.toml", r"^write = .*$", 'write = ["task", "owner"]')
    set_mode(project.folder, "reassign", "approve")
    project("pull")
    return project


def test_a_partly_seen_source_moves_nobody_until_the_admin_accepts_it(hidden: Project) -> None:
    moved, unsent = owners(hidden, "2026-10-01T09:00")
    assert moved == 0
    assert "partial_visibility" in unsent
    before = hidden("decide", "--as-of", "2026-10-01T09:00", "--format", "jsonl").lines
    assert not any("visibility_accepted" in line["flags"] for line in before)
    hidden.edit("plugins.toml", r"^# visibility = .*$", 'visibility = "accepted"')
    moved, unsent = owners(hidden, "2026-10-01T09:00")
    assert moved > 0
    assert "partial_visibility" not in unsent
    lines = hidden("decide", "--as-of", "2026-10-01T09:00", "--format", "jsonl").lines
    assert all("visibility_accepted" in line["flags"] for line in lines)
    assert len(lines) == len(before)
