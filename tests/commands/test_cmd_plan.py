"""`connector plan`: the same bytes for the same input, and an exit code that says whether anything waits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Project

from connector.plan.model import read_plan
from connector.store.database import open_store

from .shared import AS_OF, Live, set_mode, the_line

PLAN = ("plan", "--as-of", AS_OF)


def stored(project: Project, fingerprint: str) -> str:
    """Return the plan's document as the store keeps it."""
    with open_store(f"sqlite:///{project.folder / 'connector.db'}") as store:
        return store.plans.find(fingerprint).document


def test_with_every_policy_in_dry_run_nothing_is_pending(pulled: Project) -> None:
    result = pulled(*PLAN)
    assert (result.code, result.err) == (0, "")
    rehearsed = re.search(r"dry_run \((.+)\)", result.out)
    assert rehearsed is not None
    assert {"abc", "next-contact"} <= set(rehearsed[1].split(", "))
    marks = {line.strip()[0] for line in result.out.splitlines() if re.match("  [~+]", line)}
    assert marks == {"~"}


def test_with_an_approvable_policy_it_ends_with_2_and_says_what_to_type(shown: Live) -> None:
    result = shown.project(*PLAN)
    assert (result.code, result.err) == (2, "")
    lines = [line for line in result.out.splitlines() if line.startswith("  + ")]
    assert len(lines) == len(shown.changes("create_task")) > 0
    for change in shown.changes("create_task"):
        assert any(change["client_name"] in line and change["reason"] in line for line in lines)
    assert result.out.splitlines()[-1].endswith(f"connector apply {shown.plan['fingerprint'][:8]}")


def test_the_file_is_the_stored_document_and_the_same_each_time(shown: Live, tmp_path: Path) -> None:
    first, second = shown.project.folder / "plan.json", tmp_path / "second.json"
    assert shown.project(*PLAN, "-o", str(second)).code == 2
    assert first.read_bytes() == second.read_bytes()
    for name in (shown.plan["fingerprint"], shown.plan["fingerprint"][:8]):
        assert stored(shown.project, name).encode() == first.read_bytes()
    assert read_plan(first.read_bytes(), "first").fingerprint == shown.plan["fingerprint"]


def test_the_same_moment_in_other_words_is_the_same_plan_and_another_is_another(shown: Live) -> None:
    def fingerprint(moment: str) -> str:
        return str(shown.project("plan", "--as-of", moment, "--format", "json").json["fingerprint"])

    assert fingerprint("2026-10-01T06:00:00Z") == shown.plan["fingerprint"]
    assert fingerprint("2026-10-01T10:00") != shown.plan["fingerprint"]


def test_machines_get_the_plan_with_its_fingerprint(shown: Live) -> None:
    plan = read_plan(stored(shown.project, shown.plan["fingerprint"]).encode(), "store")
    assert shown.plan == {"fingerprint": plan.fingerprint, **plan.model_dump(mode="json")}


def test_a_reader_of_few_lines_is_told_how_many_more_there_are(shown: Live) -> None:
    lines = shown.project(*PLAN, "--most", "0").out.splitlines()
    left_out = [int(line.partition("+")[2]) for line in lines if line.strip().startswith("…")]
    assert sum(left_out) == len(shown.changes("create_task"))
    assert not any(line.startswith("  + ") for line in lines)


def test_what_the_admin_did_not_allow_is_listed_and_not_planned(pulled: Project) -> None:
    set_mode(pulled.folder, "abc", "approve")
    pulled.edit("plugins.toml", "^write = .*", 'write = ["task"]')
    result = pulled(*PLAN, "--format", "json")
    assert result.code == 0
    whys = {(one["kind"], one["why"]) for one in result.json["unsent"] if one["policy"] == "abc"}
    assert whys == {("set_field", "not_allowed")}
    assert "set_field" not in {change["kind"] for change in result.json["changes"]}


def test_a_field_that_nobody_named_is_listed_with_what_to_write_where(pulled: Project) -> None:
    set_mode(pulled.folder, "abc", "approve")
    pulled.edit("plugins.toml", "^fields = .*", "")
    lines = pulled(*PLAN).out.splitlines()
    told = [line for line in lines if line.endswith('впишите в [[source]] portal: fields.abc_class = "поле"')]
    assert len(told) == 1
    assert "не сказано, в какое поле карточки писать" in told[0]
    kinds = {change["kind"] for change in pulled(*PLAN, "--format", "json").json["changes"]}
    assert "set_field" not in kinds
    assert kinds, "what needs no field is planned as ever"


@pytest.mark.parametrize("command", ["plan", "decide"])
def test_before_the_first_pull_it_says_so_and_not_that_all_is_well(fresh: Project, command: str) -> None:
    assert fresh("status").code == 0, "makes an empty store"
    result = fresh(command)
    assert result.code == 1
    assert the_line(result) == (
        f"{fresh.folder / 'connector.db'}: the store holds no clients yet — run `connector pull` first"
    )


def test_a_file_that_cannot_be_written_is_one_line(pulled: Project, tmp_path: Path) -> None:
    target = tmp_path / "no" / "such" / "plan.json"
    result = pulled(*PLAN, "-o", str(target))
    assert result.code == 1
    assert str(target) in the_line(result)


@pytest.mark.parametrize("command", ["plan", "decide", "run", "explain 1"])
def test_a_moment_that_is_none_is_one_line(pulled: Project, command: str) -> None:
    result = pulled(*command.split(), "--as-of", "next tuesday")
    assert result.code == 4
    line = result.err.splitlines()[-1]
    assert line == (
        "connector: --as-of 'next tuesday' is not a time — write 2026-10-01 or 2026-10-01T09:00+03:00"
    )
    assert "Traceback" not in result.err
