"""Leads: as many as the switch `leads` asks for, in every status, and those that clients and people add.

The neutral company has no leads; their truth is the vendor's part of /sandbox/state.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.company import UTM, last_activity, multi, origin
from connector.sandbox.bitrix24.entities.custom import lead_fields
from connector.sandbox.bitrix24.entities.names import ROBOT
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import Field, computed, constant, kept, text
from connector.sandbox.bitrix24.filters import number
from connector.sandbox.bitrix24.lookup import equal
from connector.sandbox.bitrix24.records import Entity, Record

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

STATUSES: dict[str, tuple[str, str | None]] = {
    "NEW": ("Не обработан", None),
    "IN_PROCESS": ("В работе", None),
    "PROCESSED": ("Обработан", None),
    "CONVERTED": ("Качественный лид", "S"),
    "JUNK": ("Некачественный лид", "F"),
}
"""The portal's own lead statuses; CONVERTED is set by a conversion."""
SOURCES = {"CALL": "Звонок", "EMAIL": "Электронная почта", "WEB": "Веб-сайт", "OTHER": "Другое"}
CONVERTED = "CONVERTED"
ADDRESS = (
    "", "_2", "_CITY", "_POSTAL_CODE", "_REGION", "_PROVINCE", "_COUNTRY", "_COUNTRY_CODE", "_LOC_ADDR_ID",
)  # fmt: skip


def build(portal: Portal) -> Entity:
    """Make the leads the switch asks for: statuses in turn, the converted ones bound to a company."""
    for code, (name, sign) in STATUSES.items():
        portal.directories.add(
            "STATUS", code, name, semantics=sign, system=code in {"NEW", CONVERTED, "JUNK"}
        )
    for code, name in SOURCES.items():
        portal.directories.add("SOURCE", code, name)
    entity = Entity("lead", fields(portal))
    entity.load(made(portal, place) for place in range(1, portal.faults.number("leads") + 1))
    return entity


def made(portal: Portal, place: int) -> Record:
    """Make the n-th lead; it came n hours before the stand-in started."""
    status = list(STATUSES)[place % len(STATUSES)]
    at = stamps.stamp(portal.clock.now() - timedelta(hours=place))
    clients, users = portal.truth.rows["clients"], portal.user.ids
    company = place % len(clients) + 1 if clients else 0
    extra: dict[str, Any] = {
        "TITLE": f"Лид {place}", "NAME": "Анна", "LAST_NAME": f"Лидова {place}", "STATUS_ID": status,
        "SOURCE_ID": list(SOURCES)[place % len(SOURCES)], "OPPORTUNITY": f"{place * 1000}.00",
        "ASSIGNED_BY_ID": str(users[place % len(users)]) if users else "0", "DATE_CREATE": at,
        "DATE_MODIFY": at, "MOVED_TIME": at, "DATE_CLOSED": at if STATUSES[status][1] else "",
    }  # fmt: skip
    if status == CONVERTED and company in clients:
        extra["COMPANY_ID"] = str(company)
    return Record(place, {"phones": f"+7999{place:07d}", "emails": f"lead{place}@mail.example"}, extra)


