"""Owners seen by pulls become days of ownership, where the CRM keeps no history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from connector.model import Ownership, Ref
from connector.store.database import Store

from .records import MOSCOW, SOURCE, client, save, utc

Days = list[tuple[str, str | None, str | None, str]]


def days(store: Store) -> Days:
    """Return employee, first day, last day and how they are known, by first day."""
    with store._database.read() as connection:
        rows = connection.execute(
            text("SELECT employee, valid_from, valid_to, known FROM ownership ORDER BY valid_from, employee")
        )
        return [tuple(row) for row in rows]


def seen(store: Store, when: str, owner: str | None, **fields: Any) -> None:
    """Save client C1 with that owner, as of a moment in UTC."""
    fields = {"created_at": utc("2026-09-15T10:00"), **fields}
    save(store, client("C1", owner=owner, **fields), stream="clients", at=utc(when), owners_in=MOSCOW)


def test_the_first_owner_is_assumed_before_the_first_pull_and_seen_from_it_on(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1")
    assert days(held) == [
        ("M1", "2026-09-15", "2026-10-09", "assumed"),
        ("M1", "2026-10-10", None, "snapshot"),
    ]


def test_an_unknown_day_of_creation_leaves_the_first_day_open(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1", created_at=None)
    assert days(held) == [("M1", None, "2026-10-09", "assumed"), ("M1", "2026-10-10", None, "snapshot")]


def test_nothing_is_assumed_of_a_client_made_today(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1", created_at=utc("2026-10-10T08:00"))
    assert days(held) == [("M1", "2026-10-10", None, "snapshot")]


def test_days_are_those_of_the_companys_zone(held: Store) -> None:
    """21:30 UTC is half past midnight in Moscow, for the pull and for the day of creation."""
    seen(held, "2026-10-09T21:30", "M1", created_at=utc("2026-09-30T21:30"))
    assert days(held) == [
        ("M1", "2026-10-01", "2026-10-09", "assumed"),
        ("M1", "2026-10-10", None, "snapshot"),
    ]


def test_another_owner_begins_on_the_day_of_the_pull_that_saw_it(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1")
    seen(held, "2026-10-20T09:00", "M2")
    seen(held, "2026-10-25T09:00", "M2", name="renamed")
    assert days(held) == [
        ("M1", "2026-09-15", "2026-10-09", "assumed"),
        ("M1", "2026-10-10", "2026-10-19", "snapshot"),
        ("M2", "2026-10-20", None, "snapshot"),
    ]


def test_a_day_has_one_owner(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1")
    seen(held, "2026-10-20T09:00", "M2")
    seen(held, "2026-10-20T15:00", "M3")
    assert days(held)[1:] == [
        ("M1", "2026-10-10", "2026-10-19", "snapshot"),
        ("M3", "2026-10-20", None, "snapshot"),
    ]


def test_no_owner_is_days_without_a_row(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1")
    seen(held, "2026-10-20T09:00", None)
    seen(held, "2026-10-30T09:00", "M1")
    assert days(held)[1:] == [
        ("M1", "2026-10-10", "2026-10-19", "snapshot"),
        ("M1", "2026-10-30", None, "snapshot"),
    ]


def test_an_owner_who_went_on_the_day_of_coming_owned_no_day(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1", created_at=utc("2026-10-10"))
    seen(held, "2026-10-20T09:00", "M2")
    seen(held, "2026-10-20T15:00", None)
    assert days(held) == [("M1", "2026-10-10", "2026-10-19", "snapshot")]


def test_a_client_first_seen_without_an_owner_is_owned_from_the_day_it_has_one(held: Store) -> None:
    seen(held, "2026-10-10T09:00", None)
    assert days(held) == []
    seen(held, "2026-10-12T09:00", "M1")
    assert days(held) == [("M1", "2026-10-12", None, "snapshot")]


def test_an_older_version_of_a_client_changes_no_owner(held: Store) -> None:
    seen(held, "2026-10-10T09:00", "M1", updated_at=utc("2026-10-09"))
    seen(held, "2026-10-20T09:00", "M2", updated_at=utc("2026-10-08"))
    assert [row[0] for row in days(held)] == ["M1", "M1"]


def test_a_vendors_history_is_kept_as_the_vendors(held: Store) -> None:
    first = utc("2026-01-01").date()
    row = Ownership(ref=Ref(SOURCE, "O1"), client="C1", employee="M1", valid_from=first)
    save(held, row, stream="ownership")
    save(held, client("C1", owner="M2"), stream="clients")
    assert days(held) == [("M1", "2026-01-01", None, "vendor")]


def test_snapshots_leave_a_vendors_rows_alone(held: Store) -> None:
    first = utc("2026-01-01").date()
    save(held, Ownership(ref=Ref(SOURCE, "O1"), client="C1", employee="M9", valid_from=first), stream="o")
    seen(held, "2026-10-10T09:00", "M1", created_at=utc("2026-10-10"))
    seen(held, "2026-10-20T09:00", "M2")
    assert days(held) == [
        ("M9", "2026-01-01", None, "vendor"),
        ("M1", "2026-10-10", "2026-10-19", "snapshot"),
        ("M2", "2026-10-20", None, "snapshot"),
    ]
