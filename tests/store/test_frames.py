"""The rules' way to the store: exact columns and types, one state, no harm to this process's locks."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connector.errors import ConfigError, StoreError
from connector.model import (
    Absence,
    Client,
    Deal,
    Employee,
    Entity,
    Event,
    FieldChange,
    Ownership,
    Ref,
    Sale,
    StageChange,
    Task,
)
from connector.store import frames
from connector.store.database import Store
from connector.store.frames import FRAMES, read_frames
from connector.store.numbers import client_number

from .records import MOSCOW, SOURCE, client, event, save, utc


@pytest.fixture(autouse=True)
def _as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each frame be read by a process of its own, as it is outside of tests."""
    monkeypatch.setattr(frames, "subprocess", subprocess)


TEXT, WHOLE, TRUTH, DAY, REAL = pl.String, pl.Int64, pl.Boolean, pl.Date, pl.Float64
BYTE = pl.UInt8


def word(of: str, physical: Any = BYTE) -> pl.Categorical:
    return pl.Categorical(pl.Categories(of, "connector", physical=physical))


TEXTS, MOMENT = pl.List(pl.String), pl.Datetime("us", "UTC")

CONTRACT: dict[str, list[tuple[str, Any]]] = {
    "clients": [
        ("client", WHOLE), ("source", TEXT), ("external_id", TEXT), ("name", TEXT), ("kind", TEXT),
        ("inn", TEXT), ("industry", TEXT), ("region", TEXT), ("status", TEXT), ("owner", TEXT),
        ("key_account", TRUTH), ("tags", TEXTS), ("created_at", MOMENT), ("closed_at", MOMENT),
        ("seen_at", MOMENT), ("abc", TEXT), ("flags", TEXTS), ("custom", TEXT), ("record", WHOLE),
        ("doubt", TEXT),
    ],
    "identities": [
        ("record", WHOLE), ("source", TEXT), ("external_id", TEXT), ("name", TEXT), ("kind", TEXT),
        ("inn", TEXT), ("kpp", TEXT), ("phones", TEXTS), ("emails", TEXTS), ("site", TEXT), ("region", TEXT),
        ("custom", TEXT), ("flags", TEXTS),
    ],
    "identity_state": [("stale", WHOLE), ("fingerprint", TEXT)],
    "link_verdicts": [
        ("source", TEXT), ("external_id", TEXT), ("other_source", TEXT), ("other_id", TEXT), ("said", TEXT),
        ("by", TEXT),
    ],
    "employees": [
        ("source", TEXT), ("external_id", TEXT), ("name", TEXT), ("role", TEXT), ("active", TRUTH),
        ("active_from", DAY), ("active_to", DAY), ("head", TEXT), ("department", TEXT), ("industries", TEXTS),
        ("regions", TEXTS), ("capacity", WHOLE), ("accepts_more", TRUTH), ("email", TEXT),
        ("phones", TEXTS),
    ],
    "events": [
        ("source", word("source")), ("external_id", TEXT), ("client", TEXT),
        ("employee", word("employee", pl.UInt32)), ("kind", word("kind")), ("status", word("status")),
        ("direction", word("direction")), ("planned_at", MOMENT), ("completed_at", MOMENT),
        ("logged_at", MOMENT), ("seen_at", MOMENT), ("duration_s", WHOLE), ("successful", TRUTH),
        ("by_us", TRUTH), ("deal", TEXT), ("key", TEXT),
    ],
    "deals": [
        ("source", word("source")), ("external_id", TEXT), ("client", TEXT), ("owner", TEXT), ("title", TEXT),
        ("pipeline", TEXT), ("stage", TEXT), ("stage_kind", word("stage_kind")), ("amount", WHOLE),
        ("currency", word("currency")),
        ("probability", REAL), ("created_at", MOMENT), ("closed_at", MOMENT), ("expected_close", DAY),
        ("loss_reason", TEXT),
    ],
    "stage_history": [("source", TEXT), ("deal", TEXT), ("stage", TEXT), ("entered_at", MOMENT)],
    "sales": [
        ("source", TEXT), ("external_id", TEXT), ("client", TEXT), ("date", DAY), ("amount", WHOLE),
        ("margin", WHOLE), ("currency", TEXT),
    ],
    "ownership": [
        ("source", TEXT), ("client", TEXT), ("employee", TEXT), ("valid_from", DAY), ("valid_to", DAY),
        ("known", TEXT),
    ],
    "absences": [
        ("source", TEXT), ("employee", TEXT), ("from_date", DAY), ("to_date", DAY), ("deputy", TEXT),
        ("kind", TEXT), ("seen_at", MOMENT),
    ],
    "tasks": [
        ("source", TEXT), ("external_id", TEXT), ("client", TEXT), ("deal", TEXT), ("assignee", TEXT),
        ("title", TEXT), ("status", TEXT), ("key", TEXT), ("due", MOMENT), ("created_at", MOMENT),
        ("closed_at", MOMENT),
    ],
    "field_changes": [
        ("source", TEXT), ("client", TEXT), ("field", TEXT), ("at", MOMENT), ("by", TEXT), ("old", TEXT),
        ("new", TEXT),
    ],
    "class_changes": [("source", TEXT), ("client", TEXT), ("at", MOMENT), ("old", TEXT), ("new", TEXT)],
    "co_owners": [("source", TEXT), ("client", TEXT), ("co_owners", TEXTS)],
    "answers": [
        ("source", TEXT), ("client", TEXT), ("criterion", TEXT), ("answer", TEXT), ("at", MOMENT),
        ("by", TEXT),
    ],
}  # fmt: skip


