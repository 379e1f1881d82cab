"""`--source files` from init to the outbox, by the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from conftest import Project

from .shared import set_mode, the_line

CLIENTS = "id;name;owner;created_at;abc\nC1;Ёлка;M1;2026-01-15;B\nC2;Сосна;M1;2026-01-15;C\n"
STAFF = "id;name;role\nM1;Иванов;seller\n"
EVENTS = "id;client;employee;kind;status;completed_at\n1;C1;M1;call;completed;2026-09-10T10:00\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in {"clients": CLIENTS, "employees": STAFF, "events": EVENTS}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def begun(project: Project, data: Path) -> Project:
    result = project("init", "--source", "files", "--name", "firm", str(data))
    assert result.code == 0, result.err
    return project


def test_init_pull_decide(project: Project, data: Path) -> None:
    begun(project, data)
    assert not (project.folder / ".env.example").exists(), "there is no secret to ask for"
    assert project("pull").code == 0
    result = project("decide", "--as-of", "2026-10-01T00:00", "--format", "jsonl")
    judged = {line["subject"] for line in result.lines if line["rule"] == "contact_norm"}
    assert judged == {"client:C1", "client:C2"}


def test_a_folder_inside_the_project_may_move_with_it(project: Project, tmp_path: Path, data: Path) -> None:
    inside = project.folder / "выгрузка"
    inside.parent.mkdir()
    data.rename(inside)
    begun(project, inside)
    assert 'path = "выгрузка"' in (project.folder / "plugins.toml").read_text(encoding="utf-8")
    project.folder.rename(tmp_path / "moved")
    moved = Project(tmp_path / "moved", project._capsys)
    assert moved("pull").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "files"], "files needs WHERE — connector init --source files FOLDER"),
        (["--source", "files", "no-such-folder"], "no-such-folder: no such file or folder — check the path"),
        (["--source", "bitrix24", "somewhere"], "bitrix24 is not told where by the command line"),
        (["somewhere"], "WHERE goes with --source"),
    ],
    ids=["nowhere", "missing", "not its own", "no source"],
)
def test_a_slip_leaves_nothing_half_written(project: Project, arguments: list[str], said: str) -> None:
    result = project("init", *arguments)
    assert result.code == 4
    assert the_line(result).startswith(said)
    assert not project.folder.exists()


def test_doctor_names_each_file_and_what_is_wrong(project: Project, data: Path) -> None:
    (data / "events.csv").write_bytes("id;client;knd;status\n".encode("cp1251"))
    (data / "Клиенты2.csv").write_text("id\n", encoding="utf-8")
    (data / "employees.csv").write_bytes("Код;ФИО;Рост\nM1;Ёлкин;180\n".encode("cp1251"))
    result = begun(project, data)("doctor")
    assert result.code == 3
    assert "clients.csv (utf-8, semicolon)" in result.out
    assert "employees.csv (cp1251, semicolon); not of the format: Рост" in result.out
    assert "events.csv:1: column 'kind' is missing, did you mean 'knd'?" in result.out
    assert "Клиенты2.csv is not read, did you mean 'Клиенты'?" in result.out


def test_a_folder_that_is_gone_is_one_line(project: Project, data: Path) -> None:
    begun(project, data)
    data.rename(data.with_name("gone"))
    result = project("pull")
    assert result.code == 1
    assert f"there is no {data} — mend `path`" in the_line(result)


def test_a_mistake_in_columns_toml_is_one_line_with_its_place(project: Project, data: Path) -> None:
    begun(project, data)
    path = data / "columns.toml"
    path.write_text('[clients]\n"Фирма" = "nam"\n', encoding="utf-8")
    result = project("pull")
    assert result.code == 1
    assert f"{path}:2:1: 'nam' is no name of ours, did you mean 'name'?" in the_line(result)


def test_tasks_go_to_the_outbox_once(project: Project, data: Path) -> None:
    begun(project, data)
    project.edit("plugins.toml", r"^# write = .*$", 'write = ["task", "contact"]')
    set_mode(project.folder, "next-contact", "approve")
    assert project("pull").code == 0
    for _ in range(2):
        assert project("run", "--as-of", "2026-09-11T09:00", "--yes").code == 0
    with (data / "outbox.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["client"], row["employee"]) for row in rows] == [("C1", "M1")]
    assert rows[0]["kind"] in ("create_task", "plan_contact")
    assert len(rows[0]["key"]) == 20


def test_control_without_leave_nothing_is_written(project: Project, data: Path) -> None:
    begun(project, data)
    set_mode(project.folder, "next-contact", "approve")
    project("run", "--as-of", "2026-09-11T09:00", "--yes")
    assert not (data / "outbox.csv").exists()
