"""Whatever a file holds, each row is stored or in quarantine with its place, and nothing is ever fatal."""

from __future__ import annotations

import csv
import io
import itertools
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.model import Client, Entity, Event, Sale
from connector.store.database import Store
from connector.sync.pull import StreamOutcome, pull_source

from .conftest import MOSCOW, Firm, source

SOME = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KINDS: dict[str, type[Entity]] = {"clients": Client, "events": Event, "sales": Sale}
HEADERS = {
    "clients": ["id", "name", "inn", "owner", "key_account", "created_at", "abc", "Город"],
    "events": ["id", "client", "kind", "status", "completed_at", "duration_s", "successful"],
    "sales": ["id", "client", "date", "amount"],
}
GOOD = {
    "id": ["1", "2", "3", "C1"], "name": ["Ёлка", 'ООО "Сосна"', "a|b"], "client": ["1", "нет такого"],
    "kind": ["call", "звонок"], "status": ["completed", "planned"], "date": ["2026-09-01", "31.12.2026"],
    "amount": ["5", "1 000,50", "-3"],
}  # fmt: skip
JUNK = st.one_of(
    st.sampled_from(
        ["", " ", "31.13.2026", "#N/A", "1e400", "0", "да", "\u00a0", "01.01.0001", '"', "a\nb", "a;b,c\td"]
    ),
    st.text(max_size=12),
)

_names = itertools.count()


def counted(store: Store, folder: Path) -> tuple[Mapping[str, StreamOutcome], Mapping[str, int]]:
    """Pull the folder as a source of its own; return the outcomes and stored + quarantined by table."""
    name = f"firm{next(_names)}"
    with store.lock.acquire("pull", name):
        outcomes = pull_source(source(folder, name), store, zone=MOSCOW)
    held = {
        table: store.entities.count(entity, name) + store.quarantine.count(name, table)
        for table, entity in KINDS.items()
    }
    return {outcome.stream: outcome for outcome in outcomes}, held


def one_line(outcomes: Mapping[str, StreamOutcome]) -> None:
    """Every failure is a line for people, none a fault of the plugin."""
    for outcome in outcomes.values():
        assert "the plugin" not in outcome.error
        assert "\n" not in outcome.error


def cell(column: str) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(GOOD[column]), JUNK) if column in GOOD else JUNK


def table(name: str) -> st.SearchStrategy[list[list[str]]]:
    row = st.tuples(*map(cell, HEADERS[name])).map(list)
    return st.lists(
        st.one_of(row, row.map(lambda cells: cells[:-1]), row.map(lambda cells: [*cells, "+"])), max_size=12
    )


def is_row(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def rows_of(lines: Sequence[Sequence[str]]) -> int:
    """Count the rows; those of separators alone at the end of the file are none."""
    return max((number for number, cells in enumerate(lines, 1) if is_row(cells)), default=0)


def written(folder: Path, name: str, lines: Sequence[Sequence[str]], separator: str, encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([HEADERS[name], *lines])
    (folder / f"{name}.csv").write_bytes(text.getvalue().encode(encoding, errors="replace"))


@SOME
@given(
    tables=st.fixed_dictionaries({name: table(name) for name in KINDS}),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16"]),
)
def test_every_row_is_stored_or_in_quarantine(
    store: Store, tables: dict[str, list[list[str]]], separator: str, encoding: str
) -> None:
    folder = Path(tempfile.mkdtemp())
    for name, lines in tables.items():
        written(folder, name, lines, separator, encoding)
    outcomes, held = counted(store, folder)
    shutil.rmtree(folder)
    one_line(outcomes)
    assert held == {name: rows_of(lines) for name, lines in tables.items()}
    assert {name: outcomes[name].read for name in tables} == held


LINE = st.text(
    st.characters(
        exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff", exclude_categories=["Cs"]
    ),
    max_size=20,
)


@SOME
@given(lines=st.lists(LINE, max_size=15), header=st.sampled_from(["id,name", "id;name;owner", "Код\tИмя"]))
def test_lines_of_any_text_are_each_a_row(store: Store, lines: list[str], header: str) -> None:
    """Whatever the quotes: no two lines make one row here unless they are one by the rules of CSV."""
    unquoted = [line.replace('"', "'") for line in lines]
    separator = next((mark for mark in ",;\t" if mark in header), ",")
    folder = Path(tempfile.mkdtemp())
    (folder / "clients.csv").write_text("\n".join([header, *unquoted]), encoding="utf-8", newline="")
    outcomes, held = counted(store, folder)
    shutil.rmtree(folder)
    one_line(outcomes)
    cells = [line.split(separator) for line in unquoted]
    full = cells[: rows_of(cells)]
    assert held["clients"] == sum(line != [""] for line in full)


@SOME
@given(content=st.binary(max_size=200), name=st.sampled_from(["clients.csv", "clients.xlsx", "columns.toml"]))
def test_any_bytes_are_no_fault_of_the_program(store: Store, content: bytes, name: str) -> None:
    folder = Path(tempfile.mkdtemp())
    (folder / name).write_bytes(content)
    outcomes, held = counted(store, folder)
    shutil.rmtree(folder)
    one_line(outcomes)
    assert outcomes["clients"].read == held["clients"]


@SOME
@given(flips=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8))
def test_a_damaged_file_is_no_fault_of_the_program(store: Store, flips: list[tuple[int, int]]) -> None:
    whole = "id;name;created_at\n" + "".join(f'C{n};"Ёлка ""{n}""";2026-01-{n:02}\n' for n in range(1, 12))
    data = bytearray(whole.encode())
    for at, byte in flips:
        data[at % len(data)] = byte
    folder = Path(tempfile.mkdtemp())
    (folder / "clients.csv").write_bytes(bytes(data))
    outcomes, held = counted(store, folder)
    shutil.rmtree(folder)
    one_line(outcomes)
    assert outcomes["clients"].read == held["clients"]


# -- the malformed things one by one, each with its place


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("id;name\n;Ёлка\n", "#2", "clients.csv:2:1: id is empty: fill it in"),
        ("id;name\n1;\n", "1", "clients.csv:2:2: name is empty: fill it in"),
        ("id;name;created_at\n1;Ёлка;31.13.2026\n", "1", "clients.csv:2:3: created_at is '31.13.2026'"),
        ("id;name;key_account\n1;Ёлка;может\n", "1", "clients.csv:2:3: key_account is 'может': write 1 or 0"),
        ("id;name;abc\n1;Ёлка;D\n", "1", "clients.csv:2:3: abc is 'D': write one of A, B, C"),
        ("id;name\n1;Ёлка;лишнее\n", "1", "clients.csv:2: 3 cells under 2 columns: count the separators"),
        ('id;name\n1;"Ёлка\n', "#2", "clients.csv:2: a quote is opened and never closed"),
        ("id;name\n1;Ёлка\n1;Сосна\n", "1#2", "clients.csv:2: the same id again on line 3, which counts"),
        ("id;name\n1;а\x00б\n", "1", "clients.csv:2:2: a NUL character"),
        (b"id;name\n1;\xd0\x81\n2;\xff\xd0\x81\n3;\xd0\x81\n", "2", "clients.csv:3:2: bytes that"),
    ],
    ids=["no id", "no name", "date", "flag", "class", "cells", "quote", "again", "nul", "bytes"],
)  # fmt: skip
def test_a_bad_row_is_told_with_file_line_and_column(
    firm: Firm, text: str | bytes, name: str, said: str
) -> None:
    firm.write("clients.csv", text)
    outcome = firm.pull()["clients"]
    assert (outcome.ok, outcome.quarantined) == (True, 1)
    reasons = firm.rejected()
    assert list(reasons) == [name]
    assert reasons[name].startswith(said)