def one_row(url: str, name: str) -> dict[str, Any]:
    (row,) = read_frames(url, [name])[name].to_dicts()
    return row


# -- columns and values


def test_the_columns_are_those_the_rules_were_promised() -> None:
    assert {name: list(schema.items()) for name, schema in FRAMES.items()} == CONTRACT


def test_an_empty_store_gives_empty_frames_of_the_same_types(store: Store, url: str) -> None:
    frames = read_frames(url, list(FRAMES))
    assert {name: frame.height for name, frame in frames.items()} == dict.fromkeys(CONTRACT, 0)
    assert {name: list(frame.schema.items()) for name, frame in frames.items()} == CONTRACT


def test_only_the_columns_that_are_enough_are_read(held: Store, url: str) -> None:
    save(held, event("E1"), event("E2"))
    frames = read_frames(url, ["events", "clients"], {"events": ("kind", "external_id")})
    assert frames["events"].sort("external_id").rows() == [("call", "E1"), ("call", "E2")]
    assert list(frames["clients"].schema.items()) == CONTRACT["clients"]


def test_a_column_that_there_is_not_is_an_error(held: Store, url: str) -> None:
    with pytest.raises(KeyError, match="colour"):
        read_frames(url, ["events"], {"events": ("colour",)})


def test_a_client_comes_with_its_number(held: Store, url: str) -> None:
    full = client(
        "C1", inn="7707083893", industry="metal", region="Урал", owner="M1", key_account=True,
        tags=("vip", "юг"), created_at=utc("2019-03-01T05:06:07.000008"), abc="B", flags=("bad_inn",),
        custom={"Отрасль": "металл"},
    )  # fmt: skip
    seen_at = utc("2026-10-01T08:00")
    save(held, full, stream="clients", at=seen_at)
    assert one_row(url, "clients") == {
        "client": client_number(SOURCE, "C1"), "source": SOURCE, "external_id": "C1", "name": "Client C1",
        "kind": "company", "inn": "7707083893", "industry": "metal", "region": "Урал", "status": "active",
        "owner": "M1", "key_account": True, "tags": ["vip", "юг"],
        "created_at": utc("2019-03-01T05:06:07.000008"), "closed_at": None, "seen_at": seen_at, "abc": "B",
        "flags": ["bad_inn"], "custom": '{"Отрасль":"металл"}', "record": client_number(SOURCE, "C1"),
        "doubt": None,
    }  # fmt: skip


