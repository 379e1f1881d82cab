from datetime import date, timedelta

from connector.sandbox.company.tables import Company


def test_nobody_is_away_twice_at_once(any_firm: Company) -> None:
    last: dict[str, str] = {}
    for row in any_firm.tables["absences"]:
        assert last.get(row["employee"], "") < row["from_date"] <= row["to_date"]
        last[row["employee"]] = row["to_date"]


def test_absences_and_deputies_are_of_employed_people(any_firm: Company) -> None:
    people = {row["id"]: row for row in any_firm.tables["employees"]}
    for row in any_firm.tables["absences"]:
        person = people[row["employee"]]
        assert person["active_from"] <= row["from_date"]
        assert row["to_date"] <= (person["active_to"] or "9999")
        assert row["deputy"] != row["employee"]
        assert not row["deputy"] or people[row["deputy"]]["active_from"] <= row["from_date"]


def test_last_month_some_sellers_were_away(firm: Company) -> None:
    sellers = {row["id"] for row in firm.tables["employees"] if row["role"] == "seller"}
    away = [
        row
        for row in firm.tables["absences"]
        if row["employee"] in sellers and row["from_date"] <= "2026-09-30" and row["to_date"] >= "2026-09-01"
    ]
    assert len({row["employee"] for row in away}) >= 2
    assert {bool(row["deputy"]) for row in firm.tables["absences"]} == {True, False}


def test_an_absence_is_a_vacation_or_a_short_illness(firm: Company) -> None:
    for row in firm.tables["absences"]:
        length = date.fromisoformat(row["to_date"]) - date.fromisoformat(row["from_date"]) + timedelta(days=1)
        assert 3 <= length.days <= 14
