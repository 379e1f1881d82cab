"""Directories, pipelines and the stage history."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.entities.directories import status_row
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import text, whole
from connector.sandbox.bitrix24.garbage import page_of
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.classic import dialect
from connector.sandbox.bitrix24.methods.listing import find_page, listed
from connector.sandbox.bitrix24.params import as_list, as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.rows import chosen, classic

LEADS, DEALS = 1, 2


def statuses(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.status.list: the whole list at once, filtered by equality."""
    wanted = {
        name.upper().lstrip("=@"): value for name, value in as_map(params.get("filter"), "filter").items()
    }
    rows = [status_row(status) for status in portal.directories.statuses]
    for name, value in wanted.items():
        allowed = {text(item) for item in (as_list(value) if isinstance(value, list | dict) else [value])}
        rows = [row for row in rows if name not in row or text(row[name]) in allowed]
    return Answer(rows, total=len(rows))


def directories(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.status.entity.types: which directories there are."""
    known = dict.fromkeys(status.directory for status in portal.directories.statuses)
    return Answer([{"ID": name, "NAME": name} for name in known])


def categories(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.category.list: pipeline 0 is the default one and has no origin."""
    if whole(params.get("entityTypeId")) != DEALS:
        raise PortalError("NOT_FOUND", "Smart process not found")
    found = [category(number, name) for number, name in enumerate(portal.pipelines.names)]
    return Answer({"categories": [*found[1:], *found[:1]]}, total=len(found))


def category(number: int, name: str) -> dict[str, Any]:
    """Return one pipeline."""
    row: dict[str, Any] = {"id": number, "name": name, "sort": 200 if number else 300, "entityTypeId": DEALS}
    return row | ({"isDefault": "N", "originId": "", "originatorId": ""} if number else {"isDefault": "Y"})


def stage_history(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.stagehistory.list for deals and leads; other entities are refused."""
    kind = whole(params.get("entityTypeId"))
    if kind not in {LEADS, DEALS}:
        raise PortalError(0, f"{params.get('entityTypeId')} entity is not supported")
    entity = portal.stage_history if kind == DEALS else portal.lead_history
    page = find_page(portal, entity, params, dialect(portal, entity))
    fields = chosen(entity, as_list(params.get("select")))
    rows = [history_row(portal, classic(record, fields)) for record in page.records]
    return listed(page, {"items": page_of(portal, rows)})


def history_row(portal: Portal, row: dict[str, Any]) -> dict[str, Any]:
    """Return a history entry as documented, with real numbers, or as some portals give it, all text."""
    return {name: text(value) for name, value in row.items()} if portal.faults.on("history_as_text") else row


METHODS: dict[str, Method] = {
    "crm.status.list": statuses,
    "crm.status.entity.types": directories,
    "crm.category.list": categories,
    "crm.stagehistory.list": stage_history,
}
