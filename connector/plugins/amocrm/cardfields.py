"""Reads and writes the fields that an account made for itself, by what the settings say they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector import clock
from connector.changes import Value
from connector.errors import ConfigError
from connector.plugins.amocrm.directories import CardField, Directories
from connector.plugins.amocrm.values import as_list, as_map, flag, moment, text

_LISTS = frozenset({"select", "multiselect", "radiobutton"})
_TIMES = frozenset({"date", "date_time", "birthday"})
Row = Mapping[str, Any]


@dataclass(frozen=True)
class MeaningfulField:
    """A field of the card and our name for it; options are read as their texts, times as ISO 8601."""

    target: str
    field: CardField
    zone: ZoneInfo

    @property
    def is_flag(self) -> bool:
        """Whether it holds yes or no."""
        return self.field.type == "checkbox"

    def read(self, row: Row) -> tuple[str, ...]:
        """Return the texts that the row holds, none if the field is empty."""
        if self.is_flag:
            yes = self.read_flag(row)
            return () if yes is None else (str(yes),)
        found = [text(item.get("value")) for item in items(row, self.field.id)]
        words = [word for word in found if word is not None]
        return tuple(self._day(word) for word in words) if self.field.type in _TIMES else tuple(words)

    def read_flag(self, row: Row) -> bool | None:
        """Return the yes or no that the row holds; None if the field is empty or holds neither."""
        return next((flag(item.get("value")) for item in items(row, self.field.id)), None)

    def read_moment(self, row: Row, zone: ZoneInfo) -> datetime | None:
        """Return the time that the row holds, unix seconds. RecordError if it is no time."""
        item = next(items(row, self.field.id), {})
        return moment({self.field.name: item.get("value")}, self.field.name)

    def read_value(self, row: Row) -> Value:
        """Return what the row holds as a change compares it: yes or no, a text, None for empty."""
        if self.is_flag:
            return self.read_flag(row)
        words = self.read(row)
        return " | ".join(words) if words else None

    def spell(self, value: Value) -> dict[str, Any]:
        """Return the value as the account takes it; ConfigError where a list has no such option."""
        field: dict[str, Any] = {"field_id": int(self.field.id)}
        if value is None:
            return {**field, "values": None}
        if self.field.type in _LISTS:
            return {**field, "values": [{"enum_id": self._option(value)}]}
        spelt = value if self.is_flag or self.field.type == "numeric" else str(value)
        return {**field, "values": [{"value": spelt}]}

    def _option(self, value: Value) -> int:
        for number, word in self.field.options.items():
            if word.casefold() == str(value).casefold():
                return int(number)
        raise ConfigError(
            f"the list {self.field.name!r} has no option {value!r}", hint="add the option in the account"
        )

    def _day(self, word: str) -> str:
        found = moment({self.field.name: word}, self.field.name)
        if found is None:
            return word
        if self.field.type == "date_time":
            return found.isoformat(timespec="seconds")
        return clock.local_day(found, self.zone).isoformat()


def items(row: Row, field_id: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a custom field of a row, `{value, enum_id, enum_code}` each."""
    for field in as_list(row.get("custom_fields_values")):
        if str(as_map(field).get("field_id")) == field_id:
            yield from (as_map(item) for item in as_list(as_map(field).get("values")))


def of_code(row: Row, code: str) -> tuple[str, ...]:
    """Return the texts of a field that every account has, by its code: PHONE, EMAIL, WEB, POSITION."""
    found = (text(value) for value in _values(row, "field_code", code))
    return tuple(word for word in found if word)


def of_type(row: Row, kind: str) -> dict[str, Any]:
    """Return the first value of the first field of a type, a map, as `legal_entity` has it."""
    return next((as_map(value) for value in _values(row, "field_type", kind)), {})


def _values(row: Row, name: str, wanted: str) -> list[Any]:
    """Return the values of the first field that has the wanted code or type."""
    fields = (as_map(field) for field in as_list(row.get("custom_fields_values")))
    found = next((field for field in fields if field.get(name) == wanted), {})
    return [as_map(item).get("value") for item in as_list(found.get("values"))]


def meaningful(
    directories: Directories, card: str, wanted: Mapping[str, str], zone: ZoneInfo
) -> list[MeaningfulField]:
    """Return the fields named in `wanted` (field -> our name); ConfigError for one that the card lacks."""
    return [MeaningfulField(target, directories.field(card, name), zone) for name, target in wanted.items()]
