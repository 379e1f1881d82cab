"""What all lists share: parameters, one page of records, and the faults that disturb them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector.sandbox.bitrix24.disturbances import disturb
from connector.sandbox.bitrix24.errors import PortalError, denied, not_found
from connector.sandbox.bitrix24.fields import whole
from connector.sandbox.bitrix24.filters import Dialect
from connector.sandbox.bitrix24.garbage import page_of, spoilt
from connector.sandbox.bitrix24.methods.answers import Answer
from connector.sandbox.bitrix24.params import as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.query import Page, find
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.bitrix24.visibility import hides


def find_page(portal: Portal, entity: Entity, params: Mapping[str, Any], dialect: Dialect) -> Page:
    """Return the page that `filter`, `order` and `start` ask for, as far as the user may read it."""
    raw, order = as_map(params.get("filter"), "filter"), as_map(params.get("order"), "order")
    page = find(entity, raw, order, whole(params.get("start")), dialect, hides(portal, entity))
    return replace(page, total=None) if portal.faults.on("no_totals") else page


def listed(page: Page, result: Any) -> Answer:
    """Return a list's answer with its total, if it has one, and `next` unless it is the last page."""
    return Answer(result, total=page.total, next=page.next)


def rows_of(portal: Portal, page: Page, row: Callable[[Record], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the page's rows, every n-th or all of them damaged where a fault says so; then disturb them."""
    every = portal.faults.number("garbage_rows")
    rows = page_of(portal, [row(record) for record in page.records])
    if every:
        pairs = zip(rows, page.records, strict=True)
        rows = [spoilt(one) if record.id % every == 0 else one for one, record in pairs]
    disturb(portal, page)
    return rows


def one(portal: Portal, entity: Entity, number: Any, missing: PortalError | None = None) -> Record:
    """Return the record of that number; refused if there is none or the user may not see it."""
    found = whole(number)
    if found <= 0:
        raise PortalError("", "ID is not defined or invalid.")
    record = entity.get(found)
    if record is None:
        raise missing or not_found()
    hidden = hides(portal, entity)
    if hidden and hidden(record):
        raise denied()
    return record
