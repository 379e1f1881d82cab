"""Every record comes back from the store as it went in, whatever its fields hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import RecordError
from connector.model import (
    Absence,
    Client,
    Contact,
    Deal,
    Employee,
    Entity,
    Event,
    Ownership,
    Ref,
    Sale,
    StageChange,
    Task,
)
from connector.store.database import Store
from connector.store.rows import encode

from .records import SOURCE, event, save, utc

FULL: list[Entity] = [
    Employee(
        ref=Ref(SOURCE, "M1"), name="Иван", email="i@x.ru", phones=("+7495", "+7812"), active=False,
        role="kam", head="M9", department="Sales", industries=("metal",), regions=("Урал", "Юг"), capacity=8,
        accepts_more=True, active_from=date(2020, 2, 29), active_to=date(2026, 9, 30),
        updated_at=utc("2026-09-30T21:00:00.000001"), raw={"ID": "1", "UF": {"a": [1, None]}},
        flags=("bad_email",),
    ),
    Client(
        ref=Ref(SOURCE, "C1"), name="ООО «Ромашка»", kind="person", inn="7707083893", kpp="770701001",
        phones=("+7",), emails=("a@b.ru",), address="Москва", site="x.ru", industry="metal", region="77",
        status="blacklisted", owner="M1", co_owners=("M2",), key_account=False, tags=("vip",),
        created_at=utc("2019-01-01"), closed_at=utc("2026-01-01"), abc="A",
        custom={"Отрасль": "металл", "n": 1.5},
    ),
    Contact(
        ref=Ref(SOURCE, "P1"), client="C1", name="Пётр", position="CEO", phones=("+7",), emails=("p@x.ru",),
    ),
    Event(
        ref=Ref(SOURCE, "E1"), client="C1", employee="M1", kind="meeting", direction="out", status="planned",
        planned_at=utc("2026-10-01T09:00"), completed_at=utc("2026-10-02"), logged_at=utc("2026-10-03"),
        duration_s=0, successful=False, subject="s", result="r", deal="D1", key="cpc-1",
    ),
    Deal(
        ref=Ref(SOURCE, "D1"), client="C1", owner="M1", title="t", pipeline="p", stage="NEW",
        stage_kind="won", amount=2**53 + 1, currency="RUB", probability=0.1, created_at=utc("2026-01-01"),
        expected_close=date(2026, 12, 31), closed_at=utc("2026-02-01"), loss_reason="price",
    ),
    StageChange(ref=Ref(SOURCE, "S1"), deal="D1", stage="NEW", entered_at=utc("2026-01-01")),
    Sale(
        ref=Ref(SOURCE, "X1"), client="C1", date=date(2026, 1, 1), amount=-5, margin=0, currency="RUB",
        deal="D1",
    ),
    Ownership(
        ref=Ref(SOURCE, "O1"), client="C1", employee="M1", valid_from=date(2026, 1, 1),
        valid_to=date(2026, 2, 1), reason="hired",
    ),
    Absence(
        ref=Ref(SOURCE, "A1"), employee="M1", from_date=date(2026, 7, 1), to_date=date(2026, 7, 14),
        deputy="M2", kind="holiday",
    ),
    Task(
        ref=Ref(SOURCE, "T1"), client="C1", deal="D1", assignee="M1", title="t", due=utc("2026-10-01"),
        status="done", created_at=utc("2026-09-01"), closed_at=utc("2026-09-02"), key="cpc-2",
    ),
]  # fmt: skip

BARE: list[Entity] = [
    Employee(ref=Ref(SOURCE, "M"), name=""),
    Client(ref=Ref(SOURCE, "C"), name=""),
    Contact(ref=Ref(SOURCE, "P")),
    Event(ref=Ref(SOURCE, "E"), kind="other", status="cancelled"),
    Deal(ref=Ref(SOURCE, "D"), stage="", stage_kind="open"),
    Sale(ref=Ref(SOURCE, "X"), client="C", date=date(1, 1, 1), amount=0),
    Absence(ref=Ref(SOURCE, "A"), employee="M", from_date=date(9999, 12, 31), to_date=date(9999, 12, 31)),
    Task(ref=Ref(SOURCE, "T")),
]


def kept(store: Store, entity: Entity) -> Entity | None:
    save(store, entity)
    stored = store.entities.get(type(entity), *entity.ref)
    return None if stored is None else stored.entity


@pytest.mark.parametrize("entity", FULL + BARE, ids=lambda entity: f"{type(entity).__name__}-{entity.ref[1]}")
def test_a_record_comes_back_as_it_went_in(held: Store, entity: Entity) -> None:
    assert kept(held, entity) == entity


texts = st.one_of(st.none(), st.text(st.characters(codec="utf-8")))
moments = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))
whole = st.one_of(st.none(), st.integers(-(2**63) + 1, 2**63 - 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    subject=texts,
    planned_at=moments,
    duration_s=whole,
    successful=st.one_of(st.none(), st.booleans()),
    updated_at=moments,
    raw=st.dictionaries(st.text(st.characters(codec="utf-8")), texts | whole),
)
def test_so_does_whatever_a_vendor_may_send(held: Store, **fields: Any) -> None:
    number = held.entities.count(Event, SOURCE)
    one = event(f"E{number}", **fields)
    assert kept(held, one) == one


def test_a_time_of_another_zone_is_the_same_moment(held: Store) -> None:
    moscow = datetime(2026, 10, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    assert kept(held, event("E1", planned_at=moscow)) == event("E1", planned_at=utc("2026-10-01T09:00"))


def test_the_hash_is_of_the_content_and_not_of_the_vendors_order_of_keys() -> None:
    one, same = event("E", raw={"a": 1, "b": 2}), event("E", raw={"b": 2, "a": 1})
    assert encode(one).hash == encode(same).hash
    for other in (
        event("E", raw={"a": 1, "b": 3}),
        event("F", raw={"a": 1, "b": 2}),
        event("E", raw={"a": 1, "b": 2}, updated_at=utc("2026-01-01")),
        event("E", raw={"a": 1, "b": 2}, flags=("x",)),
        event("E", raw={"a": 1, "b": 2}, subject=""),
    ):
        assert encode(one).hash != encode(other).hash


def test_a_number_that_no_column_holds_is_the_records_fault() -> None:
    with pytest.raises(RecordError, match="too large") as caught:
        encode(Sale(ref=Ref(SOURCE, "X"), client="C", date=date(2026, 1, 1), amount=2**63))
    assert caught.value.field == "amount"


def test_half_a_character_is_replaced_in_a_field_and_refused_in_an_id(held: Store) -> None:
    """A CRM that cuts a text in the middle of an emoji leaves half a surrogate pair, which is no UTF-8."""
    stored = kept(held, event("E1", subject="ok \ud83d", raw={"SUBJECT": "ok \ud83d"}))
    assert stored == event("E1", subject="ok ?", raw={"SUBJECT": "ok \ud83d"})
    with pytest.raises(RecordError, match="characters that do not exist"):
        encode(event("E\ud83d"))


def test_a_raw_form_that_json_does_not_know_is_kept_as_text(held: Store) -> None:
    stored = kept(held, event("E1", raw={"at": date(2026, 1, 1), "n": 10**30}))
    assert stored is not None
    assert stored.raw == {"at": "2026-01-01", "n": 10**30}
