"""Any SQLite tool shows readable times."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from connector.store.database import Store

from .records import client, event, save, utc


def test_times_are_text_and_the_rest_is_as_it_is(held: Store) -> None:
    save(held, client("C1", name="ООО «Ромашка»", created_at=utc("2019-03-01T05:06:07")), stream="clients")
    save(held, event("E1", completed_at=utc("2026-10-01T09:30"), duration_s=90), at=utc("2026-10-02"))
    with closing(sqlite3.connect(held.path)) as connection:
        clients = connection.execute(
            "SELECT external_id, name, created_at, closed_at FROM v_client"
        ).fetchall()
        events = connection.execute("SELECT duration_s, completed_at, seen_at FROM v_event").fetchall()
    assert clients == [("C1", "ООО «Ромашка»", "2019-03-01 05:06:07", None)]
    assert events == [(90, "2026-10-01 09:30:00", "2026-10-02 00:00:00")]


def test_every_view_can_be_read(store: Store) -> None:
    store.runs.start("pull")
    with closing(sqlite3.connect(store.path)) as connection:
        views = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in views}
    assert counts.pop("v_run") == 1
    assert counts == dict.fromkeys(
        (
            "v_absence", "v_answer", "v_change", "v_change_log", "v_client", "v_contact", "v_deal",
            "v_decision", "v_employee", "v_event", "v_field_change", "v_ownership", "v_quarantine", "v_sale",
            "v_stage_change", "v_task",
        ),
        0,
    )  # fmt: skip
