"""Filters with an index find what a walk through all records finds, whatever happened before."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from connector.sandbox.bitrix24.standin import Bitrix24
from connector.sandbox.company.wide import generate_wide
from connector.sandbox.exchange import Request
from connector.sandbox.options import Options
from connector.sandbox.vendors import build
from sandbox.bitrix24.conftest import Api, Start
from sandbox.firms import AS_OF

LISTS: list[tuple[str, str, str]] = [
    ("crm.contact.list", "contact", "COMPANY_ID"),
    ("crm.deal.list", "deal", "COMPANY_ID"),
    ("crm.requisite.list", "requisite", "ENTITY_ID"),
    ("crm.activity.list", "activity", "OWNER_ID"),
    ("crm.activity.list", "activity", "ASSOCIATED_ENTITY_ID"),
    ("voximplant.statistic.get", "call", "CRM_ACTIVITY_ID"),
]


def change(api: Api, rng: Random) -> None:
    """Let somebody, or a client, do one thing to the portal."""
    state = api.sandbox.state("vendor")["vendor"]

    def one(entity: str) -> int:
        return int(rng.choice(state[entity])["ID"])

    clients = [int(row["ID"]) for row in state["company"] if row["IS_MY_COMPANY"] == "N"]
    some, other = rng.sample(clients, 2)
    events = {"client": some, "kind": rng.choice(["call", "task", "meeting"]), "status": "completed"}
    events |= {"completed_at": "2026-10-01T08:00:00+03:00", "successful": True, "direction": "out"}
    task = {"TITLE": "Т", "RESPONSIBLE_ID": 1, "UF_CRM_TASK": [f"CO_{some}"]}
    deeds: list[Callable[[], Any]] = [
        lambda: api.sandbox.act("insert", table="contacts", row={"client": some, "name": "Новый"}),
        lambda: api.sandbox.act("insert", table="clients", row={"name": "Новый", "inn": "7700000001"}),
        lambda: api.sandbox.act("insert", table="events", row=events),
        lambda: api.sandbox.act("update", table="contacts", id=one("contact"), fields={"client": some}),
        lambda: api.sandbox.act("update", table="deals", id=one("deal"), fields={"client": some}),
        lambda: api.sandbox.act("update", table="events", id=one("activity"), fields={"client": some}),
        lambda: api("crm.contact.update", id=one("contact"), fields={"COMPANY_ID": some}),
        lambda: api("crm.deal.update", id=one("deal"), fields={"COMPANY_ID": some}),
        lambda: api("tasks.task.add", fields=task),
        lambda: api.sandbox.act("delete", entity="contact", id=one("contact")),
        lambda: api.sandbox.act("delete", entity="activity", id=one("activity")),
        lambda: api.sandbox.act("delete", entity="deal", id=one("deal")),
        lambda: api.sandbox.act("delete", entity="company", id=some),
        lambda: api.sandbox.act("merge", into=some, gone=other),
    ]
    rng.choice(deeds)()


def listed(api: Api, method: str, name: str, values: list[str]) -> list[int]:
    spelt = {"FILTER" if method.startswith("vox") else "filter": {f"@{name}": values}}
    return [int(row["ID"]) for row in api(method, **spelt, start=-1)][:50]


@pytest.mark.parametrize("seed", range(3))
def test_an_index_tells_the_truth_after_any_changes(start: Start, seed: int) -> None:
    api, rng = start(generate_wide(companies=14, contacts=30, deals=20, events=40, as_of=AS_OF)), Random(seed)
    for _ in range(40):
        change(api, rng)
        truth = api.sandbox.state("vendor")["vendor"]
        for method, entity, name in LISTS:
            values = rng.sample(sorted({row[name] for row in truth[entity]}), 1)
            expected = [int(row["ID"]) for row in truth[entity] if row[name] in values]
            assert sorted(listed(api, method, name, values)) == expected[:50], (method, name, values)
        since = "2026-10-01T09:00:00+03:00"
        for method, entity in (("crm.company.list", "company"), ("crm.contact.list", "contact")):
            found = api(method, filter={">=DATE_MODIFY": since}, order={"ID": "ASC"}, start=-1)
            late = [row["ID"] for row in truth[entity] if row["DATE_MODIFY"] >= since]
            assert [row["ID"] for row in found] == late[:50]


def test_links_and_people_are_found_both_ways_after_a_move(api: Api) -> None:
    def companies(contact: int) -> list[int]:
        found = api("crm.item.list", entityTypeId=4, filter={"contactIds": contact}, select=["id"])["items"]
        return [row["id"] for row in found]

    assert companies(3) == [3]
    api("crm.contact.update", id=3, fields={"COMPANY_ID": 2})
    assert companies(3) == [2]
    assert [row["CONTACT_ID"] for row in api("crm.company.contact.items.get", id=2)] == [3]
    api.sandbox.act("delete", entity="company", id=2)
    assert companies(3) == []
    assert api("crm.item.list", entityTypeId=3, filter={"companyIds": [1, 2]})["items"][-1]["id"] == 2


def test_bindings_are_found_by_what_they_name(api: Api) -> None:
    def bound(*pairs: dict[str, int]) -> list[int]:
        rows = api("crm.activity.list", filter={"BINDINGS": list(pairs)}, order={"ID": "ASC"})
        return [int(row["ID"]) for row in rows]

    deal, company = {"OWNER_TYPE_ID": 2, "OWNER_ID": 2}, {"OWNER_TYPE_ID": 4, "OWNER_ID": 3}
    assert bound(deal) == [4]
    assert bound(company) == [4, 6]
    assert bound(deal, company) == [4, 4, 6]
    assert bound({"OWNER_TYPE_ID": 4, "OWNER_ID": 99}) == []


def test_the_quirk_of_time_filters_reaches_the_index_too(start: Start) -> None:
    quirky = start(None, "naive_filter_only")
    late = "2026-09-30T00:00:00+03:00"
    assert len(quirky("crm.company.list", filter={">=DATE_MODIFY": late})) == 4
    assert len(quirky("crm.company.list", filter={">=DATE_MODIFY": "2026-09-30 00:00:00"})) == 2


@pytest.fixture(scope="module")
def wide() -> Bitrix24:
    """Return a portal of 20,000 companies and as many events, not served."""
    firm = generate_wide(companies=20_000, contacts=20_000, events=20_000, as_of=AS_OF)
    made = build("bitrix24", firm, Options(as_of=AS_OF, limits="off"))
    assert isinstance(made, Bitrix24)
    return made


def answered(portal: Bitrix24, commands: list[str]) -> float:
    """Return the seconds of work that a batch of commands took; each must answer 50 rows."""
    query = "&".join(f"cmd[c{place}]={command.replace('&', '%26')}" for place, command in enumerate(commands))
    request = Request("POST", f"{portal.root}batch", query, {}, b"", "127.0.0.1")
    begun = time.process_time()
    body = portal.answer(request).body
    taken = time.process_time() - begun
    assert body.count(b'"ID":') >= 50 * len(commands)
    return taken


def windows(method: str) -> list[str]:
    return [f"{method}?start=-1&filter[%253EID]={n}&filter[%253C%3DID]={n + 50}" for n in range(0, 2500, 50)]


def linked(method: str, name: str, count: int) -> list[str]:
    wanted = [[f"filter[@{name}][]={n + place}" for place in range(1, 51)] for n in range(0, 50 * count, 50)]
    return [f"{method}?start=-1&" + "&".join(terms) for terms in wanted]


@pytest.mark.parametrize("method", ["crm.company.list", "crm.activity.list"])
def test_a_batch_of_windows_is_served_at_150_commands_a_second(wide: Bitrix24, method: str) -> None:
    answered(wide, windows(method))
    assert 50 / min(answered(wide, windows(method)) for _ in range(3)) >= 150


@pytest.mark.parametrize(
    ("method", "name"), [("crm.requisite.list", "ENTITY_ID"), ("crm.contact.list", "COMPANY_ID")]
)
def test_a_look_up_by_a_link_is_no_walk(wide: Bitrix24, method: str, name: str) -> None:
    answered(wide, linked(method, name, 1))
    by_index = min(answered(wide, linked(method, name, count)) / count for count in (10, 11, 12))
    walk = answered(wide, [f"{method}?start=-1&filter[!ID]=20000"])
    assert walk > 5 * by_index