def test_days_lists_and_truths(held: Store, url: str) -> None:
    employee = Employee(
        ref=Ref(SOURCE, "M1"), name="Иван", role="kam", active=False, active_from=date(1999, 12, 31),
        active_to=date(2026, 2, 28), head="M0", department="d", industries=("a", "b"), capacity=7,
        email="i@x.ru",
    )  # fmt: skip
    save(held, employee, stream="users")
    assert one_row(url, "employees") == {
        "source": SOURCE, "external_id": "M1", "name": "Иван", "role": "kam", "active": False,
        "active_from": date(1999, 12, 31), "active_to": date(2026, 2, 28), "head": "M0", "department": "d",
        "industries": ["a", "b"], "regions": [], "capacity": 7, "accepts_more": None, "email": "i@x.ru",
        "phones": [],
    }  # fmt: skip


def test_an_event_and_a_deal(held: Store, url: str) -> None:
    at = utc("2026-10-01T09:30")
    save(
        held, event("E1", direction="in", completed_at=at, duration_s=61, successful=False, deal="D1"), at=at
    )
    deal = Deal(
        ref=Ref(SOURCE, "D1"), client="C1", owner="M1", title="t", stage="NEW", stage_kind="open",
        amount=2**62, currency="RUB", probability=0.25, expected_close=date(2026, 12, 31),
    )  # fmt: skip
    save(held, deal, stream="deals")
    assert one_row(url, "events") == {
        "source": SOURCE, "external_id": "E1", "client": "C1", "employee": "M1", "kind": "call",
        "status": "completed", "direction": "in", "planned_at": None, "completed_at": at, "logged_at": None,
        "seen_at": at, "duration_s": 61, "successful": False, "by_us": False, "deal": "D1", "key": None,
    }  # fmt: skip
    assert one_row(url, "deals") == {
        "source": SOURCE, "external_id": "D1", "client": "C1", "owner": "M1", "title": "t", "pipeline": None,
        "stage": "NEW", "stage_kind": "open", "amount": 2**62, "currency": "RUB", "probability": 0.25,
        "created_at": None, "closed_at": None, "expected_close": date(2026, 12, 31), "loss_reason": None,
    }  # fmt: skip


def test_what_our_own_account_completed_is_marked(held: Store, url: str) -> None:
    save(held, event("E1", flags=("late", "completed_by_us")), event("E2", flags=("late",)))
    by_us = read_frames(url, ["events"])["events"].sort("external_id")["by_us"]
    assert by_us.to_list() == [True, False]


def test_only_changes_of_the_class_and_only_cards_with_co_owners_are_read_for_them(
    held: Store, url: str
) -> None:
    at = utc("2026-09-20")
    save(
        held,
        FieldChange(ref=Ref(SOURCE, "F1"), client="C1", field="abc", at=at, by="M1", old="C", new="A"),
        FieldChange(ref=Ref(SOURCE, "F2"), client="C1", field="phone", at=at),
    )
    save(held, client("C1", co_owners=("M2", "M3")), client("C2"), stream="clients")
    frames = read_frames(url, ["class_changes", "co_owners"])
    assert {name: frame.rows() for name, frame in frames.items()} == {
        "class_changes": [(SOURCE, "C1", at, "C", "A")],
        "co_owners": [(SOURCE, "C1", ["M2", "M3"])],
    }


