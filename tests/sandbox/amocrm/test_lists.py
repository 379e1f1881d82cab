"""Lists: pages that cannot count, limits that fall back, filters and orders by the documents."""

from __future__ import annotations

import pytest

from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.firms import many_clients

JAN_1 = 1767214800  # 2026-01-01T00:00:00+03:00; client n is created and changed n minutes later


@pytest.fixture
def many(start: Start) -> Api:
    """Return an account with 300 companies."""
    return start(many_clients(300))


@pytest.mark.parametrize(
    ("limit", "rows", "echoed"),
    [("", 50, 50), ("1", 1, 1), ("250", 250, 250), ("251", 50, 50), ("0", 50, 50)],
)
def test_a_limit_above_the_most_falls_to_the_default(many: Api, limit: str, rows: int, echoed: int) -> None:
    body = many(f"companies?limit={limit}" if limit else "companies")
    assert len(body["_embedded"]["companies"]) == rows
    assert f"limit={echoed}&" in body["_links"]["self"]["href"]


def test_events_have_a_hundred_rows_at_most(many: Api) -> None:
    assert len(many.rows("events?limit=100")) == 100
    assert len(many.rows("events?limit=101")) == 50
    assert len(many.rows("events?limit=250")) == 50


def test_pages_link_to_their_neighbours(many: Api) -> None:
    first, last = many("companies?limit=250"), many("companies?limit=250&page=2")
    assert set(first["_links"]) == {"self", "next"}
    assert set(last["_links"]) == {"self", "prev", "first"}
    assert (first["_page"], last["_page"], len(last["_embedded"]["companies"])) == (1, 2, 50)
    assert "_total_items" not in first
    assert many.send("GET", "companies?limit=250&page=3").status_code == 204


def test_a_full_page_names_a_next_one_even_if_it_was_the_last(many: Api) -> None:
    body = many("companies?limit=100&page=3")
    assert "page=4" in body["_links"]["next"]["href"]
    assert many.send("GET", "companies?limit=100&page=4").content == b""


def test_links_carry_the_question(many: Api) -> None:
    body = many("companies?order[id]=asc&filter[id][]=1&filter[id][]=2&limit=1&with=leads")
    url = body["_links"]["next"]["href"]
    assert [row["id"] for row in many.session.get(url).json()["_embedded"]["companies"]] == [2]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("order[id]=asc", [1, 2]),
        ("order[id]=desc", [300, 299]),
        ("order[updated_at]=asc", [1, 2]),
        ("order[updated_at]=desc", [300, 299]),
        ("order[name]=asc", [300, 299]),
        ("", [300, 299]),
    ],
)
def test_order_is_by_one_known_field_else_the_last_changed_first(
    many: Api, order: str, first: list[int]
) -> None:
    assert many.numbers(f"companies?limit=2&{order}") == first


def test_a_changed_card_comes_first_unless_asked_otherwise(many: Api) -> None:
    many.write("PATCH", "companies", [{"id": 5, "name": "Изменена"}])
    assert many.numbers("companies?limit=1") == [5]
    assert many.numbers("companies?limit=1&order[id]=asc") == [1]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (f"filter[updated_at][from]={JAN_1 + 60}&filter[updated_at][to]={JAN_1 + 180}", [1, 2, 3]),
        (f"filter[created_at][from]={JAN_1 + 298 * 60}", [298, 299, 300]),
        (f"filter[updated_at][to]={JAN_1 + 60}", [1]),
        (f"filter[updated_at]={JAN_1 + 120}", [2]),
        (f"filter[updated_at]={JAN_1 + 121}", []),
        ("filter[id][]=7&filter[id][]=9&filter[id][]=999", [7, 9]),
        ("filter[id]=7", [7]),
        ("filter[name][0]=Клиент 12", [12]),
        ("query=клиент 30", [30, 300]),
    ],
)
def test_filters(many: Api, query: str, numbers: list[int]) -> None:
    assert sorted(many.numbers(f"companies?limit=250&{query}")) == numbers


def test_what_a_list_does_not_know_filters_nothing(many: Api) -> None:
    assert len(many.rows("companies?limit=250&filter[status_id]=142&filter[nonsense][from]=1")) == 250


