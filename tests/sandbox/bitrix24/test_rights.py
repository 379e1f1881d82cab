"""A webhook with less than all rights: plans, scopes, editions, owners, bots, clocks; each with a control."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from sandbox.bitrix24.conftest import Api, Start
from sandbox.firms import AS_OF

ALL = ["crm", "department", "task", "telephony", "user"]
FAMILIES = {
    "crm": "crm.company.list", "department": "department.get", "task": "tasks.task.list",
    "telephony": "voximplant.statistic.get", "user": "user.get",
}  # fmt: skip


def test_a_plan_without_rest_refuses_every_call(start: Start, api: Api) -> None:
    said = (403, "ACCESS_DENIED", "REST API is available only on commercial plans")
    poor = start(None, "no_rest")
    assert poor.refused("profile") == poor.refused("crm.company.list") == said
    assert api("profile")["ID"] == "1"


@pytest.mark.parametrize(
    ("code", "status"), [("PAYMENT_REQUIRED", 401), ("PORTAL_DELETED", 410), ("user_access_error", 403)]
)
def test_a_code_of_the_table_answers_every_call(start: Start, code: str, status: int) -> None:
    assert start(None, f"refused_as={code}").refused("profile") == (status, code, "")


def test_scopes_open_families_of_methods_and_are_told(start: Start, api: Api) -> None:
    assert api("scope") == ALL
    for scope, method in FAMILIES.items():
        api(method)
        others = [each for each in ALL if each != scope]
        poor = start(None, f"scopes={','.join(others)}")
        assert poor("scope") == others
        assert poor.refused(method)[:2] == (403, "insufficient_scope")
        assert poor("profile")["ADMIN"] is True
        for other in others:
            poor(FAMILIES[other])


def test_an_edition_lacks_a_method(start: Start, api: Api) -> None:
    poor = start(None, "no_method=crm.lead.*")
    assert poor.refused("crm.lead.list")[:2] == (404, "ERROR_METHOD_NOT_FOUND")
    assert poor("crm.deal.list")
    api("crm.lead.list")


def test_the_owner_is_no_administrator(start: Start, api: Api) -> None:
    assert start(None, "plain_owner")("profile")["ADMIN"] is False
    assert api("profile")["ADMIN"] is True


def test_a_bot_owns_clients_but_is_no_user(start: Start, api: Api) -> None:
    def users(portal: Api) -> set[str]:
        return {row["ID"] for row in portal("user.get")}

    def owners(portal: Api) -> set[str]:
        return {row["ASSIGNED_BY_ID"] for row in portal("crm.company.list")}

    bot = max(owners(api), key=int)
    hiding = start(None, f"hidden_user={bot}")
    assert users(api) - users(hiding) == {bot}
    assert owners(hiding) == owners(api)


@pytest.mark.parametrize(("fault", "hours"), [("clock_ahead=7200", 2), ("clock_behind=3600", -1)])
def test_the_portals_clock_is_wrong_in_header_and_answer(start: Start, fault: str, hours: int) -> None:
    response = start(None, fault).send("server.time")
    there = parsedate_to_datetime(response.headers["Date"])
    assert abs(there - AS_OF - timedelta(hours=hours)) < timedelta(seconds=30)
    right = parsedate_to_datetime(start().send("server.time").headers["Date"])
    assert abs(right - AS_OF) < timedelta(seconds=30)


def test_a_task_and_a_comment_can_be_deleted(api: Api) -> None:
    fields = {"TITLE": "t", "RESPONSIBLE_ID": 3, "UF_CRM_TASK": ["CO_1"]}
    before = api.sandbox.state("vendor")["vendor"]["activity"]
    task = api("tasks.task.add", fields=fields)["task"]["id"]
    assert api("tasks.task.delete", taskId=task) == {"task": True}
    assert api.refused("tasks.task.get", taskId=task)[0] == 400
    assert api.sandbox.state("vendor")["vendor"]["activity"] == before
    note = api("crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "company", "COMMENT": "n"})
    assert api("crm.timeline.comment.delete", id=note) is True
    assert api.sandbox.state("vendor")["vendor"]["comment"] == []
    assert api.refused("crm.timeline.comment.delete", id=note)[:2] == (400, "NOT_FOUND")
