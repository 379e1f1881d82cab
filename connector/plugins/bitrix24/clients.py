"""Finds the client of an activity: its owner, else whom the activity was with, else what it is bound to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.plugins.bitrix24.links import COMPANY, Links, Owner
from connector.plugins.bitrix24.listing import PAGE, Rows
from connector.plugins.bitrix24.lists import chunks
from connector.plugins.bitrix24.portal import Command, Portal
from connector.plugins.bitrix24.values import as_list, as_map, reference

CLIENT = "@client"
"""The key under which a row carries the id of its client's company."""


class Clients:
    """Finds the company of an activity.

    Its owner: the company, a contact's primary company, the company or contact of a deal or lead. Else the
    first company among COMMUNICATIONS and bindings, which are asked for only then.
    """

    def __init__(self, portal: Portal, links: Links) -> None:
        self._portal = portal
        self._links = links

    def add(self, rows: Rows) -> None:
        """Put the company's id, or None, on each row."""
        self._links.ask(_owner(row) for row in rows)
        unknown = {}
        for row in rows:
            row[CLIENT] = self._links.company(_owner(row))
            if row[CLIENT] is None:
                unknown[str(row["ID"])] = row
        if unknown:
            self._ask_more(unknown)

    def _ask_more(self, unknown: Mapping[str, dict[str, Any]]) -> None:
        """Look at whom the activities were with and what they are bound to."""
        commands = [_with_whom(ids) for ids in chunks(list(unknown), PAGE)]
        others = {
            str(found.get("ID")): list(_others(found))
            for rows in self._portal.batch(commands).result
            for found in as_list(rows)
        }
        self._links.ask(owner for owners in others.values() for owner in owners)
        for activity, row in unknown.items():
            companies = map(self._links.company, others.get(activity, []))
            row[CLIENT] = next((company for company in companies if company), None)


def _owner(row: Mapping[str, Any]) -> Owner:
    return str(row.get("OWNER_TYPE_ID")), str(row.get("OWNER_ID"))


def _with_whom(activities: list[str]) -> Command:
    """Return the command for at most 50 activities: one page, whatever it holds, is all there is."""
    select = ["ID", "COMMUNICATIONS", "BINDINGS"]
    return Command("crm.activity.list", {"select": select, "filter": {"@ID": activities}, "start": -1})


def _others(row: Mapping[str, Any]) -> Iterator[Owner]:
    """Yield whom an activity was with, companies first told apart from people, then its bindings."""
    for item in as_list(row.get("COMMUNICATIONS")):
        company = reference(as_map(as_map(item).get("ENTITY_SETTINGS")).get("COMPANY_ID"))
        if company:
            yield COMPANY, company
        yield str(as_map(item).get("ENTITY_TYPE_ID")), str(as_map(item).get("ENTITY_ID"))
    for item in as_list(row.get("BINDINGS")):
        yield str(as_map(item).get("OWNER_TYPE_ID")), str(as_map(item).get("OWNER_ID"))