def test_filters_of_leads(api: Api) -> None:
    status = {row["id"]: (row["pipeline_id"], row["status_id"]) for row in api.rows("leads")}
    pair = "filter[statuses][0][pipeline_id]={}&filter[statuses][0][status_id]={}"
    assert api.numbers(f"leads?{pair.format(*status[1])}") == [1]
    assert api.numbers(f"leads?{pair.format(status[2][0], 143)}") == [2]
    assert api.numbers(f"leads?{pair.format(status[1][0], 143)}") == []
    assert sorted(api.numbers("leads?filter[status_id][]=143")) == [1, 2]
    assert api.numbers("leads?filter[pipeline_id][]=2") == [2]
    assert api.numbers("leads?filter[price]=20000&filter[responsible_user_id]=3") == [1]
    assert api.numbers("leads?filter[price][from]=1&filter[price][to]=19999") == []
    assert api.numbers(f"leads?filter[closed_at][from]={NOW - 30 * 86400}") == [2]


def test_filters_by_custom_fields(api: Api) -> None:
    fields = {row["name"]: row for row in api.rows("companies/custom_fields")}
    industry = fields["Отрасль"]
    metal = next(enum["id"] for enum in industry["enums"] if enum["value"] == "металлургия")
    path = f"companies?order[id]=asc&filter[custom_fields_values][{industry['id']}][]="
    assert api.numbers(f"{path}{metal}") == api.numbers(f"{path}металлургия") == [1, 3]
    closed = fields["Закрыт"]["id"]
    assert api.numbers(f"companies?filter[custom_fields_values][{closed}][from]=1") == [2]
    assert len(api.numbers("companies?filter[custom_fields_values][999][]=1")) == 3


def test_filters_of_tasks(api: Api) -> None:
    assert api.numbers("tasks?filter[is_completed]=1") == []
    assert api.numbers("tasks?filter[task_type_id][]=2") == api.numbers("tasks?filter[task_type]=2") == [1]
    assert api.numbers("tasks?filter[entity_type]=companies&filter[entity_id][]=1") == [1, 3]
    assert api.numbers("tasks?filter[entity_id][]=1") == [1, 2, 3]
    assert api.numbers("tasks?order[complete_till]=desc") == [2, 3, 1]
    since = NOW - 6 * 86400
    assert api.numbers(f"tasks?filter[updated_at][from]={since}") == [2, 3]


def test_filters_of_notes(api: Api) -> None:
    assert api.numbers("companies/notes?filter[note_type][]=call_out") == [1]
    assert api.numbers("companies/notes?filter[note_type]=call_in") == []
    logged = api.rows("companies/notes")[0]["updated_at"]
    assert api.numbers(f"companies/notes?filter[updated_at]={logged}") == [1]
    assert api.numbers(f"companies/notes?filter[updated_at]={logged + 1}") == []
    assert api.numbers(f"companies/notes?filter[updated_at][to]={logged - 1}") == []
    assert api.numbers("leads/notes?filter[entity_id][]=1") == []
    assert api.numbers("leads/notes?filter[entity_id][]=2") == [3]


def test_what_hangs_on_cards_comes_when_asked(api: Api) -> None:
    assert set(api("companies/1")["_embedded"]) == {"tags"}
    assert set(api("contacts/1")["_embedded"]) == {"tags", "companies"}
    assert set(api("leads/1")["_embedded"]) == {"tags", "companies"}
    whole = api("companies/1?with=contacts,leads")["_embedded"]
    assert [one["id"] for one in whole["contacts"]] == [1, 2]
    lead = api("leads/1?with=contacts")["_embedded"]
    assert [(one["id"], one["is_main"]) for one in lead["contacts"]] == [(1, True)]
    assert [one["id"] for one in api("contacts/1?with=leads")["_embedded"]["leads"]] == [1]


def test_the_recycle_bin_has_numbers_and_little_else(api: Api) -> None:
    assert api.send("GET", "companies?with=only_deleted").status_code == 204
    api.sandbox.act("delete", entity="company", id=1)
    (row,) = api.rows("companies?with=only_deleted")
    assert (row["id"], row["is_deleted"], row["updated_by"]) == (1, True, 1)
    assert 0 <= row["updated_at"] - NOW < 60
    assert (row["name"], row["responsible_user_id"], row["custom_fields_values"]) == (None, None, None)
    assert api("companies/1") == {}


def test_a_card_that_is_not_there_is_nothing(api: Api) -> None:
    for path in ("companies/99", "leads/99", "contacts/99", "companies/1/notes/99", "events/nope"):
        assert api.send("GET", path).status_code == 204, path


def test_every_answer_has_a_number_for_support(api: Api) -> None:
    first, second = api.send("GET", "account"), api.send("GET", "account")
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert first.headers["Content-Type"] == "application/hal+json"


def test_a_trailing_slash_does_no_harm(api: Api) -> None:
    assert api.send("GET", "companies/").status_code == 200
    assert api.refused("GET", "company")[0] == 404
    assert api.refused("PATCH", "leads/pipelines", {"a": 1})[0] == 405
