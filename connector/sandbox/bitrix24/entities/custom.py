"""Custom fields: those this portal was set up with, and those clients add."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.names import parts
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import Field, Read, Write, flag, kept, text
from connector.sandbox.bitrix24.records import Record

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

STATUSES = {"active": "Действующий", "closed": "Закрыт", "blacklisted": "Чёрный список"}


@dataclass
class UserField:
    """One custom field's settings; `options` are the values of an enumeration: ID, VALUE, XML_ID."""

    number: int
    entity: str
    name: str
    kind: str
    title: str
    multiple: bool = False
    xml_id: str | None = None
    sort: int = 100
    options: list[dict[str, str]] = field(default_factory=list)


def company_fields(portal: Portal) -> list[Field]:
    """Return the custom fields of companies that show columns of the neutral client, and one for results."""
    add = portal.user_fields.preset
    status = add("CRM_COMPANY", "UF_CRM_STATUS", "enumeration", "Статус клиента", options=STATUSES)
    return [
        show(add("CRM_COMPANY", "UF_CRM_KEY_CLIENT", "boolean", "Ключевой клиент"), *boolean("key_account")),
        show(add("CRM_COMPANY", "UF_CRM_REGION", "string", "Регион"), *plain("region")),
        show(add("CRM_COMPANY", "UF_CRM_TAGS", "string", "Метки", multiple=True), *listed("tags")),
        show(add("CRM_COMPANY", "UF_CRM_ABC_GIVEN", "string", "Класс ABC (задан)"), *plain("abc")),
        show(status, *choice("status", status)),
        show(add("CRM_COMPANY", "UF_CRM_CLOSED_AT", "datetime", "Закрыт"), *moment("closed_at")),
        added(add("CRM_COMPANY", "UF_CRM_ABC_CLASS", "string", "Класс ABC (расчёт)")),
    ]


def deal_fields(portal: Portal) -> list[Field]:
    """Return the custom field of deals that shows the reason of a loss; the portal itself has none."""
    reason = portal.user_fields.preset("CRM_DEAL", "UF_CRM_LOSS_REASON", "string", "Причина отказа")
    return [show(reason, *plain("loss_reason"))]


def lead_fields(portal: Portal) -> list[Field]:
    """Return the custom field of leads; the neutral company knows nothing of it."""
    return [added(portal.user_fields.preset("CRM_LEAD", "UF_CRM_CHANNEL", "string", "Канал привлечения"))]


def show(settings: UserField, read: Read, write: Write) -> Field:
    """Return the field for its settings."""
    return Field(
        settings.name, settings.kind, read, write, "custom", title=settings.title, multiple=settings.multiple
    )


def added(settings: UserField) -> Field:
    """Return the field for one that a client added: the value lives with the vendor's record only."""
    default: Any = [] if settings.multiple else None
    made = kept(
        settings.name,
        settings.kind,
        default,
        group="custom",
        title=settings.title,
        multiple=settings.multiple,
    )
    return show(settings, *boolean_extra(settings.name)) if settings.kind == "boolean" else made


def plain(column: str) -> tuple[Read, Write]:
    """Show a text column as it is."""

    def write(record: Record, value: Any) -> None:
        record.row[column] = text(value)

    return lambda record: record.row[column] or None, write


def boolean(column: str) -> tuple[Read, Write]:
    """Show a flag as classic methods do: `1`, `0`, or null where it was never set."""

    def write(record: Record, value: Any) -> None:
        record.row[column] = "" if text(value) == "" and value is not False else str(int(flag(value) == "Y"))

    return lambda record: record.row[column] or None, write


def boolean_extra(name: str) -> tuple[Read, Write]:
    """Keep a flag that the neutral company knows nothing of."""
    return lambda record: record.extra.get(name), lambda record, value: record.put(
        name, str(int(flag(value) == "Y"))
    )


def listed(column: str) -> tuple[Read, Write]:
    """Show a list cell as a multiple text field; empty is an empty list."""

    def write(record: Record, value: Any) -> None:
        sent = value if isinstance(value, list) else [value]
        record.row[column] = "|".join(filter(None, (text(item).replace("|", "/") for item in sent)))

    return lambda record: parts(record.row[column]), write


def moment(column: str) -> tuple[Read, Write]:
    """Show a time."""

    def write(record: Record, value: Any) -> None:
        try:
            record.row[column] = stamps.from_client(value)
        except ValueError as error:
            raise PortalError("WRONG_DATETIME_FORMAT", f"Wrong datetime format: {value}") from error

    return lambda record: stamps.from_neutral(record.row[column]) or None, write


def choice(column: str, settings: UserField) -> tuple[Read, Write]:
    """Show a word as the id of an enumeration's option, found by its XML_ID; writing takes the id."""
    ids = {option["XML_ID"]: option["ID"] for option in settings.options}
    words = {number: word for word, number in ids.items()}

    def write(record: Record, value: Any) -> None:
        record.row[column] = words.get(text(value), "")

    return lambda record: ids.get(record.row[column]), write
