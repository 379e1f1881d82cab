"""Contacts: the people at the clients, linked to one company each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.company import UTM, has, last_activity, multi, origin
from connector.sandbox.bitrix24.entities.names import ROBOT, name_parts, user_id
from connector.sandbox.bitrix24.fields import Field, column, computed, constant, kept, text
from connector.sandbox.bitrix24.records import Entity, Record

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

ADDRESS = ("", "_2", "_CITY", "_POSTAL_CODE", "_REGION", "_PROVINCE", "_COUNTRY", "_LOC_ADDR_ID")


def build(portal: Portal) -> Entity:
    """Make the entity from the neutral contacts."""
    entity = Entity("contact", fields(portal))
    entity.load(Record(number, row) for number, row in portal.truth.rows["contacts"].items())
    return entity


def fields(portal: Portal) -> list[Field]:
    """Return the fields every contact has, in the portal's order."""

    def created(record: Record) -> str:
        return client_time(portal, record, "created_at")

    return [
        computed("ID", "integer", lambda record: str(record.id), title="ID"),
        column("POST", "position", empty="", title="Должность"),
        kept("COMMENTS", default="", title="Комментарий"),
        kept("HONORIFIC", "status", None, title="Обращение"),
        *(name_field(name, place) for place, name in enumerate(("LAST_NAME", "NAME", "SECOND_NAME"))),
        constant("PHOTO", kind="file", title="Фотография"),
        constant("LEAD_ID", kind="link", title="Лид"),
        kept("TYPE_ID", "status", "CLIENT", title="Тип контакта"),
        kept("SOURCE_ID", "status", None, title="Источник"),
        kept("SOURCE_DESCRIPTION", title="Описание источника"),
        company_link(),
        kept("BIRTHDATE", "date", "", title="Дата рождения"),
        kept("EXPORT", "char", "Y", title="Участвует в экспорте контактов"),
        computed("HAS_PHONE", "char", lambda record: has(record, "phones"), title="Задан телефон"),
        computed("HAS_EMAIL", "char", lambda record: has(record, "emails"), title="Задан e-mail"),
        constant("HAS_IMOL", "N", "char", title="Задана открытая линия"),
        computed("DATE_CREATE", "datetime", created, title="Дата создания"),
        computed("DATE_MODIFY", "datetime", created, title="Дата изменения"),
        kept("ASSIGNED_BY_ID", "user", default_owner(portal), title="Ответственный"),
        computed("CREATED_BY_ID", "user", lambda _: ROBOT, title="Кем создан"),
        computed("MODIFY_BY_ID", "user", lambda _: ROBOT, title="Кем изменён"),
        kept("OPENED", "char", "Y", title="Доступен для всех"),
        *origin(),
        constant("FACE_ID", kind="integer", item=None, title="FACE_ID"),
        *(kept(f"ADDRESS{part}", item=None, title=f"ADDRESS{part}") for part in ADDRESS),
        *(kept(name, title=name) for name in UTM),
        *last_activity(created),
        multi("PHONE", "phones", "Телефон"),
        multi("EMAIL", "emails", "E-mail"),
    ]


def name_field(name: str, place: int) -> Field:
    """Return one of the three name fields; the neutral name is the three joined, family name first."""

    def write(record: Record, value: Any) -> None:
        words = list(name_parts(record.row["name"]))
        words[place] = text(value)
        record.row["name"] = " ".join(filter(None, words))

    return Field(name, "string", lambda record: name_parts(record.row["name"])[place], write, title=name)


def company_link() -> Field:
    """Return COMPANY_ID, the contact's primary company."""

    def write(record: Record, value: Any) -> None:
        record.row["client"] = "" if text(value) == "0" else text(value)

    return Field("COMPANY_ID", "link", lambda record: user_id(record.row["client"]), write, title="Компания")


def client_time(portal: Portal, record: Record, name: str) -> str:
    """Return a time of the contact's client; the portal's start if it has none."""
    client = portal.client(record.row["client"])
    return stamps.from_neutral(client[name] if client else "") or portal.started


def default_owner(portal: Portal) -> str:
    """Return who answers for contacts until someone is named: the webhook's user."""
    return ROBOT if portal.truth.rows["employees"] else "0"
