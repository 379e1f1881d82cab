"""The neutral tables while they live."""

from __future__ import annotations

from datetime import date

from connector.sandbox.truth import Truth
from sandbox.firms import firm


def owners(truth: Truth, client: str) -> list[tuple[str, str, str]]:
    rows = truth.tables()["ownership"]
    return [(row["employee"], row["valid_from"], row["valid_to"]) for row in rows if row["client"] == client]


def test_an_owner_follows_the_last() -> None:
    truth = Truth(firm())
    truth.owned(1, "2", date(2026, 10, 1))
    assert owners(truth, "1")[1:] == [("3", "2026-01-01", "2026-09-30"), ("2", "2026-10-01", "")]


def test_nobody_follows_the_last_owner() -> None:
    truth = Truth(firm())
    truth.owned(3, "", date(2026, 10, 1))
    assert owners(truth, "3") == [("4", "2025-06-01", "2026-09-30")]


def test_an_owner_of_the_same_day_is_replaced() -> None:
    truth = Truth(firm())
    truth.owned(3, "2", date(2025, 6, 1))
    assert owners(truth, "3") == [("2", "2025-06-01", "")]


def test_a_first_owner_needs_no_history() -> None:
    truth = Truth(firm())
    truth.owned(2, "2", date(2026, 10, 1))
    assert owners(truth, "2") == [("2", "2026-10-01", "")]


def test_an_added_row_has_every_column() -> None:
    row = Truth(firm()).add("contacts", {"id": "9", "client": "1"})
    assert row == {"id": "9", "client": "1", "name": "", "position": "", "phones": "", "emails": ""}


def test_a_forgotten_client_leaves_its_rows_without_one() -> None:
    truth = Truth(firm())
    truth.forget_client(1)
    assert [row["id"] for row in truth.tables()["clients"]] == ["2", "3"]
    assert [row["client"] for row in truth.tables()["contacts"]] == ["", "", "3"]


def test_merged_clients_unite_what_they_have() -> None:
    truth = Truth(firm())
    truth.merge_clients(3, 1)
    kept = truth.rows["clients"][3]
    assert (kept["phones"], kept["tags"], kept["name"]) == (
        "+74951112233|+79161112233",
        "опт|экспорт",
        "АО «Вега»",
    )
    assert {row["client"] for row in truth.tables()["ownership"]} == {"3"}
    assert 1 not in truth.rows["clients"]
