"""Finds what a profile names in the types of `$metadata`: as `X`, as `X_Key`, or as `X` beside `X_Type`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.plugins.onec.profile import Column
from connector.plugins.onec.schema import EntityType
from connector.tomlfile import did_you_mean

OR = "|"
"""Between names of which a base has one: releases call a column differently."""
KEY, KIND = "_Key", "_Type"


class AbsentError(Exception):
    """A column, a section or a set that a profile names is not published; `set` where it is to be ticked."""

    def __init__(self, message: str, entity_set: str = "") -> None:
        super().__init__(message)
        self.set = entity_set


def names(text: str) -> list[str]:
    """Return the names of which the first one that is published is meant."""
    return [name.strip() for name in text.split(OR) if name.strip()]


def find_column(type_: EntityType, text: str, references: Mapping[str, tuple[str, ...]]) -> Column:
    """Return the column as this base publishes it; AbsentError with what is near where it is not there.

    `references` says where references lead of which `$metadata` does not tell: the profile's own table, by
    `Set.Column` or by the name of the column alone.
    """
    for name in names(text):
        found = _column(type_, name.removesuffix(KEY), references)
        if found is not None:
            return found
    wanted = f" {OR} ".join(names(text))
    near = did_you_mean(
        wanted.partition(OR)[0].strip(), [each.name for each in all_columns(type_, references)]
    )
    raise AbsentError(f"{type_.name} has no column {wanted!r}{near if 'mean' in near else ''}")


def _column(type_: EntityType, name: str, references: Mapping[str, tuple[str, ...]]) -> Column | None:
    properties = type_.properties
    if name + KEY in properties:
        return Column(name, "key", properties[name + KEY], leads(type_, name, references))
    kind = properties.get(name, "")
    if not kind or kind.startswith("Collection("):
        return None
    if name + KIND in properties:
        return Column(name, "composite", kind, leads(type_, name, references))
    return Column(name, "plain", kind)


def leads(type_: EntityType, name: str, references: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sets a reference leads to: by `$metadata`, else by the profile; none where nobody knows."""
    told = type_.targets.get(name)
    if told:
        return (told,)
    return references.get(f"{type_.name}.{name}") or references.get(name) or ()


def _plain(name: str) -> str:
    return name.removesuffix(KEY) if name.endswith(KEY) else name.removesuffix(KIND)


def all_columns(type_: EntityType, references: Mapping[str, tuple[str, ...]]) -> Iterator[Column]:
    """Yield every column of a type once, sections apart."""
    for name in dict.fromkeys(map(_plain, type_.properties)):
        found = _column(type_, name, references)
        if found is not None:
            yield found
