"""The wide firm: what benchmarks fill a stand-in with."""

from __future__ import annotations

import pytest
import requests

from connector.errors import ConfigError
from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import COLUMNS
from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import running
from sandbox.firms import AS_OF


def test_a_wide_firm_has_as_many_rows_as_wanted() -> None:
    tables = generate_wide(companies=7, contacts=10, deals=3, events=20, as_of=AS_OF).tables
    counts = {name: len(rows) for name, rows in tables.items() if rows}
    assert counts == {"employees": 20, "clients": 7, "contacts": 10, "deals": 3, "events": 20}
    assert all(tuple(row) == COLUMNS[name] for name, rows in tables.items() for row in rows)
    assert {row["client"] for row in tables["contacts"]} == {str(number) for number in range(1, 8)}


def test_a_company_is_worked_out_from_its_number() -> None:
    row = generate_wide(companies=200_123, as_of=AS_OF).tables["clients"][-1]
    # the check digit of 1002 00123: 1*2+0*4+0*10+2*3+0*5+0*9+1*4+2*6+3*8 = 48; 48 % 11 = 4
    assert (row["id"], row["inn"], row["kpp"]) == ("200123", "1002001234", "100201001")
    assert (row["phones"], row["emails"]) == ("8 (495) 020-01-23", "info@wide200123.example")


def test_no_two_companies_share_a_mark() -> None:
    rows = generate_wide(companies=30_000, as_of=AS_OF).tables["clients"]
    for column in ("id", "name", "inn", "phones", "emails"):
        assert len({row[column] for row in rows}) == 30_000


def test_its_rows_are_taken_over_without_a_copy() -> None:
    firm = generate_wide(companies=3, as_of=AS_OF)
    numbered, ids = renumber(firm)
    assert numbered is firm
    assert ids == {}


def test_it_can_be_served() -> None:
    with running("bitrix24", company=generate_wide(companies=120, events=10, as_of=AS_OF)) as sandbox:
        asked = {"filter": {"ID": 120}, "select": ["TITLE", "ASSIGNED_BY_ID", "PHONE"]}
        row = requests.post(sandbox.url + "crm.company.list", json=asked, timeout=10).json()["result"][0]
        counts = {name: len(rows) for name, rows in sandbox.state("vendor")["vendor"].items()}
    assert (row["TITLE"], row["ASSIGNED_BY_ID"], row["PHONE"][0]["VALUE"]) == (
        "ООО «Широкая 120»", "1", "8 (495) 000-01-20"
    )  # fmt: skip
    # the own company is one more; every tenth company has old requisites, every seventh a branch
    assert (counts["company"], counts["activity"], counts["requisite"]) == (121, 10, 120 + 12 + 17)


@pytest.mark.parametrize("wanted", [{"companies": -1}, {"companies": 0, "events": 1}])
def test_what_makes_no_sense_is_refused(wanted: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        generate_wide(as_of=AS_OF, **wanted)
