"""Users, departments, and who the webhook is."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.filters import Dialect
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.listing import find_page, listed
from connector.sandbox.bitrix24.params import any_case
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Record
from connector.sandbox.bitrix24.rows import chosen, classic
from connector.sandbox.bitrix24.visibility import granted

CURRENT = (
    "ID", "ACTIVE", "NAME", "LAST_NAME", "EMAIL", "LAST_LOGIN", "DATE_REGISTER", "IS_ONLINE",
    "LAST_ACTIVITY_DATE",
    "PERSONAL_GENDER", "PERSONAL_BIRTHDAY", "WORK_POSITION", "UF_EMPLOYMENT_DATE", "UF_DEPARTMENT",
)  # fmt: skip


def users(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer user.get; `sort` and `order` are two words here, the filter may be spelt in either case."""
    given = any_case(params, ("filter", "sort", "order", "start", "id"))
    raw = given["filter"] if given["filter"] is not None else ({"ID": given["id"]} if given["id"] else {})
    order = {given["sort"] or "ID": given["order"] or "ASC"}
    asked = {"filter": raw, "order": order, "start": given["start"]}
    page = find_page(portal, portal.user, asked, Dialect(portal.user.fields))
    fields = chosen(portal.user, [])
    return listed(page, [classic(record, fields) for record in page.records])


def myself(portal: Portal) -> Record:
    """Return the user the webhook acts for: the portal's first."""
    if not portal.user.ids:
        raise PortalError("NO_AUTH_FOUND", "Wrong authorization data", 401)
    return portal.user.records[portal.user.ids[0]]


def current(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer user.current; the last activity is spelt without an offset here."""
    row = classic(myself(portal), (portal.user.fields[name] for name in CURRENT))
    return Answer(row | {"LAST_ACTIVITY_DATE": portal.now()[:19].replace("T", " ")})


def profile(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer profile: who the webhook is, and whether an administrator."""
    row = classic(myself(portal), portal.user.fields.values())
    shown = {name: row[name] for name in ("ID", "NAME", "LAST_NAME", "PERSONAL_GENDER", "TIME_ZONE")}
    return Answer({"ID": shown.pop("ID"), "ADMIN": not portal.faults.on("plain_owner"), **shown})


def departments(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer department.get: filters are top-level names; keys without a value are left out."""
    given = any_case(params, ("id", "name", "parent", "uf_head", "sort", "order", "start"))
    raw = {
        name.upper(): given[name] for name in ("id", "name", "parent", "uf_head") if given[name] is not None
    }
    order = {str(given["sort"] or "ID").upper(): given["order"] or "ASC"}
    asked = {"filter": raw, "order": order, "start": given["start"]}
    page = find_page(portal, portal.department, asked, Dialect(portal.department.fields))
    return listed(page, [dict(record.extra) for record in page.records])


def scope(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer scope: what the webhook was given."""
    return Answer(granted(portal.faults))


def server_time(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer server.time."""
    return Answer(portal.now())


METHODS: dict[str, Method] = {
    "user.get": users,
    "user.current": current,
    "profile": profile,
    "department.get": departments,
    "scope": scope,
    "server.time": server_time,
}
