"""Companies: the clients, and the portal's own legal entity, which is no client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.custom import company_fields
from connector.sandbox.bitrix24.entities.names import ROBOT, multi_field, user_id, write_multi_field
from connector.sandbox.bitrix24.fields import Field, Read, column, computed, constant, kept, text
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.company.tables import COLUMNS

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

OWN_NAME = "ООО «Наша компания»"
UTM = ("UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM")
ADDRESS_PARTS = ("2", "CITY", "POSTAL_CODE", "REGION", "PROVINCE", "COUNTRY", "COUNTRY_CODE", "LOC_ADDR_ID")
MULTI = {"PHONE": ("phones", "Телефон"), "EMAIL": ("emails", "E-mail"), "WEB": ("site", "Сайт")}


def build(portal: Portal) -> Entity:
    """Make the entity from the clients, and add the own company (IS_MY_COMPANY) after the last of them."""
    entity = Entity("company", [*standard(portal), *multi_fields(), *company_fields(portal)])
    entity.load(Record(number, row) for number, row in portal.truth.rows["clients"].items())
    row = dict.fromkeys(COLUMNS["clients"], "") | {"name": OWN_NAME, "owner": ROBOT}
    row |= {"created_at": portal.started, "updated_at": portal.started}
    entity.add(row, {"IS_MY_COMPANY": "Y", "COMPANY_TYPE": "OTHER"})
    return entity


def standard(portal: Portal) -> list[Field]:
    """Return the fields every company has, in the portal's order."""
    return [
        computed("ID", "integer", lambda record: str(record.id), title="ID"),
        kept("COMPANY_TYPE", "status", "CUSTOMER", title="Тип компании"),
        column("TITLE", "name", title="Название компании"),
        constant("LOGO", kind="file", title="Логотип"),
        kept("LEAD_ID", "link", write=None, title="Лид"),
        computed("HAS_PHONE", "char", lambda record: has(record, "phones"), title="Задан телефон"),
        computed("HAS_EMAIL", "char", lambda record: has(record, "emails"), title="Задан e-mail"),
        constant("HAS_IMOL", "N", "char", title="Задана открытая линия"),
        responsible(),
        computed("CREATED_BY_ID", "user", lambda _: ROBOT, title="Кем создана"),
        computed("MODIFY_BY_ID", "user", lambda _: ROBOT, title="Кем изменена"),
        kept("BANKING_DETAILS", title="Банковские реквизиты"),
        portal.directories.field("INDUSTRY", "industry", "Сфера деятельности"),
        kept("REVENUE", "double", "0", title="Годовой оборот"),
        kept("CURRENCY_ID", default="RUB", title="Валюта"),
        kept("EMPLOYEES", "status", None, title="Кол-во сотрудников"),
        kept("COMMENTS", default="", title="Комментарий"),
        computed("DATE_CREATE", "datetime", created, title="Дата создания"),
        computed("DATE_MODIFY", "datetime", modified, title="Дата изменения"),
        kept("OPENED", "char", "Y", title="Доступна для всех"),
        kept("IS_MY_COMPANY", "char", "N", title="Моя компания"),
        *origin(),
        *address(),
        *(kept(name, title=name) for name in UTM),
        constant(
            "CONTACT_ID", [], "crm_contact", group="described", item=None, multiple=True, title="Контакт"
        ),
        *last_activity(created),
        constant("LAST_COMMUNICATION_TIME", item=None, title="Дата последней коммуникации"),
    ]


def last_activity(read: Read) -> list[Field]:
    """Return the marks of the last activity, which does not count as a change of the card."""
    return [
        computed("LAST_ACTIVITY_BY", "user", lambda _: ROBOT, title="Автор последней активности"),
        computed("LAST_ACTIVITY_TIME", "datetime", read, title="Последняя активность"),
    ]


def multi_fields() -> list[Field]:
    """Return the multi-fields, which lists give only when named, and what only crm.item.* has."""
    named = [multi(kind, cell, title) for kind, (cell, title) in MULTI.items()]
    empty = [
        constant(kind, [], "crm_multifield", group="named", item=None, multiple=True, title=kind)
        for kind in ("IM", "LINK")
    ]
    return [*named, *empty]


def multi(kind: str, cell: str, title: str) -> Field:
    """Return one multi-field; filters compare its values exactly."""

    def read(record: Record) -> list[dict[str, str]]:
        return multi_field(record.id, kind, record.row.get(cell, ""))

    def write(record: Record, value: Any) -> None:
        write_multi_field(record, kind, cell, value, record.id)

    return Field(kind, "crm_multifield", read, write, "named", None, title, multiple=True)


def responsible() -> Field:
    """Return ASSIGNED_BY_ID, the owner of the card."""

    def write(record: Record, value: Any) -> None:
        record.row["owner"] = text(value)

    return Field(
        "ASSIGNED_BY_ID", "user", lambda record: user_id(record.row["owner"]), write, title="Ответственный"
    )


def origin() -> list[Field]:
    """Return the three marks of an outside system, empty unless written; all may be filtered by."""
    return [
        kept("ORIGINATOR_ID", title="Внешний источник"),
        kept("ORIGIN_ID", title="Идентификатор элемента во внешнем источнике"),
        kept("ORIGIN_VERSION", item=None, title="Версия оригинала"),
    ]


def address() -> list[Field]:
    """Return the actual and the legal address; the neutral address and region show in the actual one."""
    shown = {"ADDRESS": "address", "ADDRESS_REGION": "region"}
    actual = ["ADDRESS", *(f"ADDRESS_{part}" for part in ADDRESS_PARTS)]
    legal = ["ADDRESS_LEGAL", "REG_ADDRESS", *(f"REG_ADDRESS_{part}" for part in ADDRESS_PARTS)]
    return [
        column(name, shown[name], item=None, title=name)
        if name in shown
        else kept(name, item=None, title=name)
        for name in (*actual, *legal)
    ]


def has(record: Record, cell: str) -> str:
    """Tell in Y or N whether a list cell holds anything."""
    return "Y" if record.row[cell] else "N"


def created(record: Record) -> str | None:
    """Return the moment the card was made."""
    return stamps.from_neutral(record.row.get("created_at", "")) or None


def modified(record: Record) -> str | None:
    """Return the moment the card was last changed."""
    return stamps.from_neutral(record.row["updated_at"] or record.row["created_at"]) or None
