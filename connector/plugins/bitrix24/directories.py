"""The portal's directories: departments, statuses, pipelines, fields of its cards; each asked for once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connector.errors import ConfigError
from connector.plugins.bitrix24.portal import Portal
from connector.plugins.bitrix24.values import as_list, as_map, flag, reference, text
from connector.tomlfile import did_you_mean

DEAL = 2
COMPANY = 4


@dataclass(frozen=True)
class Department:
    """A department, whose head and parent are ids."""

    id: str
    name: str
    parent: str | None
    head: str | None


@dataclass(frozen=True)
class CardField:
    """A field of a card: its code, its type, the names people see, and the texts of its options by id."""

    code: str
    type: str
    names: tuple[str, ...]
    options: Mapping[str, str]
    directory: str | None
    read_only: bool = False


class Directories:
    """Everything of a portal that is small and seldom changes. Read on first use, then kept for the run.

    May be used from several threads.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._cards: dict[str, dict[str, CardField]] = {}
        self._guard = threading.Lock()

    @cached_property
    def departments(self) -> dict[str, Department]:
        """Departments by id."""
        return {str(row.get("ID")): _department(row) for row in self._paged("department.get", _BY_ID)}

    @cached_property
    def statuses(self) -> dict[str, dict[str, str]]:
        """Names by directory (`INDUSTRY`, `DEAL_STAGE_3`, ...) and then by the value that rows carry."""
        found: dict[str, dict[str, str]] = {}
        for row in self._paged("crm.status.list", {"order": {"SORT": "ASC"}}):
            names = found.setdefault(str(row.get("ENTITY_ID")), {})
            names[str(row.get("STATUS_ID"))] = str(row.get("NAME") or row.get("STATUS_ID"))
        return found

    @cached_property
    def stages(self) -> dict[str, str]:
        """Names of deal stages by id; ids of all but the first pipeline begin with `C<pipeline>:`."""
        named = {}
        for directory, names in self.statuses.items():
            if directory.startswith("DEAL_STAGE"):
                named.update(names)
        return named

    @cached_property
    def pipelines(self) -> dict[str, str]:
        """Names of deal pipelines by id, as far as the webhook's owner may see them."""
        found = self._portal.call("crm.category.list", {"entityTypeId": DEAL}).result
        rows = as_list(as_map(found).get("categories"))
        return {str(row.get("id")): str(row.get("name") or row.get("id")) for row in rows}

    def fields(self, card: str) -> dict[str, CardField]:
        """Return the fields of a card (`company`, `deal`) by code."""
        with self._guard:
            if card not in self._cards:
                described = as_map(self._portal.call(f"crm.{card}.fields").result)
                options = self._options(card, described)
                self._cards[card] = {
                    code: _card_field(code, as_map(given), options) for code, given in described.items()
                }
            return self._cards[card]

    def field(self, card: str, wanted: str) -> CardField:
        """Return the field by its code or by a name that people see; ConfigError with the nearest names."""
        fields = self.fields(card)
        if wanted.upper() in fields:
            return fields[wanted.upper()]
        for candidate in fields.values():
            if wanted.casefold() in (name.casefold() for name in candidate.names):
                return candidate
        known = sorted({name for candidate in fields.values() for name in (candidate.code, *candidate.names)})
        raise ConfigError(
            f"the portal's {card} card has no field {wanted!r}{did_you_mean(wanted, known)}",
            hint="name it as the card shows it, or by its code",
        )

    def forget_fields(self) -> None:
        """Let the cards be described anew on the next question."""
        with self._guard:
            self._cards.clear()

    def _options(self, card: str, described: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Return the texts of list options by field; asked apart only where `fields` did not bring them."""
        lists = {code: as_map(given) for code, given in described.items() if _is_list(as_map(given))}
        if all("items" in given for given in lists.values()):
            return {code: _texts(given["items"]) for code, given in lists.items()}
        rows = self._paged(f"crm.{card}.userfield.list", {"order": {"ID": "ASC"}})
        return {str(row.get("FIELD_NAME")): _texts(row.get("LIST")) for row in rows}

    def _paged(self, method: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Read a small list page by page, as it knows no filter by id; it ends where `next` is missing."""
        rows: list[dict[str, Any]] = []
        start_name = "START" if method == "department.get" else "start"
        start: int | None = 0
        while start is not None:
            reply = self._portal.call(method, {**parameters, start_name: start})
            rows += as_list(reply.result)
            start = reply.following if reply.following and reply.following > start else None
        return rows


_BY_ID = {"sort": "ID", "order": "ASC"}


def _department(row: Mapping[str, Any]) -> Department:
    head, parent = reference(row.get("UF_HEAD")), reference(row.get("PARENT"))
    return Department(str(row.get("ID")), str(row.get("NAME") or ""), parent, head)


def _is_list(given: Mapping[str, Any]) -> bool:
    return given.get("type") == "enumeration" and given.get("isDynamic") is True


def _texts(options: Any) -> dict[str, str]:
    return {str(option.get("ID")): str(option.get("VALUE")) for option in as_list(options)}


def _card_field(code: str, given: Mapping[str, Any], options: Mapping[str, dict[str, str]]) -> CardField:
    titles = (text(given.get(name)) for name in ("title", "listLabel", "formLabel", "filterLabel"))
    names = tuple(dict.fromkeys(title for title in titles if title and title != code))
    directory = text(given.get("statusType")) or text(as_map(given.get("settings")).get("ENTITY_TYPE"))
    locked = flag(given.get("isReadOnly")) is True
    return CardField(code, str(given.get("type")), names, options.get(code, {}), directory, locked)
