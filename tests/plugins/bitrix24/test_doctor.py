"""The lines of `doctor`: what is right, what is wrong, what to do."""

from __future__ import annotations

SETTINGS = {
    "custom_fields": {"Регион": "region", "Причина отказа": "loss_reason"},
    "flags": {"key_account": "UF_CRM_KEY_CLIENT"},
    "write": ("task", "field"),
}


def lines(connection) -> dict[str, object]:
    return {check.title: check for check in connection.source.check()}


def test_all_is_well_and_nothing_is_written(stand_in, connect):
    sandbox = stand_in()
    found = lines(connect(sandbox.url, **SETTINGS))

    assert [title for title, check in found.items() if not check.ok] == []
    assert list(found) == [
        "reach and token",
        "sees all records",
        "scope crm: clients, contacts, deals, activities",
        "scope user: employees",
        "scope department: departments, heads and roles",
        "scope task: tasks",
        "scope telephony: whether calls were answered",
        "may write task (by scope, nothing was written)",
        "may write field (by scope, nothing was written)",
        "read employees",
        "read companies",
        "read requisites",
        "read contacts",
        "read leads",
        "read deals",
        "read stage_history",
        "read activities",
        "read tasks",
        "field 'Регион' of the company",
        "field 'Причина отказа' of the deal",
        "field 'UF_CRM_KEY_CLIENT' of the company",
    ]
    assert sandbox.state("writes")["writes"] == []


def test_a_wrong_token_is_one_line_with_advice(stand_in, connect):
    sandbox = stand_in(faults=["expired_token"])
    (check,) = connect(sandbox.url).source.check()
    assert (check.title, check.ok) == ("reach and token", False)
    assert "webhook" in check.hint


def test_a_missing_right_is_one_line_among_the_others(stand_in, connect):
    found = lines(connect(stand_in(faults=["no_right=crm.deal.list"]).url))
    assert [title for title, check in found.items() if not check.ok] == ["read deals"]
    assert found["read deals"].hint


def test_a_field_that_is_not_there_is_said_with_the_nearest_name(stand_in, connect):
    found = lines(connect(stand_in().url, custom_fields={"Регеон": "region"}))
    check = found["field 'Регеон' of the company"]
    assert not check.ok
    assert "Регион" in check.detail


def test_a_scope_that_lacks_is_named(portal, connect):
    replies = {"profile": {"ID": "5", "NAME": "Anna", "ADMIN": False}, "scope": ["crm", "user"]}

    def answer(method, given):
        if method == "batch":
            return {"result": {"result": {key: [] for key in given["cmd"]}}, "time": {}}
        return {"result": replies[method], "time": {}}

    found = lines(connect(portal(answer).url, write=("task",)))
    wrong = [title for title, check in found.items() if not check.ok]
    assert wrong == [
        "sees all records",
        "scope department: departments, heads and roles",
        "scope task: tasks",
        "scope telephony: whether calls were answered",
        "may write task (by scope, nothing was written)",
    ]
    assert found["scope task: tasks"].hint == "tick task or tasks in the webhook's settings"
    assert found["reach and token"].detail == "the webhook belongs to Anna (id 5)"
