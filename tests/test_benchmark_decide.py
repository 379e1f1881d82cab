"""The benchmark of judging runs and counts; how fast anything is, no test says."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.decide_ours import floor, judging
from benchmarks.large_store import Size, fill

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "connector.db"
    fill(path, Size(1_000, 10_000, 2_000), seed=1)
    return path


def test_each_step_is_measured_beside_the_floor() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.decide", "--quick"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=280,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert not ran.stderr
    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines() if line.startswith("| ")][2:]
    assert [row[0] for row in rows] == ["floor", "decide", "jsonl", "storing"]
    assert rows[0][3] == rows[0][5] == "1.00"
    assert all(float(cell.replace(",", "")) >= 0 for row in rows for cell in row[1:])
    assert rows[1][1] == rows[2][1], "as many lines as decisions"


def test_the_store_holds_the_base_that_was_asked_for(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        count = {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("client", "client_number", "event", "deal", "employee")
        }
    assert count == {"client": 1_000, "client_number": 1_000, "event": 10_000, "deal": 2_000, "employee": 2}


def test_what_is_judged_is_a_firm_with_every_answer(store: Path) -> None:
    """Else the benchmark would measure rules that find nothing to do."""
    found = {(rule, decision) for rule, _, decision, _ in judging(store)["answers"]}
    assert found >= {
        ("abc", "A"), ("abc", "B"), ("abc", "C"), ("contact_norm", "met"), ("contact_norm", "breached"),
        ("no_contact", "no_contact"), ("next_contact", "plan_next"), ("next_contact", "already_planned"),
        ("withdraw", "withdraw"), ("withdraw", "keep"),
    }  # fmt: skip
    assert floor(store)["clients"] > 990


def test_the_seed_makes_the_base(tmp_path: Path) -> None:
    def events(name: str, seed: int) -> list[tuple[object, ...]]:
        fill(tmp_path / name, Size(50, 200, 10), seed)
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            return connection.execute("SELECT client, kind, completed_at FROM event").fetchall()

    assert events("a.db", 1) == events("b.db", 1) != events("c.db", 2)
