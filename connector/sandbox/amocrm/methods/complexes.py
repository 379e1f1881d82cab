"""POST /leads/complex: a lead with one contact and one company made by one request, 50 at most."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.cardwriting import add_one, check_card
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.linking import join
from connector.sandbox.amocrm.query import mapping
from connector.sandbox.amocrm.validation import Checked, answer, batch

MOST = 50


def add(call: Call) -> Any:
    """Add leads with their contact and company; those that have an `id` are linked, not made."""
    body = call.body()
    if isinstance(body, list) and len(body) > MOST:
        raise AmoError(422, f"Limit {MOST} per page")
    leads = call.account.leads

    def check(given: Checked) -> None:
        check_card(call, leads, Checked(plain(given.item), given.request_id, given.mistakes), None)
        for name, item in inner(given.item):
            check_inner(call, name, item, given)

    def apply(given: Checked) -> dict[str, Any]:
        record = add_one(call, leads, plain(given.item))
        for name, item in inner(given.item):
            number = item["id"] if "id" in item else add_one(call, call.account.cards[name], item).id
            join(call.account, ("leads", record.id), (name, number), call.user, main=name == "contacts")
        link = {"self": {"href": f"{call.base}/leads/{record.id}"}}
        return {"id": record.id, "request_id": given.request_id, "_links": link}

    return answer(call, "leads", batch(call, check, apply))


def inner(item: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the contact and the company of a lead: the first of each."""
    embedded = mapping(item.get("_embedded"))
    listed = ((name, embedded.get(name) or []) for name in ("companies", "contacts"))
    return [(name, mapping(given[0])) for name, given in listed if given]


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return a lead without what hangs on it."""
    embedded = mapping(item.get("_embedded"))
    tags = {"_embedded": {"tags": embedded["tags"]}} if "tags" in embedded else {}
    return {name: value for name, value in item.items() if name != "_embedded"} | tags


def check_inner(call: Call, name: str, item: dict[str, Any], given: Checked) -> None:
    """Check a contact or company of a lead."""
    cards = call.account.cards[name]
    if "id" in item and cards.get(item["id"]) is not None:
        return
    checked = Checked(item, given.request_id)
    check_card(call, cards, checked, None)
    given.mistakes += [{**one, "path": f"_embedded.{name}.0.{one['path']}"} for one in checked.mistakes]
