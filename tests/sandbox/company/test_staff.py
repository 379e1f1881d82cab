from collections import Counter
from datetime import date

import phonenumbers

from connector.sandbox.company.tables import Company, Row


def people(company: Company, role: str) -> list[Row]:
    return [row for row in company.tables["employees"] if row["role"] == role]


def test_who_works_in_a_firm_of_three_hundred_clients(firm: Company) -> None:
    roles = Counter(row["role"] for row in firm.tables["employees"] if row["active"] == "1")
    assert roles["seller"] == 8
    assert roles["director"] == 1
    assert roles["kam"] == 1
    assert roles["head"] == 3
    assert roles["telesales"] >= 1
    assert roles["assistant"] >= 1


def test_the_least_firm_has_four_sellers(any_firm: Company) -> None:
    assert sum(row["active"] == "1" for row in people(any_firm, "seller")) >= 4


def test_heads_lead_up_to_the_director(any_firm: Company) -> None:
    heads = {row["id"]: row["head"] for row in any_firm.tables["employees"]}
    (director,) = people(any_firm, "director")
    for employee, head in heads.items():
        above = [employee]
        while heads[above[-1]]:
            above.append(heads[above[-1]])
            assert len(above) < 5, head
        assert above[-1] == director["id"]


def test_sellers_sit_in_the_department_of_their_head(any_firm: Company) -> None:
    departments = {row["id"]: row["department"] for row in any_firm.tables["employees"]}
    sellers = people(any_firm, "seller")
    assert all(row["department"] == departments[row["head"]] for row in sellers)
    assert any(row["department"].startswith("Отдел продаж: металлургия") for row in sellers)


def test_addresses_and_phones_are_valid_and_their_own(any_firm: Company) -> None:
    rows = any_firm.tables["employees"]
    for column in ("name", "email", "phones"):
        assert len({row[column] for row in rows}) == len(rows), column
    assert all(row["email"].endswith("@firma.example") and row["email"].isascii() for row in rows)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(row["phones"], None)) for row in rows)


def test_employment(any_firm: Company) -> None:
    today = any_firm.as_of.date()
    rows = any_firm.tables["employees"]
    assert len({row["active_from"] for row in rows}) > len(rows) / 2
    for row in rows:
        assert date.fromisoformat(row["active_from"]) < today
        assert (row["active"] == "0") == bool(row["active_to"])
    (gone,) = [row for row in rows if row["active"] == "0"]
    assert gone["role"] == "seller"
    assert gone["active_from"] < gone["active_to"] < today.isoformat()
