"""Writes additional attributes of a client's card: the section is read, changed and written as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from connector.changes import SetField, SetFlag, Value
from connector.errors import ConfigError, RefusedError
from connector.plugins.onec.drafts import Drafts, differing
from connector.plugins.onec.profile import Column, Target
from connector.plugins.onec.publication import Publication
from connector.plugins.onec.values import SPACE

Line = dict[str, Any]
LINE = "LineNumber"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PRIMITIVE = "Edm."
OWNER, NAME = "Owner_Key", "Description"


class OwnAttributes:
    """The additional attributes of one base. A PATCH puts a new section in the place of the whole old one."""

    def __init__(self, base: Publication, drafts: Drafts) -> None:
        self._base = base
        self._drafts = drafts

    def write(self, change: SetField | SetFlag) -> str:
        """Set or clear an attribute of the client; return the client's key.

        All other lines go back as they came. RefusedError where the base did not keep the lines that were
        sent, where the list of the attribute lacks the value, or two attributes have the title.
        """
        target = self._drafts.target("attribute")
        keys = self.keys(self.title(change))
        card = self._base.api.one(target.set, change.target, ("Ref_Key", "DataVersion", target.section))
        lines = self._changed(target, _lines(card, target.section), keys, change)
        sent = [{**line, LINE: place} for place, line in enumerate(lines, 1)]
        version = str(card.get("DataVersion") or "")
        record = {target.section: sent}
        answer = self._base.api.change(target.set, change.target, record, {change.needs}, version)
        if differing(record, answer):
            raise RefusedError(
                f"the base did not keep {target.section} as it was sent",
                where=f"{self._base.name}:{change.target}",
                hint="look at the card in 1C; a handler of the configuration may change it",
            )
        return change.target

    def title(self, change: SetField | SetFlag) -> str:
        """Return the title of the attribute that the settings name; ConfigError where they name none."""
        config = self._base.config
        setting, named = ("flags", config.flags) if isinstance(change, SetFlag) else ("fields", config.fields)
        name = change.flag if isinstance(change, SetFlag) else change.field
        own = {ours: title for title, ours in config.custom_fields.items()}
        found = named.get(name) or own.get(name)
        if found is None:
            advice = f'write {setting} = {{ {name} = "..." }} into the [[source]]'
            said = f"no additional attribute is named for {name!r}"
            raise ConfigError(said, hint=advice, where=self._base.name)
        return found

    def keys(self, title: str) -> set[str]:
        """Return the keys of the attributes with this title; ConfigError where there is none."""
        keys = self._base.cells.attributes.keys(title)
        if not keys:
            said = f"the base has no additional attribute {title!r}"
            advice = "add it to the properties of clients in 1C, and its catalogue to the OData composition"
            raise ConfigError(said, hint=advice, where=self._base.name)
        return keys

    def _changed(
        self, target: Target, lines: Sequence[Line], keys: set[str], change: SetField | SetFlag
    ) -> list[Line]:
        """Return the lines with the new value in the place of the old one, or without one."""
        name = target.line["property"].published
        mine = next((line for line in lines if line.get(name) in keys), None)
        found = str(mine[name]) if mine else self.only(keys, change)
        new = change.new or None
        line = self._line(target, found, new, mine) if new is not None else None
        kept = [line if each is mine else each for each in lines]
        if mine is None:
            kept.append(line)
        return [each for each in kept if each is not None]

    def only(self, keys: set[str], change: SetField | SetFlag) -> str:
        """Return the single key; RefusedError where several attributes have the title."""
        if len(keys) > 1:
            raise RefusedError(
                f"{len(keys)} additional attributes are called {self.title(change)!r}",
                hint="rename one of them in 1C, or fill it in on the card once by hand",
                where=f"{self._base.name}:{change.target}",
            )
        return next(iter(keys))

    def _line(self, target: Target, attribute: str, new: Value, before: Line | None) -> Line:
        """Return the line of the attribute with a value of the type that it has."""
        column = target.line["value"]
        kind = str((before or {}).get(f"{column.name}_Type") or "")
        value, kind = self.typed(column, attribute, new, kind)
        line = {**(before or {}), target.line["property"].published: attribute}
        line |= {column.name: value, f"{column.name}_Type": kind}
        if "text" in target.line:
            line[target.line["text"].published] = value if kind == "Edm.String" else ""
        return line

    def typed(self, column: Column, attribute: str, new: Value, kind: str) -> tuple[str, str]:
        """Return the value as text, as composite columns hold it, and its type."""
        options = self._options(column, attribute)
        if options:
            return self._chosen(options, attribute, str(new))
        if isinstance(new, bool):
            return ("true" if new else "false"), "Edm.Boolean"
        said = str(new)
        if _DAY.fullmatch(said) and kind == "Edm.DateTime":
            return f"{said}T00:00:00", kind
        if isinstance(new, int | float) and kind in {"", "Edm.Double", "Edm.Int64", "Edm.Decimal"}:
            return said, kind or "Edm.Double"
        return said, "Edm.String"

    def _options(self, column: Column, attribute: str) -> dict[str, tuple[str, str]]:
        """Return the values that the attribute may have, by name; none where any text will do."""
        lookups, found = self._base.lookups, {}
        for each in column.targets:
            lookups.want(each, (NAME, OWNER))
            for record in lookups.all(each):
                if record.get(OWNER) == attribute:
                    found[str(record.get(NAME)).casefold()] = (each, str(record["Ref_Key"]))
        return found

    def _chosen(self, options: dict[str, tuple[str, str]], attribute: str, said: str) -> tuple[str, str]:
        chosen = options.get(said.casefold())
        if chosen is None:
            raise RefusedError(
                f"the list of the attribute has no {said!r}",
                hint="add the value to the list in 1C",
                where=f"{self._base.name}: {attribute}",
            )
        return chosen[1], SPACE + chosen[0]


def _lines(card: dict[str, Any], section: str) -> list[Line]:
    """Return the lines of a section in their order, without the key of the card, which they repeat."""
    lines = card.get(section)
    if not isinstance(lines, list):
        raise RefusedError(f"the card has no section {section}")
    ordered = sorted(lines, key=lambda line: int(line.get(LINE) or 0))
    return [{name: value for name, value in line.items() if name != "Ref_Key"} for line in ordered]
