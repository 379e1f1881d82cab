"""What we write goes to the outbox once, is found again, and survives what people and crashes do to it."""

from __future__ import annotations

import csv
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connector.changes import (
    AddNote,
    Change,
    ChangeOwner,
    CreateTask,
    PlanContact,
    SetField,
    SetFlag,
    change_key,
)
from connector.errors import AccessError, MissingRecordError
from connector.plugins.files import Files

from .conftest import CLIENTS, Firm, source

HEADER = ["key", "kind", "client", "employee", "title", "due", "field", "value", "reason", "at"]
DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)


def common(number: int, kind: str) -> dict[str, Any]:
    return {
        "key": change_key("norm", number, f"firm:C{number}", kind, "2026-10"),
        "source": "firm",
        "target": f"C{number}",
        "policy": "norm",
        "policy_version": "1",
        "rule": "contact_norm",
        "subject": f"client:C{number}",
        "period": "2026-10",
        "reason": "контактов 1 из 4",
    }


def task(number: int = 1, title: str = "Позвонить; «Ёлка»") -> CreateTask:
    text = "до конца месяца"
    return CreateTask(**common(number, "create_task"), assignee="M1", title=title, text=text, due=DUE)


def every_kind() -> list[Change]:
    return [
        task(1),
        PlanContact(**common(2, "plan_contact"), contact="meeting", assignee="M2", title="Встреча", due=DUE),
        SetField(**common(3, "set_field"), field="abc_class", old=None, new="A"),
        SetFlag(**common(4, "set_flag"), flag="key_account", new=True),
        ChangeOwner(**common(5, "change_owner"), old="M1", new="M3"),
        AddNote(**common(6, "add_note"), text="Передан"),
    ]


@pytest.fixture
def files(firm: Firm) -> Files:
    firm.write("clients.csv", CLIENTS)
    return source(firm.folder)


@pytest.fixture
def workbook(firm: Firm) -> Files:
    book = openpyxl.Workbook()
    book.active.title = "clients"
    book.active.append(["id", "name"])
    book.save(firm.folder / "firm.xlsx")
    return source(firm.folder / "firm.xlsx")


