from collections import Counter

import phonenumbers

from connector.sandbox.company.tables import Company


def test_none_to_three_people_per_client(firm: Company) -> None:
    count = Counter(row["client"] for row in firm.tables["contacts"])
    held = Counter(count[row["id"]] for row in firm.tables["clients"])
    assert set(held) == {0, 1, 2, 3}


def test_their_phones_are_valid_and_nobody_else_s(firm: Company) -> None:
    rows = [*firm.tables["contacts"], *firm.tables["clients"], *firm.tables["employees"]]
    phones = [phone for row in rows for phone in row["phones"].split("|") if phone not in {"", "123"}]
    read = [phonenumbers.parse(phone, "RU") for phone in phones]
    assert all(phonenumbers.is_valid_number(number) for number in read)
    assert len({number.national_number for number in read}) == len(read)


def test_their_addresses_are_at_the_client_s_domain(firm: Company) -> None:
    domains = {
        row["id"]: row["emails"].removeprefix("info@") for row in firm.tables["clients"] if row["emails"]
    }
    known = [row for row in firm.tables["contacts"] if row["emails"] and row["client"] in domains]
    assert known
    assert all(row["emails"].endswith("@" + domains[row["client"]]) for row in known)
    assert len({row["emails"] for row in known}) == len(known)