def fields(portal: Portal) -> list[Field]:
    """Return the fields every lead has, in the portal's order."""
    return [
        computed("ID", "integer", lambda record: str(record.id), title="ID"),
        kept("TITLE", default="", title="Название лида"),
        kept("HONORIFIC", "status", title="Обращение"),
        *(kept(name, title=name) for name in ("NAME", "SECOND_NAME", "LAST_NAME", "COMPANY_TITLE")),
        kept("COMPANY_ID", "link", title="Компания"),
        kept("CONTACT_ID", "link", title="Контакт"),
        kept("IS_RETURN_CUSTOMER", "char", "N", title="Повторный лид"),
        kept("BIRTHDATE", "date", "", title="Дата рождения"),
        kept("SOURCE_ID", "status", title="Источник"),
        kept("SOURCE_DESCRIPTION", title="Дополнительно об источнике"),
        status_field(),
        *(kept(name, title=name) for name in ("STATUS_DESCRIPTION", "POST", "COMMENTS")),
        kept("CURRENCY_ID", default="RUB", title="Валюта"),
        amount(),
        kept("IS_MANUAL_OPPORTUNITY", "char", "N", title="Сумма введена вручную"),
        computed("HAS_PHONE", "char", lambda r: "Y" if r.row["phones"] else "N", title="Задан телефон"),
        computed("HAS_EMAIL", "char", lambda r: "Y" if r.row["emails"] else "N", title="Задан e-mail"),
        constant("HAS_IMOL", "N", "char", title="Задана открытая линия"),
        kept("ASSIGNED_BY_ID", "user", ROBOT, title="Ответственный"),
        computed("CREATED_BY_ID", "user", lambda _: ROBOT, title="Кем создан"),
        computed("MODIFY_BY_ID", "user", lambda _: ROBOT, title="Кем изменён"),
        *(stamped(portal, name) for name in ("DATE_CREATE", "DATE_MODIFY")),
        computed("DATE_CLOSED", "datetime", lambda _: "", title="Дата закрытия"),
        computed("STATUS_SEMANTIC_ID", "string", semantics, item="stageSemanticId", title="Группа стадии"),
        kept("OPENED", "char", "Y", title="Доступен для всех"),
        *origin()[:2],
        computed("MOVED_BY_ID", "user", lambda _: ROBOT, title="Кем перемещён"),
        stamped(portal, "MOVED_TIME"),
        *(kept(f"ADDRESS{part}", item=None, title=f"ADDRESS{part}") for part in ADDRESS),
        *(kept(name, title=name) for name in UTM),
        *last_activity(lambda record: record.extra.get("DATE_CREATE", portal.started)),
        multi("PHONE", "phones", "Телефон"),
        multi("EMAIL", "emails", "E-mail"),
        *lead_fields(portal),
    ]


def stamped(portal: Portal, name: str) -> Field:
    """Return a time the portal itself keeps."""
    return computed(name, "datetime", lambda _: portal.started, title=name)


def amount() -> Field:
    """Return OPPORTUNITY with two decimals; what is no number counts as 0."""

    def write(record: Record, value: Any) -> None:
        record.put("OPPORTUNITY", f"{number(value):.2f}")

    return kept("OPPORTUNITY", "double", "0.00", write=write, title="Сумма")


def status_field() -> Field:
    """Return STATUS_ID; an unknown status is refused."""

    def write(record: Record, value: Any) -> None:
        if text(value) not in STATUSES:
            raise PortalError("CRM_FIELD_ERROR_VALUE_NOT_VALID", "Неверное значение поля «Стадия»")
        record.put("STATUS_ID", text(value))

    return kept("STATUS_ID", "status", "NEW", write=write, item="stageId", title="Стадия")


def semantics(record: Record) -> str:
    """Return P (in work), S (converted) or F (junk)."""
    return STATUSES[record.extra.get("STATUS_ID", "NEW")][1] or "P"


def build_history(leads: Entity) -> Entity:
    """Make the status history of the leads there are: how each came, and where it stands."""
    entity = Entity("lead_history", history_fields())
    for lead in leads.records.values():
        enter(entity, lead, "NEW", lead.extra["DATE_CREATE"])
        if lead.extra["STATUS_ID"] != "NEW":
            enter(entity, lead, lead.extra["STATUS_ID"], lead.extra["MOVED_TIME"])
    return entity


def enter(history: Entity, lead: Record, status: str, at: str) -> None:
    """Note that a lead entered a status."""
    first, sign = not equal(history, "OWNER_ID", lead.id), STATUSES[status][1]
    history.add({}, {
        "TYPE_ID": 1 if first else 3 if sign else 2, "OWNER_ID": lead.id, "CREATED_TIME": at,
        "STATUS_SEMANTIC_ID": sign or "P", "STATUS_ID": status,
    })  # fmt: skip


def history_fields() -> list[Field]:
    """Return the fields of a lead's history entry: a status where deals have a stage, and no pipeline."""
    kinds = {"TYPE_ID": "integer", "OWNER_ID": "integer", "CREATED_TIME": "datetime"}
    kinds |= {"STATUS_SEMANTIC_ID": "string", "STATUS_ID": "string"}
    kept_fields = [kept(name, kind) for name, kind in kinds.items()]
    return [computed("ID", "integer", lambda record: record.id), *kept_fields]
