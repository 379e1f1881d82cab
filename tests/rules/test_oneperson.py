"""What an employee's accounts in several CRMs say together."""

from __future__ import annotations

from datetime import date
from typing import Any

from .firm import Firm


def told(firm: Firm) -> list[dict[str, Any]]:
    return firm.facts().employees.sort("source", "external_id").to_dicts()


def test_all_accounts_of_a_person_say_what_the_most_trusted_one_knows() -> None:
    firm = Firm("onec", "bitrix").employee("7", role=None, name="Иванов", department="Опт")
    firm.employee("12", "kam", source="bitrix", name="Иванов", department="Розница", industries=["металл"])
    both = told(firm)
    assert [(row["employee"], row["external_id"]) for row in both] == [("onec:7", "12"), ("onec:7", "7")]
    for row in both:
        assert (row["role"], row["department"], row["industries"]) == ("kam", "Опт", ["металл"])


def test_sources_that_disagree_dismiss_nobody() -> None:
    firm = Firm("onec", "bitrix").employee("7", name="Иванов", active=False, active_to="2026-09-01")
    firm.employee("12", source="bitrix", name="Иванов")
    assert {row["left"] for row in told(firm)} == {None}
    gone = Firm("onec", "bitrix").employee("7", name="Иванов", active=False, active_to="2026-09-01")
    gone.employee("12", source="bitrix", name="Иванов", active=False, active_to="2026-08-01")
    assert {row["left"] for row in told(gone)} == {date(2026, 9, 1)}


def test_a_head_is_the_person_whichever_account_names_them() -> None:
    firm = Firm("onec", "bitrix").employee("1", name="Орлова").employee("7", name="Иванов")
    firm.employee("91", source="bitrix", name="Орлова")
    firm.employee("12", source="bitrix", name="Иванов", head="91")
    assert {row["head"] for row in told(firm) if row["employee"] == "onec:7"} == {"onec:1"}


def test_an_absence_in_one_source_is_the_persons() -> None:
    firm = Firm("onec", "bitrix").employee("7", name="Иванов").employee("12", source="bitrix", name="Иванов")
    firm.client("1", number=1, owner="7")
    firm.add("absences", source="bitrix", employee="12", from_date=date(2026, 9, 1), to_date=date(2026, 9, 5))
    assert firm.facts().absences["employee"].to_list() == ["onec:7"]
