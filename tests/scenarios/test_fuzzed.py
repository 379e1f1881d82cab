"""Cells of a firm's tables spoilt at random: every row accounted for, and the same bytes each time."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from conftest import Project, firm

from connector.sandbox.company.bundle import write_folder

from .test_same_bytes import AS_OF, Rows, as_csv, shuffled

JUNK = (
    "", " ", "31.13.2026", "2026-02-30", "#N/A", "1e400", "-1", "да", "нет такого", "\u00a0", "0001-01-01",
    '"', "a\nb", "99999999999999999999", "2026-09-10T25:00", "M1|M2|", "Ё" * 200_000,
)  # fmt: skip
SPOILT = 0.02
"""The share of cells; rows of every table go to quarantine by it, far fewer than would fail a table."""


def spoilt(tables: dict[str, Rows], seed: int) -> dict[str, Rows]:
    """Spoil cells, but those of ids: a row that is repeated with another content depends on the order."""
    chance, found = random.Random(seed), {}
    for name, (header, *rows) in tables.items():
        keep = {header.index(title) for title in ("id",) if title in header}
        found[name] = [header] + [
            [
                chance.choice(JUNK) if at not in keep and chance.random() < SPOILT else cell
                for at, cell in enumerate(row)
            ]
            for row in rows
        ]
    chance_table = chance.choice(sorted(set(found) - {"clients", "employees", "events"}))
    found[chance_table] = []
    return found


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    folder = tmp_path_factory.mktemp("company")
    write_folder(firm(clients=60, seed=11, as_of=AS_OF, events=10.0), folder)
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.reader(file))
    return tables


def judged(project: Project, data: Path, tables: dict[str, Rows]) -> str:
    """Pull and judge; each table's rows are stored or in quarantine, none is lost and none is fatal."""
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    read = {line["stream"]: line for line in project("pull", "--format", "jsonl").lines}
    for name, rows in tables.items():
        if name in read:
            assert read[name]["read"] == len(rows[1:]), name
            assert read[name]["new"] + read[name]["quarantined"] == len(rows[1:]), name
    assert sum(one["quarantined"] for one in read.values()) > 20, "the fuzz did nothing"
    told = project("decide", "--as-of", AS_OF, "--format", "jsonl")
    assert told.code == 0, told.err
    return told.out


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_spoilt_firm_is_judged_alike_in_any_order(
    seed: int, company: dict[str, Rows], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = spoilt(company, seed)
    mixed = {name: [*rows[:1], *shuffled(rows[1:], f"{seed}{name}")] for name, rows in tables.items()}
    plain, other = Project(tmp_path / "plain", capsys), Project(tmp_path / "other", capsys)
    told = judged(plain, as_csv(tmp_path / "a", tables, "utf-8", ";"), tables)
    assert judged(other, as_csv(tmp_path / "b", mixed, "utf-8-sig", ","), mixed) == told
    assert len(told.splitlines()) > 100
    plain("pull", "--full")
    assert plain("decide", "--as-of", AS_OF, "--format", "jsonl").out == told


def test_the_place_of_each_bad_row_is_told(
    company: dict[str, Rows], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = spoilt(company, 4)
    project = Project(tmp_path / "project", capsys)
    judged(project, as_csv(tmp_path / "a", tables, "utf-8", ";"), tables)
    rejected = project("rejected", "list", "--format", "jsonl").lines
    assert rejected
    for row in rejected:
        file, line, rest = row["reason"].split(":", 2)
        assert file == f"{row['stream']}.csv"
        assert 2 <= int(line) <= 200 * len(tables[row["stream"]])
        assert rest
