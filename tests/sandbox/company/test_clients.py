from collections import Counter
from datetime import datetime, timedelta

import phonenumbers
import pytest

from connector import clock
from connector.sandbox.company.tables import Company

PERSONS = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def is_inn(text: str) -> bool:
    """The tax service's check, written anew: 10 digits for firms, 12 for persons."""
    digits = [int(sign) for sign in text]

    def check(weights: tuple[int, ...]) -> bool:
        return sum(w * d for w, d in zip(weights, digits, strict=False)) % 11 % 10 == digits[len(weights)]

    if len(digits) == 10:
        return check((2, 4, 10, 3, 5, 9, 4, 6, 8))
    return len(digits) == 12 and check(PERSONS[0]) and check(PERSONS[1])


def test_the_check_itself() -> None:
    assert is_inn("7707083893")
    assert is_inn("500100732259")
    assert not is_inn("7707083894")


def test_tax_numbers_are_valid_but_for_a_few(firm: Company) -> None:
    filled = [row for row in firm.tables["clients"] if row["inn"]]
    wrong = [row for row in filled if not is_inn(row["inn"])]
    assert 1 <= len(wrong) <= 6
    assert len({row["inn"] for row in filled}) == len(filled) > 270
    assert all(len(row["inn"]) == (12 if row["name"].startswith("ИП ") else 10) for row in filled)
    assert all(len(row["kpp"]) == 9 for row in filled if len(row["inn"]) == 10)


def test_names_and_kinds(firm: Company) -> None:
    rows = firm.tables["clients"]
    assert len({row["name"] for row in rows}) == 300
    assert {row["kind"] for row in rows} == {"company"}
    forms = Counter(row["name"].split()[0] for row in rows)
    assert set(forms) >= {"ООО", "АО", "ИП"}
    assert forms["ООО"] > 150


def test_phones_are_valid_but_for_junk_and_some_are_messy(firm: Company) -> None:
    phones = [phone for row in firm.tables["clients"] for phone in row["phones"].split("|") if phone]
    junk = [phone for phone in phones if phone == "123"]
    assert 1 <= len(junk) <= 6
    real = [phone for phone in phones if phone != "123"]
    read = [phonenumbers.parse(phone, "RU") for phone in real]
    assert all(phonenumbers.is_valid_number(number) for number in read)
    assert len({number.national_number for number in read}) == len(read)
    messy = [phone for phone in real if not (phone.startswith("+7") and phone[1:].isdigit())]
    assert 0.04 < len(messy) / len(real) < 0.18


def test_addresses_are_reserved_names(any_firm: Company) -> None:
    cells = [row[name] for row in any_firm.tables["clients"] for name in ("emails", "site") if row[name]]
    assert all(cell.endswith(".example") and cell.isascii() for cell in cells)
    assert len(set(cells)) == len(cells)


def test_industries_are_skewed(firm: Company) -> None:
    count = Counter(row["industry"] for row in firm.tables["clients"])
    assert 0.42 < count["металлургия"] / 300 < 0.72
    assert 0.12 < count["машиностроение"] / 300 < 0.38
    assert len(count) >= 6


def test_creation_covers_four_years_and_this_month(firm: Company) -> None:
    created = sorted(datetime.fromisoformat(row["created_at"]) for row in firm.tables["clients"])
    assert firm.as_of - created[0] > timedelta(days=3 * 365)
    assert firm.as_of - created[0] <= timedelta(days=4 * 365)
    assert created[-1].strftime("%Y-%m") == "2026-10"
    assert [row["id"] for row in firm.tables["clients"][:3]] == ["C1", "C2", "C3"]


def test_closed_clients_have_their_day(any_firm: Company) -> None:
    for row in any_firm.tables["clients"]:
        assert row["status"] in {"active", "closed", "blacklisted"}
        assert bool(row["closed_at"]) == (row["status"] == "closed")
        if row["closed_at"]:
            assert datetime.fromisoformat(row["created_at"]) < datetime.fromisoformat(row["closed_at"])


def test_statuses_flags_and_tags(firm: Company) -> None:
    rows = firm.tables["clients"]
    count = Counter(row["status"] for row in rows)
    assert 3 <= count["closed"] <= 25
    assert count["active"] > 260
    assert 2 <= sum(row["key_account"] == "1" for row in rows) <= 10
    assert 10 < sum(bool(row["tags"]) for row in rows) < 90
    assert {row["abc"] for row in rows} == {""}


def test_updated_at_follows_all_that_is_known_to_have_changed(any_firm: Company) -> None:
    local = clock.zone(any_firm.zone)
    known: dict[str, list[datetime]] = {}
    for row in any_firm.tables["field_changes"]:
        known.setdefault(row["client"], []).append(datetime.fromisoformat(row["at"]))
    for row in any_firm.tables["ownership"][1:]:
        known.setdefault(row["client"], []).append(clock.parse_moment(row["valid_from"], local))
    for row in any_firm.tables["clients"]:
        changed = [datetime.fromisoformat(row[name]) for name in ("created_at", "closed_at") if row[name]]
        assert datetime.fromisoformat(row["updated_at"]) >= max(changed + known.get(row["id"], []))


@pytest.mark.parametrize("field", ["phones", "emails", "address", "site", "industry", "inn"])
def test_some_cards_lack_the_field(firm: Company, field: str) -> None:
    empty = sum(not row[field] for row in firm.tables["clients"])
    assert 1 <= empty < 200
