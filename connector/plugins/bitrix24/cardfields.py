"""Reads and writes the fields that a portal made for itself, by what the configuration says they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector.changes import Value
from connector.errors import ConfigError
from connector.plugins.bitrix24.directories import CardField, Directories
from connector.plugins.bitrix24.values import flag, moment, several


@dataclass(frozen=True)
class MeaningfulField:
    """A field of the card and our name for it; options and directory entries are read as their texts."""

    target: str
    field: CardField
    texts: Mapping[str, str]

    @property
    def is_flag(self) -> bool:
        """Whether it holds yes or no."""
        return self.field.type == "boolean"

    def read_moment(self, row: Mapping[str, Any], zone: ZoneInfo) -> datetime | None:
        """Return the time that the row holds, a naive one read in the zone. RecordError if it is no time."""
        return moment(row, self.field.code, zone)

    def read(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the texts that the row holds, none if the field is empty."""
        values = several(row.get(self.field.code))
        return tuple([self.texts.get(value, value) for value in values]) if self.texts else values

    def read_flag(self, row: Mapping[str, Any]) -> bool | None:
        """Return the yes or no that the row holds; None if the field is empty or holds neither."""
        value = row.get(self.field.code)
        if value is True or value is False:
            return bool(value)
        words = self.read(row)
        return flag(words[0]) if words else None

    def read_value(self, row: Mapping[str, Any]) -> Value:
        """Return what the row holds as a change compares it: yes or no, a text, None for empty."""
        if self.is_flag:
            return self.read_flag(row)
        words = self.read(row)
        return " | ".join(words) if words else None

    def spell(self, value: Value) -> Any:
        """Return the value as the portal takes it: an option by its id, a yes as 1, nothing as "".

        ConfigError where a list has no such option.
        """
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if not self.texts:
            return value
        for key, word in self.texts.items():
            if word.casefold() == str(value).casefold():
                return key
        raise ConfigError(
            f"the list {self.field.code} has no option {value!r}", hint="add the option in the portal"
        )


def meaningful(directories: Directories, card: str, wanted: Mapping[str, str]) -> list[MeaningfulField]:
    """Return the fields named in `wanted` (field -> our name); ConfigError for one that the card lacks."""
    return [explained(directories, card, name, target) for name, target in wanted.items()]


def explained(directories: Directories, card: str, name: str, target: str) -> MeaningfulField:
    """Return one field of a card under our name for it."""
    field = directories.field(card, name)
    texts = directories.statuses.get(field.directory or "", {}) if field.directory else field.options
    return MeaningfulField(target, field, texts)
