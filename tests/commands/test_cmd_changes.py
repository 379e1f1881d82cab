"""`connector changes`: every change can be found, read to its last step, exported, and looked up again."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest
import requests
from conftest import Project

from connector.commands.changelist import _cell

from .shared import AS_OF, Live, the_line, writes

COLUMNS = [
    "key", "state", "kind", "source", "target", "client", "what", "reason", "note", "policy",
    "policy_version", "period", "mode", "attempts", "external_id", "plan", "run", "created_at", "updated_at",
]  # fmt: skip


@pytest.fixture
def applied(ripe: Live) -> Live:
    """Return a project whose plan was sent."""
    assert ripe.project("apply", ripe.plan["fingerprint"], "--yes").code == 0
    return ripe


def keys(project: Project, *arguments: str) -> set[str]:
    result = project("changes", *arguments, "--format", "json")
    assert result.code == 0, result.err
    return {each["key"] for each in result.json}


def test_without_anything_planned_it_says_so(pulled: Project) -> None:
    assert pulled("changes").out == "No change fits.\n"
    assert pulled("changes", "--format", "json").json == []


def test_every_change_is_listed_with_the_same_columns(applied: Live) -> None:
    listed = applied.project("changes", "list", "--limit", "0", "--format", "jsonl").lines
    assert {each["key"] for each in listed} == {each["key"] for each in applied.plan["changes"]}
    assert all(list(each) == COLUMNS for each in listed)
    assert {each["state"] for each in listed} == {"done"}
    assert all(datetime.fromisoformat(each["updated_at"]).utcoffset() is not None for each in listed)
    assert len(applied.project("changes", "--limit", "2").out.splitlines()) == 2


def test_each_option_narrows_the_list(applied: Live) -> None:
    by_kind = {kind: {each["key"] for each in applied.changes(kind)} for kind in ("create_task", "set_field")}
    assert by_kind["create_task"]
    assert by_kind["set_field"]
    everything = by_kind["create_task"] | by_kind["set_field"]
    project = applied.project
    assert keys(project, "--kind", "create_task") == by_kind["create_task"]
    assert keys(project, "--policy", "abc") == by_kind["set_field"]
    assert keys(project, "--policy", "abc", "--kind", "create_task") == set()
    assert keys(project, "--state", "done", "--state", "held") == everything
    assert keys(project, "--state", "held") == set()
    assert keys(project, "--source", "portal") == everything
    assert keys(project, "--source", "elsewhere") == set()
    one = applied.changes("create_task")[0]
    about = {each["key"] for each in applied.plan["changes"] if each["target"] == one["target"]}
    assert keys(project, "--client", f"portal:{one['target']}") == about
    run = project("runs", "--format", "json").json[0]
    assert run["command"] == "apply"
    assert keys(project, "--run", run["id"][:8]) == everything
    pull = project("runs", "--format", "json").json[-1]
    assert keys(project, "--run", pull["id"]) == set()


@pytest.mark.parametrize("mark", ["", "cpc-"], ids=["key", "marker"])
def test_one_change_is_shown_with_its_story(applied: Live, mark: str) -> None:
    task = applied.changes("create_task")[0]
    document = applied.project("changes", mark + task["key"], "--format", "json").json
    assert document["marker"] == "cpc-" + task["key"]
    assert document["change"]["title"] == task["title"] == document["what"]
    assert [step["state"] for step in document["log"]] == ["planned", "approved", "sending", "done"]
    said = applied.project("changes", "show", mark + task["key"]).out
    assert f"create_task cpc-{task['key']}: done, written as {document['external_id']}" in said
    assert f"plan {applied.plan['fingerprint'][:8]}, sent by run " in said
    assert [line.split()[2] for line in said.splitlines()[5:]] == ["planned", "approved", "sending", "done"]


def test_a_key_that_nobody_planned_is_one_line(pulled: Project) -> None:
    result = pulled("changes", "cpc-nothing")
    assert result.code == 4
    assert the_line(result) == "no change 'cpc-nothing' — list them with `connector changes`"


def test_an_unknown_client_or_run_is_one_line(pulled: Project) -> None:
    assert "no client 'Никто'" in the_line(pulled("changes", "--client", "Никто"))
    assert "no run begins with 'zzz'" in the_line(pulled("changes", "--run", "zzz"))


def test_the_export_opens_in_a_spreadsheet(applied: Live) -> None:
    path = applied.project.folder / "october.csv"
    result = applied.project("changes", "export", "-o", str(path), "--kind", "set_field")
    assert result.out == f"{path}: {len(applied.changes('set_field'))} changes.\n"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfkey;state;")
    with path.open(encoding="utf-8-sig", newline="") as source:
        header, *rows = csv.reader(source, delimiter=";")
    assert header == COLUMNS
    assert {row[0] for row in rows} == {each["key"] for each in applied.changes("set_field")}
    assert {row[COLUMNS.index("updated_at")][-1] for row in rows} == {"Z"}


def test_no_cell_of_the_export_is_a_formula(applied: Live) -> None:
    """A client may be named by anybody, and a spreadsheet runs what begins with `=`."""
    assert [_cell(value) for value in ("=1+1", "+7", "-x", "@a", "\tb", "ООО", None, 3)] == [
        "'=1+1", "'+7", "'-x", "'@a", "'\tb", "ООО", "", "3",
    ]  # fmt: skip


# -- adopt


def test_adopt_takes_over_what_stands_there_and_sends_nothing(ripe: Live) -> None:
    """A store that is one step behind: planned here, and sent by a copy of it."""
    project, portal = ripe.project, ripe.portal
    copy = project.folder / "copy.db"
    project("pause", "planned, not sent")
    assert project("apply", ripe.plan["fingerprint"], "--yes").code == 3
    assert project("backup", str(copy)).code == 0
    project("resume")
    assert project("apply", ripe.plan["fingerprint"], "--yes").code == 0
    for name in ("connector.db-wal", "connector.db-shm"):
        (project.folder / name).unlink(missing_ok=True)
    (project.folder / "connector.db").write_bytes(copy.read_bytes())
    before = writes(portal)

    result = project("changes", "adopt", "--format", "json")
    assert result.code == 0, result.err
    tasks, fields = len(ripe.changes("create_task")), len(ripe.changes("set_field"))
    assert result.json == {"adopted": {"done": tasks, "skipped": fields}, "failures": []}
    assert writes(portal) == before
    document = project("changes", ripe.changes("create_task")[0]["key"], "--format", "json").json
    assert document["log"][-1]["note"] == "it stands in the CRM: adopted by hand"
    again = project("changes", "adopt")
    assert again.out == "Taken over: nothing was open.\n"


def test_adopt_says_which_source_could_not_be_asked_and_keeps_the_doubt(ripe: Live) -> None:
    project = ripe.project
    project("pause", "planned, not sent")
    assert project("apply", ripe.plan["fingerprint"], "--yes").code == 3
    (project.folder / "connector.db-seen").write_text("{}", encoding="utf-8")
    ripe.portal.act("fault", spec="expired_token")
    result = project("changes", "adopt")
    assert result.code == 3
    assert f"{len(ripe.plan['changes'])} changes of portal could not be looked up: " in result.err
    assert project("status", "--format", "json").json["doubt"]["reason"].endswith("it was copied to here")
    ripe.portal.act("clear_faults")
    assert project("changes", "adopt").code == 0
    assert project("status", "--format", "json").json["doubt"] is None


def test_what_a_second_installation_sent_is_doubted_after_the_pull_and_known_after_adopt(
    ripe: Live,
) -> None:
    project, portal = ripe.project, ripe.portal
    task = ripe.changes("create_task")[0]
    fields = {"TITLE": "Связаться", "RESPONSIBLE_ID": task["assignee"], "XML_ID": "cpc-" + "ab" * 10}
    body = {"fields": {**fields, "UF_CRM_TASK": [f"CO_{task['target']}"]}}
    requests.post(f"{portal.url}tasks.task.add", json=body, timeout=10).raise_for_status()
    result = project("run", "--as-of", AS_OF, "--yes", "--format", "json")
    assert result.json["outcome"]["held"] == len(ripe.changes("set_field"))
    doubt = project("status", "--format", "json").json["doubt"]["reason"]
    assert doubt == "the CRMs hold 1 records of ours that this store never sent"
    assert "the store is in doubt since " in project("status").out
    assert project("changes", "adopt").code == 0
    after = project("run", "--as-of", AS_OF, "--yes", "--format", "json")
    assert after.json["outcome"] == {"done": len(ripe.changes("set_field"))}
    assert project("status", "--format", "json").json["doubt"] is None