def test_the_other_frames(held: Store, url: str) -> None:
    at, day = utc("2026-10-01"), date(2026, 10, 1)
    rows: list[Entity] = [
        StageChange(ref=Ref(SOURCE, "S1"), deal="D1", stage="NEW", entered_at=at),
        Sale(ref=Ref(SOURCE, "X1"), client="C1", date=day, amount=-100),
        Ownership(ref=Ref(SOURCE, "O1"), client="C1", employee="M1", valid_from=day),
        Absence(ref=Ref(SOURCE, "A1"), employee="M1", from_date=day, to_date=day, deputy="M2"),
        Task(ref=Ref(SOURCE, "T1"), client="C1", title="t", due=at, key="cpc-1"),
    ]
    save(held, *rows, at=at)
    frames = read_frames(url, ["stage_history", "sales", "ownership", "absences", "tasks"])
    assert {name: frame.rows() for name, frame in frames.items()} == {
        "stage_history": [(SOURCE, "D1", "NEW", at)],
        "sales": [(SOURCE, "X1", "C1", day, -100, None, None)],
        "ownership": [(SOURCE, "C1", "M1", day, None, "vendor")],
        "absences": [(SOURCE, "M1", day, day, "M2", None, at)],
        "tasks": [(SOURCE, "T1", "C1", None, None, "t", "open", "cpc-1", at, None, None)],
    }


def test_snapshots_of_owners_are_in_the_frame(held: Store, url: str) -> None:
    save(held, client("C1", owner="M1"), stream="c", at=utc("2026-10-10T09:00"), owners_in=MOSCOW)
    rows = read_frames(url, ["ownership"])["ownership"].sort("known").rows()
    assert rows == [
        (SOURCE, "C1", "M1", None, date(2026, 10, 9), "assumed"),
        (SOURCE, "C1", "M1", date(2026, 10, 10), None, "snapshot"),
    ]


def test_deleted_rows_are_left_out(held: Store, url: str) -> None:
    save(held, event("E1"), event("E2"))
    save(held, client("C1"), client("C2"), stream="clients")
    held.removals.delete(SOURCE, Event, ["E1"])
    held.removals.delete(SOURCE, Client, ["C2"])
    frames = read_frames(url, ["events", "clients"])
    assert {name: frame["external_id"].to_list() for name, frame in frames.items()} == {
        "events": ["E2"],
        "clients": ["C1"],
    }


def test_a_column_null_for_100_000_rows_and_then_text(held: Store, url: str) -> None:
    """ADBC takes a column's type from its first 1,024 rows; the made-up first row tells it."""
    insert = (
        "INSERT INTO event (source, external_id, kind, status, key, duration_s, completed_at, successful,"
        " stream, seen_at, row_hash, flags, raw) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001) "
        "SELECT 's', i, 'call', 'completed', iif(i > 100000, 'cpc-x', NULL), iif(i > 100000, 5, NULL),"
        " iif(i > 100000, 1000000, NULL), iif(i > 100000, 1, NULL), 'e', 0, '', '[]', '{}' FROM n"
    )
    with held.lock.write() as connection:
        connection.exec_driver_sql(insert)
    events = read_frames(url, ["events"])["events"]
    assert events.height == 100_001
    last = events.filter(pl.col("key").is_not_null())
    assert last.select("key", "duration_s", "completed_at", "successful").rows() == [
        ("cpc-x", 5, utc("1970-01-01T00:00:01"), True)
    ]
    assert list(events.schema.items()) == CONTRACT["events"]


GUESSING = """
import sys
import adbc_driver_sqlite.dbapi as adbc, polars as pl
with adbc.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
    cursor.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        "SELECT iif(i = 5000, 'text', NULL) AS c FROM n"
    )
    pl.DataFrame(cursor.fetch_arrow())
"""


