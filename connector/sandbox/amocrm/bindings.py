"""Bindings of custom fields to columns of the neutral rows: each shows one column and writes it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connector.sandbox.amocrm.fields import CustomField, CustomFields, Item, Read, Write
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.times import midnight, neutral, neutral_day, unix

if TYPE_CHECKING:
    from collections.abc import Mapping

JURIDICAL, PROPRIETOR = 2, 1
"""The documented sorts of a legal entity."""


def first(items: list[Item]) -> Any:
    """Return the value of the first item, None if there is none."""
    return items[0].get("value") if items else None


def text(column: str) -> tuple[Read, Write]:
    """Show a text column."""

    def read(record: Record) -> list[Item]:
        return [{"value": record.row[column]}] if record.row.get(column) else []

    def write(record: Record, items: list[Item]) -> None:
        record.row[column] = str(first(items) or "")

    return read, write


def numeric(column: str) -> tuple[Read, Write]:
    """Show a number, which the vendor gives as text."""
    return text(column)


def flag(column: str) -> tuple[Read, Write]:
    """Show a flag."""

    def read(record: Record) -> list[Item]:
        return [{"value": record.row[column] == "1"}] if record.row[column] else []

    def write(record: Record, items: list[Item]) -> None:
        record.row[column] = str(int(bool(first(items)))) if items else ""

    return read, write


def moment(column: str, zone: ZoneInfo) -> tuple[Read, Write]:
    """Show a time as unix seconds; written as those or as RFC 3339."""

    def read(record: Record) -> list[Item]:
        return [{"value": unix(record.row[column])}] if record.row[column] else []

    def write(record: Record, items: list[Item]) -> None:
        record.row[column] = neutral(seconds(first(items)), zone)

    return read, write


def day(column: str, zone: ZoneInfo) -> tuple[Read, Write]:
    """Show a date as the unix seconds of its local midnight; written as any moment of the day."""

    def read(record: Record) -> list[Item]:
        return [{"value": midnight(record.row[column], zone)}] if record.row[column] else []

    def write(record: Record, items: list[Item]) -> None:
        record.row[column] = neutral_day(seconds(first(items)), zone)

    return read, write


def seconds(value: Any) -> int | None:
    """Read a time that a client wrote: unix seconds or RFC 3339."""
    if value is None or isinstance(value, int | float):
        return value if value is None else int(value)
    written = str(value)
    return int(written) if written.isdecimal() else int(datetime.fromisoformat(written).timestamp())


class Several:
    """Shows a list column as telephone numbers or e-mail addresses: the first is of work, others mobile."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.field: CustomField | None = None

    def read(self, record: Record) -> list[Item]:
        """Return one item for each number or address."""
        cells = [cell for cell in record.row[self.column].split("|") if cell]
        choices = self.field.choices or [] if self.field else []
        kinds = [choices[0], choices[min(2, len(choices) - 1)]] if choices else []
        return [
            {"value": cell, "enum_id": kinds[place > 0].id, "enum_code": kinds[place > 0].value}
            for place, cell in enumerate(cells)
        ]

    def write(self, record: Record, items: list[Item]) -> None:
        """Replace all numbers or addresses."""
        record.row[self.column] = "|".join(str(item["value"]).replace("|", "/") for item in items)


class Chosen:
    """Shows a word of a column as one of the choices; `words` translates between the two, if given."""

    def __init__(self, column: str, fields: CustomFields, words: Mapping[str, str] | None = None) -> None:
        self.column = column
        self.words = words or {}
        self.back = {shown: word for word, shown in self.words.items()}
        self._fields = fields
        self.field: CustomField | None = None

    def read(self, record: Record) -> list[Item]:
        """Return the choice."""
        word = record.row[self.column]
        if not word or self.field is None:
            return []
        choice = self._fields.offered(self.field, self.words.get(word, word))
        return [{"value": choice.value, "enum_id": choice.id, "enum_code": choice.code}]

    def write(self, record: Record, items: list[Item]) -> None:
        """Write the choice's word."""
        choice = self.field.choice(items[0]) if items and self.field else None
        record.row[self.column] = self.back.get(choice.value, choice.value) if choice else ""


def legal_entity() -> tuple[Read, Write]:
    """Show name, INN, KPP and sort of a client as its requisites (documented keys of `legal_entity`)."""

    def read(record: Record) -> list[Item]:
        row = record.row
        if not row["inn"] and not row["kpp"]:
            return []
        value = {
            "name": record.extra.get("legal name", row["name"]),
            "entity_type": PROPRIETOR if row["kind"] == "person" else JURIDICAL,
            "vat_id": row["inn"] or None,
            "tax_registration_reason_code": None,
            "kpp": row["kpp"] or None,
            "address": row["address"] or None,
            "external_uid": None,
        }
        return [{"value": value}]

    def write(record: Record, items: list[Item]) -> None:
        given = first(items) or {}
        record.row["inn"], record.row["kpp"] = str(given.get("vat_id") or ""), str(given.get("kpp") or "")
        record.put("legal name", given.get("name", ""))

    return read, write
