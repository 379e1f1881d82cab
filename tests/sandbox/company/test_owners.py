import itertools
from collections import Counter
from datetime import date, datetime, timedelta

from connector import clock
from connector.sandbox.company.tables import Company, Row


def histories(company: Company) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in company.tables["ownership"]:
        found.setdefault(row["client"], []).append(row)
    return found


def test_bases_are_uneven(firm: Company) -> None:
    sellers = {
        row["id"] for row in firm.tables["employees"] if row["role"] == "seller" and row["active"] == "1"
    }
    sizes = Counter(row["owner"] for row in firm.tables["clients"] if row["owner"] in sellers)
    assert len(sizes) == len(sellers)
    assert max(sizes.values()) >= 5 * min(sizes.values())
    assert 70 <= max(sizes.values()) <= 110


def test_some_clients_are_orphans_and_some_are_nobody_s(firm: Company) -> None:
    (gone,) = [row["id"] for row in firm.tables["employees"] if row["active"] == "0"]
    owners = Counter(row["owner"] for row in firm.tables["clients"])
    assert 2 <= owners[gone] <= 5
    assert 2 <= owners[""] <= 5


def test_every_owned_client_has_a_history_that_ends_with_its_owner(any_firm: Company) -> None:
    known = histories(any_firm)
    for client in any_firm.tables["clients"]:
        rows = known.pop(client["id"], [])
        assert bool(rows) == bool(client["owner"])
        if rows:
            assert rows[-1]["employee"] == client["owner"]
            assert [bool(row["valid_to"]) for row in rows] == [True] * (len(rows) - 1) + [False]
            assert rows[0]["valid_from"] == client["created_at"][:10]
    assert known == {}


def test_tenures_follow_each_other_day_by_day(any_firm: Company) -> None:
    for rows in histories(any_firm).values():
        for before, after in itertools.pairwise(rows):
            assert before["employee"] != after["employee"]
            assert before["valid_from"] <= before["valid_to"]
            gap = date.fromisoformat(after["valid_from"]) - date.fromisoformat(before["valid_to"])
            assert gap == timedelta(days=1)


def test_owners_were_employed_while_they_owned(any_firm: Company) -> None:
    people = {row["id"]: row for row in any_firm.tables["employees"]}
    today = clock.local_day(any_firm.as_of, clock.zone(any_firm.zone)).isoformat()
    for row in any_firm.tables["ownership"]:
        owner = people[row["employee"]]
        assert owner["active_from"] <= row["valid_from"] <= (owner["active_to"] or today)
        assert not owner["active_to"] or not row["valid_to"] or row["valid_to"] <= owner["active_to"]
        assert row["reason"]


def test_a_tenth_and_more_was_handed_over(firm: Company) -> None:
    lengths = Counter(len(rows) for rows in histories(firm).values())
    assert set(lengths) == {1, 2}
    assert 30 <= lengths[2] <= 150


def test_keys_are_the_largest_and_mostly_the_key_seller_s(firm: Company) -> None:
    (kam,) = [row["id"] for row in firm.tables["employees"] if row["role"] == "kam"]
    keys = [row for row in firm.tables["clients"] if row["key_account"] == "1"]
    assert sum(row["owner"] == kam for row in keys) >= len(keys) / 2
    assert all(row["status"] == "active" for row in keys)


def test_card_changes_are_of_people_then_employed_and_end_in_the_card_s_value(any_firm: Company) -> None:
    people = {row["id"]: row for row in any_firm.tables["employees"]}
    clients = {row["id"]: row for row in any_firm.tables["clients"]}
    for row in any_firm.tables["field_changes"]:
        by, client = people[row["by"]], clients[row["client"]]
        assert by["active_from"] <= row["at"][:10] <= (by["active_to"] or "9999")
        assert datetime.fromisoformat(row["at"]) >= datetime.fromisoformat(client["created_at"])
        assert row["new"] == client[row["field"]] != row["old"]
