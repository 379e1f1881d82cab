"""The benchmark runs and counts; how fast anything is, no test says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Table = list[list[str]]


@pytest.fixture(scope="module")
def tables() -> list[Table]:
    """Return the rows of each table that a quick run prints, without their heads."""
    return printed("bitrix24_pull")


def printed(program: str, *more: str) -> list[Table]:
    """Run a program quickly, without other clients; return the rows of its tables, without their heads."""
    ran = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{program}", "--quick", "--alone", *more],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=280,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert not ran.stderr
    parts = [part.strip().splitlines()[2:] for part in ran.stdout.split("###")[1:]]
    return [[line.strip("| ").split(" | ") for line in part[2:]] for part in parts]


def test_the_race_is_read_to_the_last_row_without_a_refusal(tables: list[Table]) -> None:
    """3,000 companies and the portal's own; our list takes two batches and the page that proves the end."""
    whole, stored = tables[0]
    assert whole[:2] + whole[3:6] == ["20 ms", "ours, list", "3,001 of 3,001", "3", "0"]
    assert stored[1] == "ours, all fields, INN, to the store"
    assert (stored[3], stored[5]) == ("3,001 of 3,001", "0")


def test_memory_and_work_are_measured(tables: list[Table]) -> None:
    memory, work = tables[1:3]
    assert [row[0] for row in memory] == ["1,000", "3,000"]
    assert all(float(row[1]) > 10 for row in memory)
    assert [row[0] for row in work] == ["clients", "events"]
    assert all(float(row[1].replace(",", "")) > 0 for row in work)


def test_a_day_costs_requests_by_its_changes_and_not_by_the_base(tables: list[Table]) -> None:
    small, large = tables[3]
    assert [row[0] for row in (small, large)] == ["500", "2,500"]
    assert small[3] == large[3]
    assert int(large[2]) < int(large[1]) + 5


def test_an_account_of_amocrm_is_read_to_the_last_row_without_a_refusal() -> None:
    (table,) = printed("amocrm_pull", "--only", "company_notes")
    assert [row[:3] for row in table] == [
        ["company_notes", "ours, parsed", "600 of 600"],
        ["company_notes", "ours, to the store", "600 of 600"],
    ]
    assert all((row[6], float(row[4]) < 1) == ("0", True) for row in table)
