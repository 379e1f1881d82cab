"""Lists: pages, order, selection, and every documented operator, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bitrix24.conftest import Api, Start
from sandbox.firms import many_clients


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row.get("ID", row.get("id"))) for row in rows]


@pytest.fixture
def big(start: Start) -> Api:
    """Return a portal with 120 clients; the own company is number 121."""
    return start(many_clients(120))


def test_a_page_has_fifty_rows_and_tells_the_next(big: Api) -> None:
    body = big.body("crm.company.list")
    assert ids(body["result"]) == list(range(1, 51))
    assert (body["total"], body["next"]) == (121, 50)


def test_the_last_page_has_no_next(big: Api) -> None:
    body = big.body("crm.company.list", start=100)
    assert ids(body["result"]) == list(range(101, 122))
    assert (body["total"], "next" in body) == (121, False)


def test_an_offset_inside_a_page_is_rounded_down(big: Api) -> None:
    assert ids(big("crm.company.list", start=75))[0] == 51


def test_minus_one_gives_fifty_rows_without_a_count(big: Api) -> None:
    body = big.body("crm.company.list", start=-1, filter={">ID": 60})
    assert ids(body["result"]) == list(range(61, 111))
    assert (body["total"], "next" in body) == (0, False)


def test_an_offset_beyond_the_end_is_an_empty_page(big: Api) -> None:
    body = big.body("crm.company.list", start=500)
    assert (body["result"], body["total"], "next" in body) == ([], 121, False)


def test_windows_of_ids_need_no_order(big: Api) -> None:
    assert ids(big("crm.company.list", filter={">ID": 10, "<=ID": 13}, start=-1)) == [11, 12, 13]


def test_a_descending_order_starts_at_the_end(big: Api) -> None:
    assert ids(big("crm.company.list", order={"ID": "DESC"}))[:2] == [121, 120]
    assert ids(big("crm.company.list", order={"ID": "DESC"}, filter={"<ID": 60}, start=-1))[:2] == [59, 58]


def test_pages_from_the_end_are_as_complete(big: Api) -> None:
    body = big.body("crm.company.list", order={"ID": "DESC"}, filter={"<=ID": 60}, start=50)
    assert ids(body["result"]) == list(range(10, 0, -1))
    assert (body["total"], "next" in body) == (60, False)


def test_a_name_in_the_wrong_case_filters_nothing(big: Api) -> None:
    assert ids(big("crm.company.list", filter={">id": 60}, start=-1))[0] == 1
    assert big.refused("crm.item.list", entityTypeId=4, filter={">ID": 60})[1] == "INVALID_ARG_VALUE"


def test_a_pull_by_offsets_meets_a_row_twice_when_somebody_inserts(big: Api) -> None:
    first = ids(big("crm.company.list", order={"ID": "DESC"}))
    big.sandbox.act("insert", table="clients", row={"name": "Новый"})
    second = ids(big("crm.company.list", order={"ID": "DESC"}, start=50))
    assert first[-1] == second[0] == 72


def test_a_portal_without_leads_can_be_asked_for_them(api: Api) -> None:
    assert api.body("crm.lead.list", filter={">DATE_MODIFY": "2026-01-01T00:00:00+03:00"})["total"] == 0
    assert api("crm.item.list", entityTypeId=1, filter={">id": 0}, start=-1) == {"items": []}


def test_another_order_keeps_equal_rows_by_id(big: Api) -> None:
    rows = big("crm.company.list", order={"ASSIGNED_BY_ID": "ASC", "ID": "ASC"}, select=["ASSIGNED_BY_ID"])
    assert [(row["ASSIGNED_BY_ID"], row["ID"]) for row in rows][:2] == [("1", "121"), ("3", "1")]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"ID": 2}, [2]),
        ({"=ID": "2"}, [2]),
        ({"ID": [1, 3]}, [1, 3]),
        ({"@ID": [3, 1, 99]}, [1, 3]),
        ({"!ID": 2}, [1, 3, 4]),
        ({"!@ID": [1, 2]}, [3, 4]),
        ({"TITLE": "ИП Петров"}, [2]),
        ({"!TITLE": "ИП Петров"}, [1, 3, 4]),
        ({"!=TITLE": "ИП Петров"}, [1, 3, 4]),
        ({"%TITLE": "ромаш"}, [1]),
        ({"!%TITLE": "ромаш"}, [2, 3, 4]),
        ({"=%TITLE": "ИП%"}, [2]),
        ({"%=TITLE": "%Вега%"}, [3]),
        ({"!=%TITLE": "ИП%"}, [1, 3, 4]),
        ({"!%=TITLE": "ИП%"}, [1, 3, 4]),
        ({"ASSIGNED_BY_ID": [3, 4]}, [1, 3]),
        ({">ASSIGNED_BY_ID": 3}, [3]),
        ({">=ASSIGNED_BY_ID": 3}, [1, 3]),
        ({"<ASSIGNED_BY_ID": 3}, [2, 4]),
        (
            {">=DATE_MODIFY": "2026-08-01T16:08:08+03:00", "<=DATE_MODIFY": "2026-09-30T18:00:00+03:00"},
            [1, 3],
        ),
        ({">DATE_MODIFY": "2026-08-01T16:08:08+03:00", "<DATE_MODIFY": "2026-09-30T18:00:01+03:00"}, [3]),
        ({">=DATE_MODIFY": "2026-09-30T15:00:00Z"}, [3, 4]),
        ({">=DATE_MODIFY": "2026-09-30 18:00:00"}, [3, 4]),
        ({">=DATE_MODIFY": "2026-09-30 18:00:01"}, [4]),
        ({"PHONE": "+79162223344"}, [2]),
        ({"%PHONE": "7916"}, []),
        ({"INDUSTRY": "UC_IND001"}, [1, 3]),
        ({"%INDUSTRY": "UC"}, []),
        ({"IS_MY_COMPANY": "Y"}, [4]),
        ({"UF_CRM_TAGS": "опт"}, [1]),
        ({"UF_CRM_KEY_CLIENT": "1"}, [1]),
        ({"UF_CRM_REGION": ""}, [2, 4]),
        ({"!UF_CRM_REGION": ""}, [1, 3]),
        ({"NO_SUCH_FIELD": 5}, [1, 2, 3, 4]),
        ({}, [1, 2, 3, 4]),
    ],
    ids=str,
)
def test_classic_filters(api: Api, wanted: dict[str, Any], expected: list[int]) -> None:
    assert ids(api("crm.company.list", filter=wanted)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"assignedById": 3}, [1]),
        ({">=updatedTime": "2026-09-30T18:00:00+03:00"}, [3, 4]),
        ({"@id": [1, 3]}, [1, 3]),
        ({"ufCrmKeyClient": 1}, [1]),
        ({"ufCrmKeyClient": 0}, [2]),
        ({"0": {"logic": "OR", "0": {"title": "ИП Петров"}, "1": {"assignedById": 4}}}, [2, 3]),
        ({"0": {"logic": "OR", "0": {"id": 1}, "1": {"id": 3}}, "assignedById": 3}, [1]),
        ({"contactIds": 3}, [3]),
        ({"isMyCompany": "N"}, [1, 2, 3]),
    ],
    ids=str,
)
def test_item_filters(api: Api, wanted: dict[str, Any], expected: list[int]) -> None:
    assert ids(api("crm.item.list", entityTypeId=4, filter=wanted)["items"]) == expected


def test_contacts_are_found_by_their_companies(api: Api) -> None:
    assert ids(api("crm.item.list", entityTypeId=3, filter={"companyIds": [1]})["items"]) == [1, 2]


def test_item_names_are_not_classic_names(api: Api) -> None:
    assert api.refused("crm.item.list", entityTypeId=4, filter={"ASSIGNED_BY_ID": 3})[:2] == (
        400,
        "INVALID_ARG_VALUE",
    )


def test_a_time_that_is_none_is_refused(api: Api) -> None:
    assert (
        api.refused("crm.company.list", filter={">=DATE_MODIFY": "yesterday"})[1] == "WRONG_DATETIME_FORMAT"
    )


def test_multi_fields_come_only_when_named(api: Api) -> None:
    row = api("crm.company.list", filter={"ID": 1}, select=["*", "UF_*"])[0]
    assert "PHONE" not in row
    assert row["UF_CRM_TAGS"] == ["опт", "экспорт"]
    assert set(api("crm.company.list", filter={"ID": 1}, select=["PHONE"])[0]) == {"ID", "PHONE"}


def test_a_star_leaves_custom_fields_out(api: Api) -> None:
    assert not [name for name in api("crm.company.list", select=["*"])[0] if name.startswith("UF_")]
    assert not [name for name in api("crm.company.list")[0] if name.startswith("UF_")]


def test_fm_comes_only_with_a_star(api: Api) -> None:
    named = api("crm.item.list", entityTypeId=4, select=["id", "fm", "title"])["items"][0]
    assert set(named) == {"id", "title"}
    everything = api("crm.item.list", entityTypeId=4)["items"][0]
    assert everything["fm"][0] == {"id": 100, "valueType": "WORK", "value": "+74951112233", "typeId": "PHONE"}


def test_numbers_are_text_in_classic_and_numbers_in_items(api: Api) -> None:
    classic = api("crm.deal.list", filter={"ID": 1}, select=["OPPORTUNITY", "CATEGORY_ID", "ASSIGNED_BY_ID"])[
        0
    ]
    assert classic == {"ID": "1", "OPPORTUNITY": "19999.99", "CATEGORY_ID": "0", "ASSIGNED_BY_ID": "3"}
    names = ["opportunity", "categoryId", "assignedById", "companyId", "contactId"]
    item = api("crm.item.list", entityTypeId=2, filter={"id": 1}, select=names)["items"][0]
    assert item == {
        "id": 1, "opportunity": 19999.99, "categoryId": 0, "assignedById": 3, "companyId": 1, "contactId": 0
    }  # fmt: skip
    assert api("crm.item.get", entityTypeId=2, id=2)["item"]["opportunity"] == 20000


def test_custom_names_keep_their_spelling_on_request(api: Api) -> None:
    plain = api("crm.item.get", entityTypeId=4, id=1)["item"]
    original = api("crm.item.get", entityTypeId=4, id=1, useOriginalUfNames="Y")["item"]
    assert plain["ufCrmRegion"] == original["UF_CRM_REGION"] == "Москва"
    assert "ufCrmRegion" not in original


def test_parameters_may_come_as_a_query(api: Api) -> None:
    url = f"{api.sandbox.url}crm.company.list.json?filter[%3EID]=2&select[]=TITLE&start=-1"
    assert api.session.get(url).json()["result"] == [
        {"ID": "3", "TITLE": "АО «Вега»"},
        {"ID": "4", "TITLE": "ООО «Наша компания»"},
    ]


@pytest.mark.parametrize("spelling", ["crm.company.List", "CRM.COMPANY.LIST", "crm.company.list.json"])
def test_method_names_in_any_case(api: Api, spelling: str) -> None:
    assert len(api(spelling)) == 4


def test_a_remembered_search_sees_later_changes(api: Api) -> None:
    wanted = {"ASSIGNED_BY_ID": 3}
    assert ids(api("crm.company.list", filter=wanted)) == [1]
    api("crm.company.update", id=2, fields={"ASSIGNED_BY_ID": 3})
    assert ids(api("crm.company.list", filter=wanted)) == [1, 2]