def test_the_row_waits_whole(firm: Firm) -> None:
    firm.write("clients.csv", "id;name;created_at\n1;Ёлка;вчера\n")
    firm.pull()
    (row,) = firm.store.quarantine.rows("firm")
    assert row.field == "created_at"
    assert (row.raw["file"], row.raw["line"], row.raw["cells"]) == ("clients.csv", 2, ["1", "Ёлка", "вчера"])


def test_a_missing_column_is_one_line_and_all_rows_wait(firm: Firm) -> None:
    firm.write("clients.csv", "id;nmae\n1;Ёлка\n2;Сосна\n")
    firm.write("sales.csv", "id;client;date;amount\nS1;1;2026-09-01;5\n")
    outcomes = firm.pull()
    assert outcomes["clients"].error == (
        "clients.csv:1: column 'name' is missing, did you mean 'nmae'? — mend the header"
    )
    assert (outcomes["clients"].quarantined, outcomes["sales"].new) == (2, 1)
    firm.write("clients.csv", "id;name\n1;Ёлка\n2;Сосна\n")
    assert firm.pull()["clients"].new == 2
    assert firm.rejected() == {}


def test_all_of_a_file_is_accounted_for_even_if_it_is_mostly_bad(firm: Firm) -> None:
    bad = "".join(f"B{n};Ёлка;вчера\n" for n in range(3000))
    good = "".join(f"G{n};Ёлка;2026-01-15\n" for n in range(3000))
    firm.write("clients.csv", "id;name;created_at\n" + bad + good)
    outcome = firm.pull()["clients"]
    assert "3000 of 6000 rows could not be read" in outcome.error
    assert firm.store.entities.count(Client, "firm") == 3000
    assert firm.store.quarantine.count("firm", "clients") == 3000


def test_bad_rows_at_the_beginning_do_not_fail_a_file_that_is_good(firm: Firm) -> None:
    bad = "".join(f"B{n};Ёлка;вчера\n" for n in range(150))
    good = "".join(f"G{n};Ёлка;2026-01-15\n" for n in range(5000))
    firm.write("clients.csv", "id;name;created_at\n" + bad + good)
    outcome = firm.pull()["clients"]
    assert (outcome.ok, outcome.new, outcome.quarantined) == (True, 5000, 150)


def test_rows_that_refer_to_a_bad_one_stay(firm: Firm) -> None:
    firm.write("clients.csv", "id;name\n1;\n")
    firm.write("events.csv", "id;client;employee;kind;status\nE1;1;M1;call;planned\nE2;нет;M9;call;planned\n")
    assert firm.pull()["events"].new == 2


def test_an_invalid_inn_is_no_bad_cell(firm: Firm) -> None:
    firm.write("clients.csv", "id;name;inn;phones\n1;Ёлка;123;не знаю\n")
    assert firm.pull()["clients"].quarantined == 0
    found = firm.store.entities.get(Client, "firm", "1")
    assert found is not None
    assert found.entity.flags == ("invalid:phones", "invalid:inn")