def test_control_adbc_guesses_a_type_wrong_without_that_row(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", GUESSING, str(tmp_path / "guess.db")]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode != 0
    assert "Type mismatch" in ran.stderr


# -- locks and states

HOLDING = """
import subprocess, sys
from pathlib import Path
from connector.store.database import open_store
from connector.store.frames import read_frames

RIVAL = '''
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
    print("wrote")
except sqlite3.OperationalError:
    print("locked")
'''

def rival(path):
    ran = subprocess.run([sys.executable, "-c", RIVAL, path], capture_output=True, text=True, check=True)
    print(ran.stdout.strip(), flush=True)

def read_here(path):
    import adbc_driver_sqlite.dbapi as adbc, polars as pl
    with adbc.connect(Path(path).as_uri() + "?mode=ro") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT external_id FROM client")
        pl.DataFrame(cursor.fetch_arrow())

path, way = sys.argv[1:]
store = open_store(f"sqlite:///{path}")
with store._database.write():
    rival(path)
    read_frames(f"sqlite:///{path}", ["clients"]) if way == "child" else read_here(path)
    rival(path)
store.close()
"""


def rivals(store: Store, way: str) -> list[str]:
    """Hold the write lock in a process, let a rival try, read, let it try again; return what it said."""
    arguments = [sys.executable, "-c", HOLDING, str(store.path), way]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    return ran.stdout.split()


def test_a_read_leaves_the_write_lock_of_this_process_alone(store: Store) -> None:
    assert rivals(store, "child") == ["locked", "locked"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks are the danger")
def test_control_adbc_in_the_same_process_takes_the_lock_away(store: Store) -> None:
    assert rivals(store, "same process") == ["locked", "wrote"]


def test_frames_are_read_while_another_writes(held: Store, url: str) -> None:
    save(held, event("E1"))
    with held.lock.write() as connection:
        connection.exec_driver_sql("DELETE FROM event")
        assert read_frames(url, ["events"])["events"].height == 1
    assert read_frames(url, ["events"])["events"].height == 0


WRITING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for number in range(10**9):
    connection.execute("BEGIN IMMEDIATE")
    for table, columns, values in (
        ("sale", "client, date, amount", "'C1', '2026-10-01', 1"),
        ("stage_change", "deal, stage, entered_at", "'D1', 'NEW', 0"),
    ):
        connection.execute(
            f"INSERT INTO {table} (source, external_id, {columns}, stream, seen_at, row_hash, flags, raw)"
            f" VALUES ('s', {number}, {values}, 's', 0, '', '[]', '{{}}')"
        )
    connection.execute("COMMIT")
    if number == 0:
        print("writing", flush=True)
"""


def test_all_frames_are_of_one_state(store: Store, url: str) -> None:
    """A writer adds one row to each of two tables in every transaction: they must be seen equal."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, str(store.path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        heights = [
            tuple(frame.height for frame in read_frames(url, ["sales", "clients", "stage_history"]).values())
            for _ in range(3)
        ]
        writer.kill()
    assert all(sales == stages for sales, _, stages in heights)
    assert heights[0] < heights[2]


# -- what goes wrong


def test_a_name_that_is_no_frame(url: str) -> None:
    with pytest.raises(KeyError, match="customers"):
        read_frames(url, ["clients", "customers"])


def test_no_names_no_frames(store: Store, url: str) -> None:
    assert read_frames(url, []) == {}


def test_no_store_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store yet") as caught:
        read_frames(f"sqlite:///{tmp_path}/connector.db", ["clients"])
    assert caught.value.hint == "run `connector pull` first"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_store_is_one_line(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "connector.db")) as connection, connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StoreError, match=r"could not be read: .*no such table: client") as caught:
        read_frames(f"sqlite:///{tmp_path}/connector.db", ["clients"])
    assert "\n" not in str(caught.value)


def test_a_store_elsewhere_is_not_for_this_version() -> None:
    with pytest.raises(ConfigError):
        read_frames("postgresql://host/db", ["clients"])


def test_the_child_is_ours_wherever_it_is_started(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of the current folder that are named like libraries are not taken for them."""
    folder = tmp_path / "project папка"
    folder.mkdir()
    (folder / "polars.py").write_text("raise SystemExit('taken')", encoding="utf-8")
    (folder / "connector.py").write_text("raise SystemExit('taken')", encoding="utf-8")
    (folder / "connector.db").write_bytes(store.path.read_bytes())
    monkeypatch.chdir(folder)
    assert read_frames("sqlite:///connector.db", ["clients"])["clients"].height == 0
