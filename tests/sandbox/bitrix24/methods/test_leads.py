"""Leads: statuses, conversion, history, and how both API families show them."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.bitrix24.conftest import Api, Start
from sandbox.bitrix24.shapes import differences, sample
from sandbox.naive import offset_pages


@pytest.fixture
def leads(start: Start) -> Api:
    """Return the small firm's portal with 60 leads."""
    return start(None, "leads=60")


def test_leads_come_in_every_status(leads: Api) -> None:
    rows = offset_pages(leads.sandbox.url, "crm.lead.list")
    assert [int(row["ID"]) for row in rows] == list(range(1, 61))
    assert Counter((row["STATUS_ID"], row["STATUS_SEMANTIC_ID"]) for row in rows) == {
        ("NEW", "P"): 12, ("IN_PROCESS", "P"): 12, ("PROCESSED", "P"): 12, ("CONVERTED", "S"): 12,
        ("JUNK", "F"): 12,
    }  # fmt: skip


def test_a_client_that_knows_only_companies_does_not_see_leads(leads: Api) -> None:
    assert len(offset_pages(leads.sandbox.url, "crm.company.list")) == 4
    assert leads.body("crm.lead.list")["total"] == 60


def test_leads_look_as_documented(leads: Api) -> None:
    row = leads("crm.lead.get", id=3)
    expected = sample("crm.lead.get")["result"]
    expected.pop("IM")
    row.pop("EMAIL")
    assert differences(expected, row) == []
    listed = leads("crm.lead.list", select=["*", "UF_*"])
    assert differences(sample("crm.lead.list")["result"], listed) == []
    assert leads.refused("crm.lead.get", id=99) == (400, "", "Not found")


def test_phones_of_leads_come_when_named(leads: Api) -> None:
    row = leads("crm.lead.list", filter={"ID": 7}, select=["ID", "PHONE"])[0]
    assert row["PHONE"][0]["VALUE"] == "+79990000007"


def test_statuses_are_a_directory(leads: Api) -> None:
    rows = leads("crm.status.list", filter={"ENTITY_ID": "STATUS"})
    assert [(row["STATUS_ID"], row["NAME"], row["SEMANTICS"]) for row in rows] == [
        ("NEW", "Не обработан", None),
        ("IN_PROCESS", "В работе", None),
        ("PROCESSED", "Обработан", None),
        ("CONVERTED", "Качественный лид", "S"),
        ("JUNK", "Некачественный лид", "F"),
    ]
    assert "STATUS" in {row["ID"] for row in leads("crm.status.entity.types")}


def test_an_item_names_its_stage(leads: Api) -> None:
    item = leads("crm.item.get", entityTypeId=1, id=3)["item"]
    assert (item["stageId"], item["stageSemanticId"], item["companyId"]) == ("CONVERTED", "S", 1)
    assert item["fm"][0]["value"] == "+79990000003"
    found = leads("crm.item.list", entityTypeId=1, filter={"stageId": "JUNK"}, select=["id"])["items"]
    assert [row["id"] for row in found][:3] == [4, 9, 14]


def test_a_new_status_is_stamped_and_told(leads: Api) -> None:
    leads("crm.lead.update", id=5, fields={"STATUS_ID": "JUNK"})
    row = leads("crm.lead.get", id=5)
    assert (row["STATUS_SEMANTIC_ID"], row["DATE_CLOSED"][:13], row["MOVED_TIME"][:13]) == (
        "F", "2026-10-01T09", "2026-10-01T09"
    )  # fmt: skip
    moves = leads("crm.stagehistory.list", entityTypeId=1, filter={"OWNER_ID": 5})["items"]
    assert [(move["TYPE_ID"], move["STATUS_ID"]) for move in moves] == [(1, "NEW"), (3, "JUNK")]
    changed = leads("crm.lead.list", filter={">=DATE_MODIFY": "2026-10-01T09:00:00+03:00"})
    assert [row["ID"] for row in changed] == ["5"]
    assert leads.refused("crm.lead.update", id=5, fields={"STATUS_ID": "?"})[1] == (
        "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    )


def test_a_converted_lead_names_its_company_and_is_named_by_it(leads: Api) -> None:
    leads.sandbox.act("convert_lead", id=1, client=2, deal=1)
    row = leads("crm.lead.get", id=1)
    assert (row["STATUS_ID"], row["COMPANY_ID"]) == ("CONVERTED", "2")
    assert leads("crm.company.get", id=2)["LEAD_ID"] == "1"
    assert leads("crm.deal.get", id=1)["LEAD_ID"] == "1"
    assert leads("crm.lead.list", filter={"COMPANY_ID": 2})[0]["ID"] == "1"


def test_leads_can_be_added_by_people_and_clients(leads: Api) -> None:
    fields = {"TITLE": "С сайта", "PHONE": [{"VALUE": "+79161234567"}], "SOURCE_ID": "WEB"}
    assert leads.sandbox.act("add_lead", fields=fields)["id"] == 61
    assert leads("crm.lead.add", fields={"TITLE": "Ещё один"}) == 62
    row = leads("crm.lead.get", id=61)
    assert (row["TITLE"], row["STATUS_ID"], row["PHONE"][0]["VALUE"]) == ("С сайта", "NEW", "+79161234567")
    assert [write["method"] for write in leads.sandbox.state("writes")["writes"]] == ["crm.lead.add"]


def test_an_activity_can_belong_to_a_lead(leads: Api) -> None:
    call = {"OWNER_TYPE_ID": 1, "TYPE_ID": 2, "SUBJECT": "Звонок", "RESPONSIBLE_ID": 3}
    of_client = leads("crm.activity.add", fields={**call, "OWNER_ID": 3})
    of_nobody = leads("crm.activity.add", fields={**call, "OWNER_ID": 1})
    rows = leads("crm.activity.list", filter={"OWNER_TYPE_ID": 1}, order={"ID": "ASC"})
    assert [(row["ID"], row["OWNER_ID"]) for row in rows] == [(str(of_client), "3"), (str(of_nobody), "1")]
    events = {row["id"]: row["client"] for row in leads.sandbox.state("company")["company"]["events"]}
    assert (events[str(of_client)], str(of_nobody) in events) == ("1", False)


def test_a_deleted_lead_is_gone_with_its_history(leads: Api) -> None:
    leads.sandbox.act("delete", entity="lead", id=2)
    assert leads.refused("crm.lead.get", id=2) == (400, "", "Not found")
    assert leads("crm.stagehistory.list", entityTypeId=1, filter={"OWNER_ID": 2})["items"] == []


def test_custom_fields_of_leads_have_readable_names(leads: Api) -> None:
    rows = leads("crm.lead.userfield.list", filter={"LANG": "ru"})
    assert [(row["FIELD_NAME"], row["LIST_COLUMN_LABEL"]) for row in rows] == [
        ("UF_CRM_CHANNEL", "Канал привлечения")
    ]
    fields = leads("crm.item.fields", entityTypeId=1)["fields"]
    assert fields["ufCrmChannel"]["title"] == "Канал привлечения"
    assert (fields["createdTime"]["upperName"], fields["createdTime"]["isReadOnly"]) == ("CREATED_TIME", True)
