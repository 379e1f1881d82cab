"""Which accounts in several CRMs are one employee."""

from __future__ import annotations

import random

import polars as pl
import pytest

from connector.identity.people import People, people
from connector.identity.strangers import unmatched

TRUST = ("onec", "bitrix", "amo")
KINDS = pl.Schema(
    {
        **dict.fromkeys(("source", "external_id", "name", "email", "person"), pl.String()),
        "phones": pl.List(pl.String()),
        "active": pl.Boolean(),
    }
)


def staff(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{"phones": [], "active": True, **row} for row in rows], schema=KINDS)


def account(ref: str, name: str, **said: object) -> dict[str, object]:
    source, _, external_id = ref.partition(":")
    return {"source": source, "external_id": external_id, "name": name, **said}


def who(*rows: dict[str, object]) -> dict[str, str]:
    """Return the printed ids that another one stands for."""
    return dict(people(staff(*rows), TRUST).moved)


@pytest.mark.parametrize(
    ("left", "right", "way"),
    [
        ({"name": "Иванов Пётр"}, {"name": "иванов  Петр"}, "name"),
        ({"name": "Иванов", "email": "i@x.ru"}, {"name": "Petr", "email": "I@x.ru"}, "email"),
        ({"name": "Иванов", "phones": ["101"]}, {"name": "Petr", "phones": ["101", "102"]}, "phone"),
        ({"name": "Иванов", "person": "иванов"}, {"name": "Petr", "person": "иванов"}, "people"),
    ],
)
def test_the_ways(left: dict[str, object], right: dict[str, object], way: str) -> None:
    rows = (account("onec:7", **left), account("bitrix:12", **right))  # type: ignore[arg-type]
    found = people(staff(*rows), TRUST)
    assert found.moved == {"bitrix:12": "onec:7"}
    assert set(found.way.values()) == {way}


def test_a_value_that_two_of_one_source_share_tells_nothing() -> None:
    rows = (account("onec:1", "Иванов"), account("bitrix:2", "Иванов"), account("bitrix:3", "Иванов"))
    assert who(*rows) == {}
    assert who(*rows[:2]) == {"bitrix:2": "onec:1"}


def test_the_first_way_that_holds_decides() -> None:
    rows = (
        account("onec:1", "Иванов", email="a@x.ru"),
        account("bitrix:2", "Иванов", email="b@x.ru"),
        account("bitrix:3", "Петров", email="a@x.ru"),
    )
    assert who(*rows) == {"bitrix:3": "onec:1"}


def test_nobody_has_two_accounts_in_one_source_but_by_the_firms_file() -> None:
    rows = [
        account("onec:1", "Иванов", email="a@x.ru"),
        account("bitrix:2", "И.", email="a@x.ru", phones=["101"]),
        account("amo:3", "П.", phones=["101"]),
        account("onec:4", "Петров", phones=["101"]),
    ]
    assert who(*rows) == {"bitrix:2": "onec:1"}
    for row in rows:
        row["person"] = "иванов"
    assert who(*rows) == {"bitrix:2": "onec:1", "amo:3": "onec:1", "onec:4": "onec:1"}


def test_two_persons_of_the_file_are_never_one() -> None:
    rows = (account("onec:1", "Иванов", person="старший"), account("bitrix:2", "Иванов", person="младший"))
    assert who(*rows) == {}
    assert people(staff(*rows), TRUST).alone == []


def test_one_source_matches_nobody() -> None:
    rows = (account("onec:1", "Иванов"), account("onec:2", "Иванов"))
    assert people(staff(*rows), TRUST).moved == {}


def test_the_order_of_rows_means_nothing() -> None:
    names = ["Иванов", "Петров", "Сидоров", "Орлов"]
    rows = [
        account(f"{source}:{n}", names[(n + shift) % 4], email=f"{n % 3}@x.ru", phones=[str(n % 2)])
        for shift, source in enumerate(TRUST)
        for n in range(4)
    ]

    def found(order: list[dict[str, object]]) -> People:
        return people(staff(*order), TRUST)

    straight = found(rows)
    for seed in range(10):
        mixed = list(rows)
        random.Random(seed).shuffle(mixed)
        assert found(mixed) == straight


def test_who_was_not_matched_and_owns_clients_comes_first() -> None:
    rows = staff(
        account("onec:1", "Иванов"),
        account("bitrix:2", "Иванов"),
        account("bitrix:3", "Петров"),
        account("onec:4", "Сидоров"),
        account("bitrix:5", "Уволен", active=False),
        account("bitrix:6", "Назван", person="назван"),
    )
    found = unmatched(rows, TRUST, {("onec", "4"): 9, ("bitrix", "2"): 5})
    assert [(one.source, one.id, one.clients) for one in found] == [("onec", "4", 9), ("bitrix", "3", 0)]
    assert unmatched(rows.filter(pl.col("source") == "onec"), TRUST, {}) == []
