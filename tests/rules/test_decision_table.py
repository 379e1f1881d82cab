"""Decision tables: the first row that holds decides; files of spreadsheets; what is odd about a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.locale import texts
from connector.rules.calendar import Calendar
from connector.rules.decision_table import DecisionTable, Row
from connector.rules.place import Place
from connector.rules.policy import Policy, Reading, read_policies
from connector.rules.rulebook import Rulebook
from connector.rules.table_cells import read_cell
from connector.rules.where.columns import Today
from connector.rules.where.fields import CLIENT_FIELDS

from .firm import at

TODAY = Today(at("2026-10-01T00:00").date(), Calendar())
HEAD = 'schema = 1\nid = "norms"\nversion = "1"\n'
USE = '[use]\nrule = "contact_norm"\n'
SCHEMA = {"industry": pl.String, "class": pl.String, "turnover_12m": pl.Float64, "key_account": pl.Boolean}

cells = {
    "industry": st.sampled_from(["*", "опт", "опт|розница", "<> опт", "NULL"]),
    "class": st.sampled_from(["", "A", "B|C", "<> A"]),
    "turnover_12m": st.sampled_from(["*", ">= 100", "< 0,5", "1..10", "1 000", "<> 3"]),
    "key_account": st.sampled_from(["*", "да", "нет"]),
}
table_rows = st.tuples(st.fixed_dictionaries(cells), st.integers(0, 31))
clients = st.fixed_dictionaries(
    {
        "industry": st.sampled_from([None, "опт", "розница", "услуги"]),
        "class": st.sampled_from([None, "A", "B", "C"]),
        "turnover_12m": st.sampled_from([None, 0.0, 0.5, 1.0, 3.0, 10.0, 100.0, 1000.0]),
        "key_account": st.sampled_from([None, True, False]),
    }
)


def table(rows: list[tuple[dict[str, str], int]]) -> DecisionTable:
    made = []
    for asked, value in rows:
        conditions = [
            (field, text, node)
            for field, text in asked.items()
            if (node := read_cell(text, field, CLIENT_FIELDS[field]))
        ]
        made.append(Row(Place("t.csv"), tuple(conditions), (("contacts_per_month", value),)))
    return DecisionTable(tuple(made))


def fits(cell: str, value: Any) -> bool | None:
    """Return whether the cell holds, by the definition of cells in the docs; None: unknown."""
    if cell in ("", "*"):
        return True
    if cell == "NULL":
        return value is None
    if value is None:
        return None
    plain = {
        "опт": value == "опт",
        "опт|розница": value in ("опт", "розница"),
        "<> опт": value != "опт",
        "A": value == "A",
        "B|C": value in ("B", "C"),
        "<> A": value != "A",
        "да": value is True,
        "нет": value is False,
    }
    if isinstance(value, float):
        plain = {">= 100": value >= 100, "< 0,5": value < 0.5, "<> 3": value != 3}
        plain |= {"1..10": 1 <= value <= 10, "1 000": value == 1000}
    return plain[cell]


def first(rows: list[tuple[dict[str, str], int]], client: dict[str, Any]) -> tuple[int | None, bool]:
    """Return what the first row that surely holds says, and whether an earlier one might hold."""
    doubt = False
    for asked, value in rows:
        held = [fits(cell, client[field]) for field, cell in asked.items()]
        if False in held:
            continue
        if None not in held:
            return value, doubt
        doubt = True
    return None, doubt


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(table_rows, min_size=1, max_size=5), base=st.lists(clients, min_size=1, max_size=5))
def test_the_first_row_that_holds_decides(rows: Any, base: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame({name: [one[name] for one in base] for name in SCHEMA}, schema=SCHEMA)
    made = table(rows)
    found = made.judge(frame, TODAY).select("contacts_per_month", "unsure")
    assert found.rows() == [first(rows, client) for client in base]


# -- files ---------------------------------------------------------------------------------------------------


def read(folder: Path, text: str, **files: bytes) -> Reading:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    (folder / "norms.toml").write_text(text, encoding="utf-8")
    return read_policies(folder, Rulebook())


def rows_of(reading: Reading) -> list[str]:
    (policy,) = reading.policies
    assert policy.layers.table is not None
    return [row.said() for row in policy.layers.table.rows]


SHEET = (
    "Класс;Отрасль;Оборот;Контактов в месяц\r\n"
    "A;*;>= 1 000 000,5;8\r\n"
    "В|с;Розница|Опт;10..20,5;4,0\r\n"  # class in Cyrillic letters, as people type it
    ";;;1\r\n"
)
SAID = [
    "class = A, turnover_12m = >= 1 000 000,5 → contacts_per_month = 8",
    "class = В|с, industry = Розница|Опт, turnover_12m = 10..20,5 → contacts_per_month = 4",
    "* → contacts_per_month = 1",
]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16"])
def test_a_table_from_a_spreadsheet(tmp_path: Path, encoding: str) -> None:
    reading = read(tmp_path / "p", HEAD + 'table = "t.csv"\n' + USE, t_csv=SHEET.encode(encoding))
    assert reading.lines() == []
    assert rows_of(reading) == SAID


def test_a_table_from_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in SHEET.splitlines():
        book.active.append([cell or None for cell in line.split(";")])  # type: ignore[union-attr]
    (tmp_path / "p").mkdir()
    book.save(tmp_path / "p" / "t.xlsx")
    reading = read(tmp_path / "p", HEAD + 'table = "t.xlsx"\n' + USE)
    assert reading.lines() == []
    assert rows_of(reading) == SAID


def test_a_table_inside_the_policy(tmp_path: Path) -> None:
    rows = (
        '[[table]]\nclass = ["A", "B"]\nkey_account = true\ncontacts_per_month = 8\n'
        '[[table]]\n"custom.Сегмент" = "опт"\ncustom."Вид" = "x"\ncreated_at = ">= 2026-01-01"\n'
        'tags = "vip"\n'
        "turnover_12m = 10\ncontacts_per_month = 2\n"
    )
    reading = read(tmp_path / "p", HEAD + USE + rows)
    assert reading.lines() == []
    assert rows_of(reading) == [
        "class = A|B, key_account = True → contacts_per_month = 8",
        "custom.Сегмент = опт, custom.Вид = x, created_at = >= 2026-01-01, tags = vip, turnover_12m = 10"
        " → contacts_per_month = 2",
    ]


def test_the_digest_changes_with_a_cell_of_the_file(tmp_path: Path) -> None:
    def digest(content: bytes) -> str:
        (policy,) = read(tmp_path / "p", HEAD + 'table = "t.csv"\n' + USE, t_csv=content).policies
        assert isinstance(policy, Policy)
        return policy.digest

    plain = digest(SHEET.encode("cp1251"))
    assert digest(SHEET.encode("utf-8")) == plain
    assert digest(SHEET.replace(";8", ";9").encode()) != plain


# -- oddities ------------------------------------------------------------------------------------------------


def odd(tmp_path: Path, rows: str) -> list[str]:
    lines = "".join(f"[[table]]\n{row}\n" for row in rows.strip().splitlines())
    reading = read(tmp_path / "p", HEAD + USE + lines.replace("; ", "\n"))
    assert reading.lines() == []
    path = tmp_path / "p" / "norms.toml"
    return [one.said(texts("en")).removeprefix(f"{path}:") for one in reading.warnings]


def test_a_table_that_covers_everything_is_not_odd(tmp_path: Path) -> None:
    assert odd(tmp_path, 'class = "A"; contacts_per_month = 4\ncontacts_per_month = 1') == []


def test_classes_make_a_whole(tmp_path: Path) -> None:
    rows = "\n".join(f'class = "{name}"; contacts_per_month = {at}' for at, name in enumerate("ABC"))
    assert odd(tmp_path, rows) == []


def test_a_gap_is_shown_by_an_example(tmp_path: Path) -> None:
    rows = 'class = "A"; turnover_12m = ">= 100"; contacts_per_month = 4\n'
    (line,) = odd(tmp_path, rows + 'class = ["B", "C"]; contacts_per_month = 1')
    assert line == (
        "6:3: table: cases that no row covers: 1, such as class = A, turnover_12m = 99 — the parameters hold "
        'there; add a row with "*" if you mean otherwise'
    )


def test_a_row_that_never_decides(tmp_path: Path) -> None:
    (line,) = odd(tmp_path, 'contacts_per_month = 4\nclass = "A"; contacts_per_month = 8')
    assert line == (
        "8:3: table: the row never decides: rows above it take all that fits it "
        "(class = A → contacts_per_month = 8) — move it up or take it out"
    )


def test_a_row_hidden_by_two_others_together(tmp_path: Path) -> None:
    rows = 'turnover_12m = "< 10"; contacts_per_month = 1\nturnover_12m = ">= 10"; contacts_per_month = 2\n'
    (line,) = odd(tmp_path, rows + 'turnover_12m = "5..15"; contacts_per_month = 3')
    assert line.startswith("12:3: table: the row never decides")


def test_rows_that_overlap(tmp_path: Path) -> None:
    rows = 'class = "A"; contacts_per_month = 4\nindustry = "опт"; contacts_per_month = 1\n'
    assert odd(tmp_path, rows + "contacts_per_month = 2") == [
        "9:3: table: rows 1 and 2 both fit (class = A, industry = опт), the first decides — check their order"
    ]


def test_a_special_case_above_a_general_one_is_no_overlap(tmp_path: Path) -> None:
    rows = 'class = "A"; industry = "опт"; contacts_per_month = 4\nclass = "A"; contacts_per_month = 1\n'
    assert odd(tmp_path, rows + "contacts_per_month = 2") == []


def test_a_row_for_the_unknown_is_reachable(tmp_path: Path) -> None:
    rows = 'industry = "NULL"; contacts_per_month = 1\nindustry = "опт"; contacts_per_month = 2\n'
    assert odd(tmp_path, rows + "contacts_per_month = 3") == []


def test_too_many_combinations_are_left_unchecked_and_said(tmp_path: Path) -> None:
    many = [f'name = "{at}"; industry = "{at}"; region = "{at}"; contacts_per_month = 1' for at in range(30)]
    (line,) = odd(tmp_path, "\n".join(many))
    assert "overlaps and gaps were not looked for" in line
