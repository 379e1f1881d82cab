"""`connector run`: the whole job for a schedule, which sends no more than it was told it may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connector.store.database import open_store

from .shared import AS_OF, Live, set_mode, writes

RUN = ("run", "--as-of", AS_OF)


def test_without_yes_only_policies_of_mode_auto_are_sent(ripe: Live) -> None:
    set_mode(ripe.project.folder, "abc", "auto")
    result = ripe.project(*RUN)
    assert (result.code, result.err) == (0, "")
    assert len(writes(ripe.portal)) == len(ripe.changes("set_field"))
    assert "tasks.task.add" not in {write["method"] for write in writes(ripe.portal)}
    assert result.out.splitlines()[-1] == f"Sent: done {len(ripe.changes('set_field'))}."


def test_yes_sends_all_but_dry_run_and_a_second_run_finds_nothing(ripe: Live) -> None:
    set_mode(ripe.project.folder, "abc", "dry_run")
    first = ripe.project(*RUN, "--yes", "--format", "json")
    assert first.code == 0, first.err
    sent = len(ripe.changes("create_task"))
    assert first.json["outcome"] == {"done": sent}
    assert first.json["failed"] == []
    assert [write["method"] for write in writes(ripe.portal)] == ["tasks.task.add"] * sent
    second = ripe.project(*RUN, "--yes", "--format", "json")
    assert (second.code, second.json["outcome"]) == (0, {})
    assert len(writes(ripe.portal)) == sent


def test_what_waits_for_approval_is_shown_and_ends_with_0(ripe: Live) -> None:
    result = ripe.project(*RUN)
    assert result.code == 0
    assert writes(ripe.portal) == []
    assert result.out.splitlines()[-1].startswith("Отправить: connector apply ")


def test_the_run_stands_in_the_ledger_with_its_numbers(ripe: Live) -> None:
    ripe.project(*RUN, "--yes", "--format", "json")
    with open_store(f"sqlite:///{ripe.project.folder / 'connector.db'}") as store:
        run = store.runs.latest(1)[0]
        assert {stream.status for stream in store.runs.streams(run.id)} == {"ok"}
    assert (run.command, run.outcome) == ("run", "ok")
    assert run.numbers["sent"] == {"done": len(ripe.plan["changes"])}


@pytest.mark.parametrize(("option", "code"), [((), 0), (("--detailed-exit",), 3)], ids=["plain", "detailed"])
def test_a_stream_that_failed_shows_in_the_code_only_when_asked(
    ripe: Live, option: tuple[str, ...], code: int
) -> None:
    ripe.portal.act("fault", spec="no_right=crm.stagehistory.list")
    result = ripe.project(*RUN, *option)
    assert result.code == code
    assert result.err.startswith("connector: portal stage_history: crm.stagehistory.list: Access denied!")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("option", [(), ("--detailed-exit",)], ids=["plain", "detailed"])
def test_when_nothing_can_be_read_nothing_is_judged_or_sent(ripe: Live, option: tuple[str, ...]) -> None:
    for policy in ("abc", "next-contact"):
        set_mode(ripe.project.folder, policy, "auto")
    ripe.portal.act("fault", spec="expired_token=*:all")
    result = ripe.project(*RUN, "--format", "json", *option)
    assert result.code == 1
    assert (result.json["plan"], result.json["outcome"]) == (None, {})
    (line,) = result.json["failed"]
    assert line.startswith("portal: The access token provided has expired — make a new incoming webhook")
    ripe.portal.act("clear_faults")
    assert writes(ripe.portal) == []


def test_plugins_hear_of_the_end_of_a_run(ripe: Live) -> None:
    heard = ripe.project.folder / "heard.json"
    (ripe.project.folder / "listener_of_runs.py").write_text(
        "import json, pathlib, connector\n"
        "@connector.hookimpl\n"
        "def run_finished(report):\n"
        f"    pathlib.Path({str(heard)!r}).write_text(json.dumps(report), encoding='utf-8')\n",
        encoding="utf-8",
    )
    ripe.project.edit("plugins.toml", r"^# modules = \[\]", 'modules = ["listener_of_runs"]')
    told = ripe.project(*RUN, "--format", "json").json
    assert json.loads(heard.read_text(encoding="utf-8")) == told


def test_a_missing_policy_folder_stops_it_before_anything_is_sent(ripe: Live) -> None:
    folder = ripe.project.folder / "policies"
    Path(folder).rename(folder.with_name("elsewhere"))
    result = ripe.project(*RUN, "--yes")
    assert result.code == 4
    assert result.err == (
        f"connector: {folder}: there are no policies"
        " — run `connector init`: it writes one policy for every rule\n"
    )
    assert writes(ripe.portal) == []
