"""A store that was deleted, restored or cloned, and a second installation: no task stands twice."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Project
from sync.making import Maker, plan_of, writes

from connector.changes import AnyChange
from connector.sandbox.exchange import Reply, Request
from connector.store.database import open_store

from .conftest import Office, OpenOffice, wait_until
from .vendors import told

BLIND = pytest.mark.parametrize(("blind", "copies"), [(False, 1), (True, 2)], ids=["looks", "control: blind"])
STORE = ("connector.db", "connector.db-wal", "connector.db-shm")


def environment(blind: bool) -> dict[str, str]:
    return {"BLIND": "1"} if blind else {}


def applied(office: Office, *, blind: bool = False, code: int = 0) -> str:
    ended, said = office.apply(**environment(blind))
    assert ended == code, said
    return said


def replace_store(project: Project, copy: Path | None) -> None:
    """Delete the store, and put a copy in its place; what else stands in the folder stays."""
    for name in STORE:
        (project.folder / name).unlink(missing_ok=True)
    if copy is not None:
        shutil.copy(copy, project.folder / "connector.db")


def backed_up(project: Project, name: str = "yesterday.db") -> Path:
    copy = project.folder / name
    assert project("backup", str(copy)).code == 0
    return copy


def doubt(project: Project) -> str:
    found = project("status", "--format", "json").json["doubt"]
    return "" if found is None else str(found["reason"])


@BLIND
def test_store_deleted(office: OpenOffice, blind: bool, copies: int) -> None:
    ours = office(3)
    applied(ours)
    replace_store(ours.project, None)
    applied(ours, blind=blind)
    assert ours.states() == ["done"] * 3
    assert ours.markers() == ours.expected_markers(copies)
    assert "the store that was here is gone" in doubt(ours.project)


@BLIND
def test_store_restored_from_yesterday(office: OpenOffice, blind: bool, copies: int) -> None:
    ours = office(3)
    everything = ours.plan.read_bytes()
    ours.plan.write_bytes(plan_of(ours.tasks[0]).document())
    applied(ours)
    yesterday = backed_up(ours.project)
    ours.plan.write_bytes(everything)
    applied(ours)

    replace_store(ours.project, yesterday)
    assert ours.states() == ["done", None, None]
    applied(ours, blind=blind)
    assert ours.states() == ["done"] * 3
    first, *later = ours.tasks
    assert ours.markers() == sorted([first.marker, *(task.marker for task in later for _ in range(copies))])
    assert "an older copy was put in its place: " in doubt(ours.project)


def test_a_backup_made_in_the_middle_of_a_run_is_known_for_a_copy(office: OpenOffice) -> None:
    """It holds `sending`, or less: the look-up finds what went out after it."""
    ours = office(3)
    copies: list[Path] = []
    answer = ours.portal.stand_in.answer

    def back_up_first(request: Request) -> Reply:
        if re.search(ours.vendor.makes_tasks, told(request)) and not copies:
            copies.append(backed_up(ours.project))
        return answer(request)

    setattr(ours.portal.stand_in, "answer", back_up_first)  # noqa: B010 - a wrapper around one stand-in
    applied(ours)
    replace_store(ours.project, copies[0])
    batches = ours.vendor.batches  # else each of the others was claimed, sent and done after the copy
    assert ours.states() == ["sending", *(["sending"] * 2 if batches else ["approved"] * 2)]
    applied(ours)
    assert ours.states() == ["done"] * 3
    assert ours.markers() == ours.expected_markers()
    missing = 3 if batches else 5
    assert f"an older copy was put in its place: {missing} steps are missing" in doubt(ours.project)


# -- values


def value_plan(office: Office) -> AnyChange:
    """Make the plan one of a value that was never set: no marker tells whether we did."""
    change = Maker(office.portal).abc(1, "A")
    office.plan.write_bytes(plan_of(change).document())
    office.project.edit("plugins.toml", r"^write = .*$", 'write = ["task", "field"]')
    return change


def taken_back(office: OpenOffice) -> tuple[Office, AnyChange]:
    """Set a value, let a person clear it again, and restore the store of before."""
    ours = office(1)
    applied(ours)
    yesterday = backed_up(ours.project)
    change = value_plan(ours)
    applied(ours)
    assert ours.vendor.held(ours.portal)
    ours.vendor.clear(ours.portal).raise_for_status()
    assert not ours.vendor.held(ours.portal)
    replace_store(ours.project, yesterday)
    return ours, change


def test_a_value_that_a_person_took_back_is_held_after_a_restore_until_somebody_adopts(
    office: OpenOffice,
) -> None:
    ours, change = taken_back(office)
    before = len(writes(ours.portal))
    said = applied(ours, code=3)
    assert "Sent: held 1." in said
    assert "an older copy was put in its place" in said
    assert "connector changes adopt" in said
    assert len(writes(ours.portal)) == before

    assert ours.project("changes", "adopt").out == "Taken over: planned 1.\n"
    assert doubt(ours.project) == ""
    applied(ours)
    assert len(writes(ours.portal)) == before + 1
    assert ours.project("changes", change.key, "--format", "json").json["state"] == "done"


def test_control_without_the_file_beside_the_store_it_overwrites_the_person(office: OpenOffice) -> None:
    ours, _ = taken_back(office)
    with open_store(f"sqlite:///{ours.project.folder / 'connector.db'}") as store:
        store.witness.note()
    applied(ours)
    assert ours.vendor.held(ours.portal)


# -- two installations


def clone(office: Office, folder: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """Return the same project a second time, as a copied folder is."""
    project = Project(Path(shutil.copytree(office.project.folder, folder)), capsys)
    return replace(office, project=project)


@BLIND
def test_two_installations_one_after_the_other(
    office: OpenOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str], blind: bool, copies: int
) -> None:
    ours = office(3)
    theirs = clone(ours, tmp_path / "second", capsys)
    applied(ours)
    applied(theirs, blind=blind)
    assert ours.markers() == ours.expected_markers(copies)
    assert theirs.states() == ["done"] * 3
    if not blind:
        assert "holds a record of ours that this store never sent" in doubt(theirs.project)


def test_a_cloned_store_is_known_by_its_file(
    office: OpenOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = office(1)
    applied(ours)
    theirs = clone(ours, tmp_path / "second", capsys)
    applied(theirs)
    assert doubt(theirs.project).endswith("it was moved or cloned")
    applied(ours)
    assert doubt(ours.project) == ""
    assert ours.markers() == ours.expected_markers()


class Crossing:
    """Lets nobody's tasks through until two processes have asked for theirs: both saw an empty portal."""

    def __init__(self, office: Office) -> None:
        self._answer, self._pattern = office.portal.stand_in.answer, office.vendor.makes_tasks
        self.waiting = 0
        setattr(office.portal.stand_in, "answer", self.answer)  # noqa: B010 - a wrapper around one stand-in

    def answer(self, request: Request) -> Reply:
        if re.search(self._pattern, told(request)):
            self.waiting += 1
            wait_until(lambda: self.waiting >= 2, "the other process sent nothing")
        return self._answer(request)


