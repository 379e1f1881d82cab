"""Links between cards: read under one key and written under another, one company at most."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.amocrm.conftest import Api

CONTACT_3 = {"to_entity_id": 3, "to_entity_type": "contacts"}


def linked(api: Api, path: str) -> list[tuple[str, int, Any]]:
    rows = api.rows(path)
    return [(row["to_entity_type"], row["to_entity_id"], row["metadata"]) for row in rows]


def test_what_cards_are_linked_to(api: Api) -> None:
    assert linked(api, "leads/1/links") == [("companies", 1, None), ("contacts", 1, {"main_contact": True})]
    assert linked(api, "contacts/1/links") == [("companies", 1, None), ("leads", 1, None)]
    assert linked(api, "companies/3/links") == [("contacts", 3, None), ("leads", 2, None)]


def test_links_of_several_cards(api: Api) -> None:
    rows = api.rows("leads/links?filter[entity_id][]=1&filter[entity_id][]=2&filter[entity_id][]=99")
    assert {(row["entity_id"], row["to_entity_type"]) for row in rows} == {
        (1, "companies"), (1, "contacts"), (2, "companies"), (2, "contacts"),
    }  # fmt: skip
    assert api.refused("GET", "leads/links")[0] == 400
    assert api.send("GET", "leads/links?filter[entity_id][]=99").status_code == 204


def test_a_second_contact_and_then_the_main_one(api: Api) -> None:
    api.write("POST", "leads/1/link", [CONTACT_3])
    assert linked(api, "leads/1/links")[1:] == [
        ("contacts", 1, {"main_contact": True}), ("contacts", 3, {"main_contact": False}),
    ]  # fmt: skip
    api.write("POST", "leads/1/link", [CONTACT_3 | {"metadata": {"is_main": True}}])
    assert linked(api, "leads/1/links")[1][:2] == ("contacts", 3)
    assert {row[1:3] for row in api.happened("entity_linked")} == {("lead", 1), ("contact", 3)}


def test_another_company_takes_the_place_of_the_first(api: Api) -> None:
    api.write("POST", "contacts/1/link", [{"to_entity_id": 3, "to_entity_type": "companies"}])
    assert linked(api, "contacts/1/links")[0] == ("companies", 3, None)
    assert api.truth("contacts")["1"]["client"] == "3"
    assert [one["id"] for one in api("companies/1?with=contacts")["_embedded"]["contacts"]] == [2]


def test_unlinking_answers_nothing(api: Api) -> None:
    body = [{"to_entity_id": 1, "to_entity_type": "companies"}]
    assert api.send("POST", "leads/1/unlink", body).status_code == 204
    assert api.truth("deals")["1"]["client"] == ""
    assert api.send("POST", "leads/1/unlink", body).status_code == 204
    assert len(api.happened("entity_unlinked")) == 2
    assert api.send("POST", "leads/unlink", [{"entity_id": 2, **CONTACT_3}]).status_code == 204
    assert linked(api, "leads/2/links") == [("companies", 3, None)]


def test_links_of_several_cards_are_made_at_once(api: Api) -> None:
    api.write("POST", "leads/link", [{"entity_id": 1, **CONTACT_3}])
    assert ("contacts", 3, {"main_contact": False}) in linked(api, "leads/1/links")


@pytest.mark.parametrize(
    ("path", "item", "mistake"),
    [
        ("leads/1/link", {"to_entity_id": 99, "to_entity_type": "contacts"}, "to_entity_id"),
        ("leads/1/link", {"to_entity_id": 1, "to_entity_type": "catalog_elements"}, "to_entity_type"),
        ("leads/1/link", {"to_entity_id": 2, "to_entity_type": "leads"}, "to_entity_type"),
        ("leads/99/link", CONTACT_3, "entity_id"),
    ],
)
def test_links_that_cannot_be(api: Api, path: str, item: dict[str, Any], mistake: str) -> None:
    assert api.mistakes("POST", path, [item]) == {"0": [("NotSupportedChoice", mistake)]}


def test_a_link_needs_both_ends(api: Api) -> None:
    assert api.mistakes("POST", "leads/link", [CONTACT_3]) == {"0": [("FieldMissing", "entity_id")]}
    found = api.mistakes("POST", "leads/1/link", [{"to_entity_type": "contacts"}])
    assert found == {"0": [("FieldMissing", "to_entity_id")]}
