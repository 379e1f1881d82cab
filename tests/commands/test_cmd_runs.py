"""`connector runs` and `connector status`: what was done, how fresh it is, and what waits."""

from __future__ import annotations

import re
from collections.abc import Callable

from conftest import Project, firm

from connector.sandbox.server import Sandbox

from .shared import AS_OF, STREAMS, Live, connect, point, the_line


def test_runs_come_the_newest_first_with_their_outcome(pulled: Project, still: Sandbox) -> None:
    pulled("pull")
    point(pulled.folder, still.url.replace("sandbox0code", "w4rongc0de"))
    pulled("pull")
    runs = pulled("runs", "--format", "json").json
    assert [(run["command"], run["outcome"]) for run in runs] == [
        ("pull", "failed"),
        ("pull", "ok"),
        ("pull", "ok"),
    ]
    lines = pulled("runs", "--limit", "2").out.splitlines()
    assert [line.split()[0] for line in lines] == [run["id"][:8] for run in runs[:2]]
    assert [line.split()[4] for line in lines] == ["failed", "ok"]


def test_one_run_is_shown_with_each_stream(pulled: Project) -> None:
    (run,) = pulled("runs", "--format", "json").json
    lines = pulled("runs", run["id"][:8]).out.splitlines()
    assert lines[0].startswith(run["id"][:8])
    assert sorted(line.split()[1].rstrip(":") for line in lines[1:]) == sorted(STREAMS)
    streams = pulled("runs", run["id"], "--format", "json").json
    assert run["numbers"]["read"] == sum(stream["read"] for stream in streams)
    assert {stream["status"] for stream in streams} == {"ok"}


def test_the_stream_that_failed_says_why(live: tuple[Project, Sandbox]) -> None:
    project, portal = live
    portal.act("fault", spec="no_right=crm.stagehistory.list")
    project("pull")
    newest = project("runs", "--format", "json").json[0]
    assert newest["outcome"] == "partial"
    (line,) = [line for line in project("runs", newest["id"]).out.splitlines() if "failed" in line]
    assert "portal stage_history: failed" in line
    assert "Access denied!" in line


def test_a_run_that_is_not_there_is_one_line(pulled: Project) -> None:
    result = pulled("runs", "zzz")
    assert result.code == 4
    assert the_line(result) == "no run begins with 'zzz' — list them with `connector runs`"


def test_status_before_the_first_pull_says_what_to_do(fresh: Project) -> None:
    result = fresh("status")
    assert result.code == 0
    assert result.out == "Nothing was pulled yet: run `connector pull`.\n"
    empty = {"streams": [], "changes": {}, "paused": None, "doubt": None, "working": None}
    nothing = {"sources": {}, "doubtful": 0, "unmatched_employees": []}
    assert fresh("status", "--format", "json").json == empty | {"linked": nothing}


def test_status_names_every_stream_and_its_age(pulled: Project) -> None:
    document = pulled("status", "--format", "json").json
    assert sorted(one["stream"] for one in document["streams"]) == sorted(STREAMS)
    assert all(0 <= one["hours_old"] < 1 for one in document["streams"])
    assert not any(one["unfinished"] or one["quarantined"] for one in document["streams"])
    lines = pulled("status").out.splitlines()
    assert sorted(line.split()[1] for line in lines) == sorted(STREAMS)
    assert all(re.search(r"read 0\.\d h ago", line) for line in lines)


def test_status_counts_what_waits(ripe: Live) -> None:
    """A conflict waits for a new plan; what is done waits for nothing."""
    moved = ripe.changes("create_task")[0]
    other = next(
        str(number)
        for number in ripe.portal.state("ids")["ids"]["employees"].values()
        if str(number) != moved["expected"]["owner"]
    )
    ripe.portal.act("change_owner", client=moved["target"], owner=other)
    assert ripe.project("apply", ripe.plan["fingerprint"], "--yes").code == 3
    assert ripe.project("status", "--format", "json").json["changes"] == {"conflict": 1}
    assert "changes conflict: 1" in ripe.project("status").out.splitlines()
    again = ripe.project("run", "--as-of", AS_OF, "--yes", "--format", "json")
    assert again.code == 0, again.err
    assert ripe.project("status", "--format", "json").json["changes"] == {}


def test_status_and_runs_say_what_was_not_seen_or_not_believed(live: tuple[Project, Sandbox]) -> None:
    project, portal = live
    portal.act("fault", spec="no_stream=requisite")
    portal.act("fault", spec="no_right=crm.stagehistory.list")
    project("pull", "--full")
    shown = {one["stream"]: one for one in project("status", "--format", "json").json["streams"]}
    partly = "partial(crm.requisite.list may not be called, INN and KPP are unknown)"
    assert shown["companies"]["visibility"] == partly
    assert shown["contacts"]["visibility"] == "full"
    assert "Access denied!" in shown["stage_history"]["error"]
    assert shown["companies"]["error"] == ""
    assert shown["companies"]["full_at"]
    lines = [line.strip() for line in project("status").out.splitlines()]
    assert f"seen only in part: {partly}" in lines
    assert any(line.startswith("last run: portal: crm.stagehistory.list: Access denied!") for line in lines)
    newest = project("runs", "--format", "json").json[0]["id"]
    (line,) = [line for line in project("runs", newest).out.splitlines() if " companies:" in line]
    assert line.endswith(f", deleted 0, bad 0, seen: {partly}")
    portal.act("clear_faults")
    project("pull")
    assert "seen only in part" not in project("status").out
    assert "last run" not in project("status").out


def test_status_knows_a_stream_that_was_never_read(project: Project, portal: Callable[..., Sandbox]) -> None:
    company = firm(clients=2, events=1.0)
    connect(project.folder, portal(company, faults=["no_right=crm.stagehistory.list"]).url)
    project("pull")
    streams = {one["stream"]: one for one in project("status", "--format", "json").json["streams"]}
    assert sorted(streams) == sorted(STREAMS)
    assert (streams["stage_history"]["finished_at"], streams["stage_history"]["visibility"]) == (
        None,
        "partial(the account may not read it)",
    )
    (line,) = [line for line in project("status").out.splitlines() if "portal         stage_history" in line]
    assert line.endswith("never read to its end")
