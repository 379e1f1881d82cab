"""What all lists share: parameters, one page of records, and the faults that disturb them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.bitrix24.deletions import delete_company
from connector.sandbox.bitrix24.errors import PortalError, denied, not_found
from connector.sandbox.bitrix24.fields import whole
from connector.sandbox.bitrix24.filters import Dialect
from connector.sandbox.bitrix24.methods.answers import Answer
from connector.sandbox.bitrix24.params import as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.query import PAGE, Page, find
from connector.sandbox.bitrix24.records import Entity, Record

SPOILT = {"DATE_CREATE": "0000-00-00T00:00:00+03:00", "CREATED": "0000-00-00T00:00:00+03:00", "TITLE": None}
SPOILT |= {"createdTime": "0000-00-00T00:00:00+03:00", "title": None, "SUBJECT": None, "OPPORTUNITY": "n/a"}


def find_page(portal: Portal, entity: Entity, params: Mapping[str, Any], dialect: Dialect) -> Page:
    """Return the page that `filter`, `order` and `start` ask for, as far as the user may read it."""
    raw, order = as_map(params.get("filter"), "filter"), as_map(params.get("order"), "order")
    page = find(entity, raw, order, whole(params.get("start")), dialect, hidden_every(portal, entity))
    vanish(portal, entity, page)
    return page


def listed(page: Page, result: Any) -> Answer:
    """Return a list's answer with its total, and `next` unless it is the last page."""
    return Answer(result, total=page.total, next=page.next)


def hidden_every(portal: Portal, entity: Entity) -> int:
    """Return n if every n-th company is closed to the user, else 0."""
    return portal.faults.number("hidden_rows") if entity is portal.company else 0


def vanish(portal: Portal, entity: Entity, page: Page) -> None:
    """Let somebody delete the first companies as soon as a client has taken its first page."""
    count = portal.faults.number("delete_mid_pull")
    if not count or portal.vanished or entity is not portal.company or len(page.records) < PAGE:
        return
    portal.vanished = True
    for number in portal.company.ids[:count]:
        delete_company(portal, number)


def rows_of(portal: Portal, page: Page, row: Callable[[Record], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the page's rows, every n-th damaged as imports and old versions do it.

    Damage is a zero date, a missing title, a word for a number.
    """
    every = portal.faults.number("garbage_rows")
    if not every:
        return [row(record) for record in page.records]
    return [spoilt(row(record)) if record.id % every == 0 else row(record) for record in page.records]


def spoilt(row: dict[str, Any]) -> dict[str, Any]:
    """Return a damaged copy of a row."""
    return {name: SPOILT.get(name, value) for name, value in row.items()}


def one(portal: Portal, entity: Entity, number: Any, missing: PortalError | None = None) -> Record:
    """Return the record of that number; refused if there is none or the user may not see it."""
    found = whole(number)
    if found <= 0:
        raise PortalError("", "ID is not defined or invalid.")
    every = hidden_every(portal, entity)
    if every and found % every == 0:
        raise denied()
    record = entity.get(found)
    if record is None:
        raise missing or not_found()
    return record