@pytest.mark.parametrize(("keep", "copies"), [("", 1), ("1", 2)], ids=["looks after", "control: does not"])
@pytest.mark.parametrize("tasks", [1, 3], ids=["a single call", "a batch"])
def test_two_installations_at_the_same_moment(
    office: OpenOffice,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tasks: int,
    keep: str,
    copies: int,
) -> None:
    ours = office(tasks)
    theirs = clone(ours, tmp_path / "second", capsys)
    Crossing(ours)
    processes = [each.start(KEEP_TWINS=keep) for each in (ours, theirs)]
    ends = [(process.communicate(timeout=60), process.returncode) for process in processes]
    assert [code for _, code in ends] == [0, 0], ends
    assert ours.markers() == ours.expected_markers(copies)
    assert ours.states() == theirs.states() == ["done"] * tasks


@pytest.mark.parametrize("sees", [True, False], ids=["pulls", "control: planned before the other sent"])
def test_two_installations_that_name_the_portal_differently(
    office: OpenOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str], sees: bool
) -> None:
    """Their keys differ, so no look-up finds the other's: the pull brings it, and the plan is covered."""
    as_of = ("--as-of", "2026-10-01T09:00")
    first = office(1)
    ours = first.project
    theirs = first.vendor.connect(Project(tmp_path / "second", capsys), first.portal, "crm-main")
    for each in (ours, theirs):
        each.edit("plugins.toml", r"^(# )?write = .*$", 'write = ["task"]')
        for path in (each.folder / "policies").glob("*.toml"):
            each.edit(f"policies/{path.name}", r'^mode = "\w+"', 'mode = "approve"')
    if not sees:
        assert theirs("pull").code == 0
        plan = theirs("plan", *as_of, "--format", "json").json["fingerprint"]
    sent = ours("run", *as_of, "--yes", "--format", "json").json["outcome"]
    second = theirs(*(("run", *as_of) if sees else ("apply", plan)), "--yes", "--format", "json")
    assert second.code == 0, second.err
    assert sent["done"] > 0
    assert second.json["outcome"] == ({} if sees else sent)
