"""Requisites: INN and KPP of the companies, sometimes several of them, as in life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.fields import Field, computed, constant, kept
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

OUTDATED_EVERY = 10
BRANCH_EVERY = 7
ORGANISATION, ENTREPRENEUR, PERSON = "1", "2", "3"


def build(portal: Portal) -> Entity:
    """Make the requisites of all clients that have an INN."""
    entity = Entity("requisite", fields())
    rows = portal.truth.rows["clients"]
    made = (made for number, row in rows.items() for made in requisites(number, row))
    entity.load(Record(place, row, extra) for place, (row, extra) in enumerate(made, 1))
    return entity


def requisites(number: int, row: Row) -> Iterator[tuple[Row, dict[str, object]]]:
    """Give a client's requisites: the true one is ACTIVE with the lowest SORT, not always the only one.

    Every tenth client has an outdated one before it (ACTIVE = N, a lower SORT, another INN), every seventh a
    branch
    after it (ACTIVE = Y, a higher SORT, another KPP).
    """
    if number % OUTDATED_EVERY == 0 and row["inn"]:
        yield (
            row,
            {
                "NAME": "Старые реквизиты",
                "ACTIVE": "N",
                "SORT": "100",
                "RQ_INN": "7700000000",
                "RQ_KPP": None,
            },
        )
    if row["inn"]:
        yield row, {}
    if number % BRANCH_EVERY == 0 and row["inn"]:
        yield row, {"NAME": "Филиал", "SORT": "600", "RQ_KPP": "770001001"}


def fields() -> list[Field]:
    """Return the fields a requisite has."""
    return [
        computed("ID", "integer", lambda record: str(record.id)),
        constant("ENTITY_TYPE_ID", "4", "integer"),
        computed("ENTITY_ID", "integer", lambda record: record.row["id"]),
        computed("PRESET_ID", "integer", lambda record: preset(record.row)),
        computed("DATE_CREATE", "datetime", lambda record: stamps.from_neutral(record.row["created_at"])),
        kept("DATE_MODIFY", "datetime", ""),
        constant("CREATED_BY_ID", "1", "user"),
        constant("MODIFY_BY_ID", None, "user"),
        kept("NAME", default="Реквизиты"),
        kept("CODE"),
        kept("XML_ID"),
        kept("ORIGINATOR_ID"),
        kept("ACTIVE", "char", "Y"),
        constant("ADDRESS_ONLY", "N", "char"),
        kept("SORT", "integer", "500"),
        computed("RQ_COMPANY_NAME", "string", lambda record: record.row["name"]),
        constant("RQ_COMPANY_FULL_NAME"),
        computed("RQ_INN", "string", lambda record: record.row["inn"] or None),
        computed("RQ_KPP", "string", lambda record: record.row["kpp"] or None),
        constant("RQ_OGRN"),
        constant("RQ_OGRNIP"),
        constant("RQ_OKPO"),
    ]


def preset(row: Row) -> str:
    """Return the template: organisation, entrepreneur (12 digits), or private person."""
    if len(row["inn"]) == len("770000000000"):
        return ENTREPRENEUR
    return PERSON if row["kind"] == "person" else ORGANISATION
