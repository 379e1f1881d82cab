"""Rights: who may read users, what a role sees of the cards, and an account that is not paid for."""

from __future__ import annotations

import pytest

from connector.sandbox.company.tables import Company
from sandbox.amocrm.conftest import Api, Start
from sandbox.firms import AS_OF

NO_RIGHT = (403, "You do not have permission to perform this action")


def everything(api: Api) -> list[list[int]]:
    """Return the numbers of companies, contacts, leads and tasks that are seen."""
    return [sorted(api.numbers(name)) for name in ("companies", "contacts", "leads", "tasks")]


def test_users_are_for_administrators(start: Start) -> None:
    plain = start(None, "token_user=3")
    assert plain.refused("GET", "users") == NO_RIGHT
    assert plain.refused("GET", "roles") == NO_RIGHT
    assert plain("account")["current_user_id"] == 3
    assert plain("account?with=users_groups")["_embedded"]["users_groups"][1]["name"] == "Дирекция"
    assert start(None, "no_users").refused("GET", "users/1") == NO_RIGHT
    assert start().numbers("users") == [1, 2, 3, 4]


def test_an_administrator_is_the_director(api: Api) -> None:
    rights = {row["id"]: row["rights"] for row in api.rows("users")}
    assert [rights[number]["is_admin"] for number in (1, 2, 3, 4)] == [True, False, False, False]
    assert [rights[number]["is_active"] for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_an_empty_account_can_be_looked_at(start: Start) -> None:
    api = start(Company(AS_OF))
    assert (api.rows("users"), api.rows("leads"), api.rows("events")) == ([], [], [])
    assert len(api.rows("leads/pipelines")) == 1


def test_own_cards_only(start: Start) -> None:
    seller = start(None, "token_user=3", "view_rights=companies:M,contacts:M,leads:M")
    assert everything(seller) == [[1], [1, 2], [1], [1, 3]]
    assert seller("companies/3") == {}
    assert seller.numbers("companies/notes") == [1]
    assert everything(start(None, "token_user=3")) == [[1, 2, 3], [1, 2, 3], [1, 2], [1, 2, 3]]


def test_events_of_hidden_cards_are_not_told(start: Start) -> None:
    seller = start(None, "token_user=3", "view_rights=companies:M,leads:M")
    told = {(row["entity_type"], row["entity_id"]) for row in seller.rows("events?limit=100")}
    assert {card for card in told if card[0] in {"company", "lead"}} == {("company", 1), ("lead", 1)}


def test_a_hidden_card_cannot_be_changed(start: Start) -> None:
    seller = start(None, "token_user=3", "view_rights=companies:M")
    assert seller.mistakes("PATCH", "companies", [{"id": 3, "name": "x"}]) == {
        "0": [("NotSupportedChoice", "id")]
    }
    assert seller.refused("PATCH", "companies/3", {"name": "x"})[0] == 404


def test_cards_of_the_group(start: Start) -> None:
    """Nobody's cards are of group 0, which here is the sellers'."""
    head = start(None, "token_user=2", "view_rights=companies:G,leads:G")
    assert sorted(head.numbers("companies")) == [1, 2, 3]
    director = start(None, "token_user=1", "view_rights=companies:G")
    assert director.numbers("companies") == []


def test_no_cards_at_all(start: Start) -> None:
    api = start(None, "view_rights=leads:D")
    assert api.refused("GET", "leads") == NO_RIGHT
    assert api.refused("GET", "leads/1") == NO_RIGHT
    assert api.refused("GET", "leads/notes") == NO_RIGHT
    assert len(api.rows("companies")) == 3


def test_what_is_hidden_looks_deleted(start: Start) -> None:
    seller = start(None, "token_user=3", "view_rights=companies:M")
    known = {1, 2, 3}
    assert known - set(seller.numbers("companies?order[id]=asc")) == {2, 3}
    assert set(seller.truth("clients")) == {"1", "2", "3"}


@pytest.mark.parametrize("path", ["account", "leads", "users", "customers"])
def test_an_unpaid_account_answers_402_to_everything(start: Start, path: str) -> None:
    assert start(None, "unpaid").refused("GET", path) == (402, "Payment required")


def test_a_tariff_may_leave_customers_out(api: Api) -> None:
    assert api.refused("GET", "customers") == (402, "Payment required")
    assert api.send("GET", "catalogs").status_code == 204
    assert api.send("GET", "leads/unsorted").status_code == 204


def test_an_administrator_may_act_for_another_user(start: Start) -> None:
    for api, by in ((start(), 3), (start(None, "token_user=2"), 2)):
        api.session.headers["X-Context-User-ID"] = "3"
        api.write("PATCH", "companies", [{"id": 1, "name": "Иная"}])
        assert api("companies/1")["updated_by"] == by
