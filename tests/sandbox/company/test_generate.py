import hashlib
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from connector import clock
from connector.errors import ConfigError
from connector.sandbox.company.cells import is_time
from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import COLUMNS, REFERENCES, Company

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


def test_the_same_arguments_make_the_same_firm() -> None:
    first, second = (generate(clients=30, seed=9, as_of=NOON) for _ in range(2))
    assert first == second
    assert first.tables["clients"] is not second.tables["clients"]


@pytest.mark.parametrize("table", [name for name in COLUMNS if name != "answers"])
def test_another_seed_changes_every_table(table: str) -> None:
    first, second = (generate(clients=30, seed=seed, as_of=NOON).tables[table] for seed in (1, 2))
    assert first != second


def digest(hash_seed: str) -> str:
    """Return a digest of a firm made in another process, where text hashes otherwise."""
    code = (
        "import datetime, hashlib; from connector.sandbox.company.generate import generate;"
        "noon = datetime.datetime(2026, 10, 12, 12, tzinfo=datetime.UTC);"
        "print(hashlib.sha256(repr(generate(clients=30, seed=9, as_of=noon).tables).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_a_firm_does_not_depend_on_how_text_hashes() -> None:
    here = repr(generate(clients=30, seed=9, as_of=NOON).tables).encode()
    assert digest("1") == digest("2") == hashlib.sha256(here).hexdigest() + "\n"


def test_tables_have_their_columns_in_order(any_firm: Company) -> None:
    assert list(any_firm.tables) == list(COLUMNS)
    for table, rows in any_firm.tables.items():
        assert all(tuple(row) == COLUMNS[table] for row in rows), table
        assert all(isinstance(cell, str) for row in rows for cell in row.values())


def test_ids_are_unique_and_references_valid(any_firm: Company) -> None:
    ids = {
        table: {row["id"] for row in rows}
        for table, rows in any_firm.tables.items()
        if "id" in COLUMNS[table]
    }
    for table, rows in any_firm.tables.items():
        if table in ids:
            assert len(ids[table]) == len(rows), table
        for row in rows:
            for column, target in REFERENCES[table].items():
                named = set(filter(None, row[column].split("|")))
                assert named <= ids[target], (table, column, named)


def test_times_carry_the_zone_s_offset_and_lie_before_as_of(any_firm: Company) -> None:
    local = clock.zone(any_firm.zone)
    for table, rows in any_firm.tables.items():
        for column in filter(is_time, COLUMNS[table]):
            for text in filter(None, (row[column] for row in rows)):
                moment = datetime.fromisoformat(text)
                assert moment.astimezone(local).isoformat() == text
                assert moment <= any_firm.as_of or column == "planned_at", (table, column, text)


def test_size_and_thinness() -> None:
    firm = generate(clients=70, seed=1, as_of=NOON, events_per_client=0)
    assert len(firm.tables["clients"]) == 70
    assert firm.tables["events"] == []


def test_events_per_client_is_their_mean(firm: Company) -> None:
    assert len(firm.tables["events"]) == pytest.approx(30 * 300, rel=0.02)


def test_as_of_is_kept_and_a_naive_one_read_in_the_zone() -> None:
    naive = datetime(2026, 10, 12, 15, 0)  # noqa: DTZ001  # it is about naive
    assert generate(clients=1, seed=1, as_of=naive).as_of == NOON


@pytest.mark.parametrize("wrong", [{"clients": -1}, {"events_per_client": -1.0}, {"zone": "Moscow"}])
def test_impossible_firms_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        generate(**{"clients": 1, "seed": 1, "as_of": NOON, **wrong})  # type: ignore[arg-type]  # wrong on purpose


def test_three_hundred_clients_take_less_than_a_second() -> None:
    started = time.process_time()
    generate(clients=300, seed=1, as_of=NOON)
    assert time.process_time() - started < 1.0
