"""Headers in two languages, and those of the firm's own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from connector.tables import cells
from connector.tables.header import recognise
from connector.tables.rows import CellError, key_of, others, values
from connector.tables.shape import Column, Shape, find

ZONE = ZoneInfo("Europe/Moscow")
SHAPE = Shape(
    "clients",
    (
        Column("id", cells.text, ("Код",), required=True),
        Column("name", cells.text, ("Наименование", "Клиент"), required=True),
        Column("created_at", cells.day, ("Дата создания",)),
    ),
    ("id",),
    ("Клиенты",),
)


def test_titles_are_known_in_both_languages_whatever_their_look() -> None:
    header = recognise([" Created-At*", "КОД", "Наименование:", "Город"], SHAPE)
    assert header.positions == {"created_at": 0, "id": 1, "name": 2}
    assert header.others == {3: "Город"}
    assert header.problem == ""


def test_the_firms_own_titles_go_before_ours() -> None:
    header = recognise(
        ["Код", "Код контрагента", "Имя фирмы"],
        SHAPE,
        {"код контрагента": "id", "Имя фирмы": "name", "Код": "x"},
    )
    assert header.positions["id"] == 1
    assert header.positions["name"] == 2


def test_a_missing_column_is_told_with_the_nearest_title() -> None:
    assert recognise(["id", "nmae"], SHAPE).problem == "column 'name' is missing, did you mean 'nmae'?"


def test_a_column_that_stands_twice_is_told() -> None:
    assert recognise(["id", "name", "Клиент"], SHAPE).problem == (
        "column 'name' stands twice, at 2 and 3: keep one"
    )


def test_values_and_what_the_format_does_not_know() -> None:
    header = recognise(["name", "Город", "id", ""], SHAPE)
    row = ["Ёлка", "Омск", "C1", "?"]
    assert values(SHAPE, header, row, "clients.csv:2", ZONE) == {"id": "C1", "name": "Ёлка"}
    assert others(header, row) == {"Город": "Омск", "column 4": "?"}
    assert key_of(SHAPE, header, row) == "C1"


@pytest.mark.parametrize(
    ("row", "said", "field"),
    [
        (["", "Ёлка", ""], "clients.csv:2:1: id is empty: fill it in", "id"),
        (["1", "Ёлка", "вчера"], "clients.csv:2:3: created_at is 'вчера': write a date", "created_at"),
        (["1", "Ёлка"], "clients.csv:2: 2 cells under 3 columns: count the separators", ""),
        (["1", "Ёлка", "", "x"], "clients.csv:2: 4 cells under 3 columns", ""),
    ],
    ids=["empty", "date", "short", "long"],
)
def test_the_first_wrong_cell_is_named_with_its_place(row: list[str], said: str, field: str) -> None:
    header = recognise(["id", "name", "created_at"], SHAPE)
    with pytest.raises(CellError) as told:
        values(SHAPE, header, row, "clients.csv:2", ZONE)
    assert str(told.value).startswith(said)
    assert told.value.field == field


def test_empty_cells_beyond_the_header_are_overlooked() -> None:
    header = recognise(["id", "name"], SHAPE)
    assert values(SHAPE, header, ["1", "Ёлка", "", ""], "x:2", ZONE)["name"] == "Ёлка"


def test_tables_are_found_by_either_name() -> None:
    assert [find(name, [SHAPE]) for name in ("clients", "КЛИЕНТЫ", "firms")] == [SHAPE, SHAPE, None]
