"""After people and clients worked, an account made anew from the state's company shows the same rows."""

from __future__ import annotations

from typing import Any

from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company
from sandbox.amocrm.conftest import Api, Start
from sandbox.firms import AS_OF

OWN = {
    "companies": ("id", "name", "responsible_user_id", "created_at", "updated_at"),
    "contacts": ("id", "name"),
    "leads": ("id", "name", "price_with_minor_units", "responsible_user_id", "closed_at", "created_at"),
}
"""Columns that come from the neutral company alone; stamps of contacts and leads are the account's."""


def work(api: Api) -> None:
    """Do a little of everything."""
    act, write = api.sandbox.act, api.write
    region = next(row["id"] for row in api.rows("companies/custom_fields") if row["name"] == "Регион")
    for number in range(1, 6):
        field = {"field_id": region, "values": [{"value": f"Край {number}"}]}
        change = {"responsible_user_id": 2, "custom_fields_values": [field], "tags_to_add": [{"name": "VIP"}]}
        write("PATCH", "companies", [{"id": number, **change}])
    write("PATCH", "leads", [{"id": number, "status_id": 142} for number in (1, 2, 3)])
    write("PATCH", "leads", [{"id": 4, "status_id": 143, "loss_reason_id": 1, "price": 12}])
    write("POST", "companies", [{"name": "Новая"}])
    write("POST", "contacts/1/link", [{"to_entity_id": 5, "to_entity_type": "companies"}])
    task = {"text": "Т", "complete_till": 1790924400, "entity_type": "companies"}
    write("POST", "tasks", [task | {"entity_id": number} for number in (1, 2, 3)])
    act("complete_task", id=api.rows("tasks?filter[is_completed]=0")[0]["id"], result="Готово")
    act("change_owner", client=6, owner=3)
    act("delete", entity="company", id=7)
    act("delete", entity="contact", id=2)
    act("merge", into=8, gone=9)
    act("delete", entity="company", id=10)
    act("restore", entity="company", id=10)
    act("update", table="clients", id=11, fields={"industry": "новая отрасль", "status": "closed"})


def names_of(api: Api) -> dict[tuple[int, int], tuple[str, str]]:
    return {
        (pipeline["id"], status["id"]): (pipeline["name"], status["name"])
        for pipeline in api.rows("leads/pipelines")
        for status in pipeline["_embedded"]["statuses"]
    }


def shown(api: Api) -> dict[str, dict[int, Any]]:
    """Return what each card shows: its columns, its fields by name, its links, its stage by name."""
    vendor, stages = api.sandbox.state("vendor")["vendor"], names_of(api)
    found: dict[str, dict[int, Any]] = {}
    for name, columns in OWN.items():
        found[name] = {}
        for row in vendor[name]:
            given = row["custom_fields_values"] or []
            fields = {one["field_name"]: [item["value"] for item in one["values"]] for one in given}
            kinds = ("companies",) if name == "leads" else ("companies", "contacts")
            links = {kind: sorted(one["id"] for one in row["_embedded"].get(kind, [])) for kind in kinds}
            stage = stages[row["pipeline_id"], row["status_id"]] if name == "leads" else None
            tags = [tag["name"] for tag in row["_embedded"]["tags"]]
            found[name][row["id"]] = [{key: row[key] for key in columns}, fields, links, stage, tags]
    return found


def test_a_new_account_of_the_same_company_shows_the_same(start: Start) -> None:
    api = start(generate(clients=30, seed=11, as_of=AS_OF, events_per_client=5))
    before = shown(api)
    work(api)
    after = shown(api)
    assert before != after
    tables = api.sandbox.state("company")["company"]
    again = start(Company(AS_OF, tables=tables, numbered=True))
    assert shown(again) == after


def test_events_that_are_carried_are_carried_again(start: Start) -> None:
    """What is completed by a person keeps its task; a fresh account carries the same events, none lost."""
    api = start(generate(clients=20, seed=12, as_of=AS_OF, events_per_client=8))
    work(api)
    tables = api.sandbox.state("company")["company"]
    again = start(Company(AS_OF, tables=tables, numbered=True))
    kept = [one.sandbox.state("carried")["carried"] for one in (api, again)]
    shown_ids = {row["id"] for row in tables["events"] if row["status"] != "cancelled" and row["client"]}
    assert shown_ids <= set(kept[0])
    assert shown_ids <= set(kept[1])