def lines(folder: Path) -> list[list[str]]:
    with (folder / "outbox.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def sheet(folder: Path) -> list[list[str]]:
    rows = openpyxl.load_workbook(folder / "outbox.xlsx").active.iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def expected() -> list[list[str]]:
    keys = [change.key for change in every_kind()]
    due, why = "2026-10-05T09:00:00+00:00", "контактов 1 из 4"
    return [
        HEADER[:-1],
        [keys[0], "create_task", "C1", "M1", "Позвонить; «Ёлка»", due, "", "до конца месяца", why],
        [keys[1], "plan_contact", "C2", "M2", "Встреча", due, "meeting", "", why],
        [keys[2], "set_field", "C3", "", "", "", "abc_class", "A", why],
        [keys[3], "set_flag", "C4", "", "", "", "key_account", "1", why],
        [keys[4], "change_owner", "C5", "M3", "", "", "owner", "M3", why],
        [keys[5], "add_note", "C6", "", "", "", "", "Передан", why],
    ]


def test_every_kind_is_a_row(files: Files, firm: Firm) -> None:
    written = files.send(every_kind())
    assert [row[:-1] for row in lines(firm.folder)] == expected()
    assert list(written.values()) == [f"outbox:{line}" for line in range(2, 8)]
    for row in lines(firm.folder)[1:]:
        assert datetime.fromisoformat(row[-1]).tzinfo is not None


def test_every_kind_is_a_row_of_a_workbook(workbook: Files, firm: Firm) -> None:
    workbook.send(every_kind())
    assert [row[:-1] for row in sheet(firm.folder)] == expected()


def test_every_kind_can_be_written_alone(files: Files, firm: Firm) -> None:
    for change in every_kind():
        getattr(files, Files.writers()[type(change)])(change)
    assert [row[:-1] for row in lines(firm.folder)] == expected()


@pytest.mark.parametrize("kind", ["files", "workbook"])
def test_a_key_is_written_once_and_found_again(kind: str, request: pytest.FixtureRequest) -> None:
    source: Files = request.getfixturevalue(kind)
    assert source.find_written([task(1)]) == {}
    first = source.send([task(1), task(2)])
    assert source.send([task(2), task(3)])[task(2).key] == first[task(2).key]
    found = source.find_written([task(n) for n in (1, 2, 3, 4)])
    assert found == {task(n).key: f"outbox:{n + 1}" for n in (1, 2, 3)}


def test_a_title_is_no_formula(workbook: Files, firm: Firm) -> None:
    workbook.send([task(1, title='=HYPERLINK("http://evil.example")')])
    cell = openpyxl.load_workbook(firm.folder / "outbox.xlsx").active["E2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://evil.example")', "s")


def test_a_row_that_a_crash_cut_short_is_written_again(files: Files, firm: Firm) -> None:
    files.send([task(1), task(2)])
    path = firm.folder / "outbox.csv"
    path.write_bytes(path.read_bytes()[:-9])
    assert set(files.find_written([task(1), task(2)])) == {task(1).key}
    files.send([task(2)])
    assert set(files.find_written([task(1), task(2)])) == {task(1).key, task(2).key}


def test_an_outbox_saved_by_excel_goes_on_as_it_is(files: Files, firm: Firm) -> None:
    files.send([task(1)])
    rows = lines(firm.folder)
    with (firm.folder / "outbox.csv").open("w", encoding="cp1251", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    files.send([task(1), task(2, title="Ёлка")])
    with (firm.folder / "outbox.csv").open(encoding="cp1251", newline="") as file:
        saved = list(csv.reader(file, delimiter=";"))
    assert [row[0] for row in saved] == ["key", task(1).key, task(2).key]
    assert saved[2][4] == "Ёлка"


@pytest.mark.parametrize("name", ["outbox.csv", "outbox.xlsx"])
def test_an_outbox_that_is_none_is_not_written_to(
    firm: Firm, name: str, request: pytest.FixtureRequest
) -> None:
    source: Files = request.getfixturevalue("files" if name.endswith("csv") else "workbook")
    path = firm.write(name, "мои заметки\n")
    with pytest.raises(AccessError, match="rename it: a new one will be made"):
        source.send([task(1)])
    assert path.read_text(encoding="utf-8") == "мои заметки\n"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_outbox_that_may_not_be_written_is_one_line(files: Files, firm: Firm) -> None:
    firm.write("outbox.csv", "").chmod(0o444)
    with pytest.raises(AccessError, match="cannot be written: Permission denied — close it in Excel"):
        files.send([task(1)])


def test_an_outbox_that_cannot_be_read_is_one_line(files: Files, firm: Firm) -> None:
    (firm.folder / "outbox.csv").mkdir()
    with pytest.raises(AccessError, match=r"outbox.csv: cannot be read: .+ — check its rights"):
        files.send([task(1)])


def test_the_outbox_is_no_table(files: Files, firm: Firm) -> None:
    files.send([task(1)])
    assert files._look().unread == []


def test_a_record_is_compared_as_the_file_has_it_now(files: Files, firm: Firm) -> None:
    assert files.current("C1", ["owner", "status"]) == {"owner": "M1", "status": "active"}
    firm.write("clients.csv", "id;name;owner;abc_class;tags\nC1;Ёлка;M4;B;вип|опт\n")
    assert files.current("C1", ["owner", "abc_class", "tags", "key_account"]) == {
        "owner": "M4", "abc_class": "B", "tags": "вип | опт", "key_account": None,
    }  # fmt: skip
    assert files.current_many(["C1", "C2"], ["owner"]) == {"C1": {"owner": "M4"}}
    with pytest.raises(MissingRecordError):
        files.current("C2", ["owner"])
