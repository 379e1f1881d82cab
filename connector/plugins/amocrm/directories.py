"""The account's directories: groups, task types, pipelines, refusal reasons, fields; each asked once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connector.errors import AccessError, ConfigError, RefusedError
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.listing import MOST, Listing
from connector.plugins.amocrm.paging import walk
from connector.plugins.amocrm.values import as_list, as_map, embedded, reference, text
from connector.tomlfile import did_you_mean

WON, LOST = "142", "143"
"""Statuses that every pipeline ends with: won and lost (vendor page "Pipelines")."""
_WITH = "users_groups,task_types,datetime_settings,is_api_filter_enabled"


@dataclass(frozen=True)
class CardField:
    """A field of a card: id, code, name, type, and the texts of its options by id."""

    id: str
    code: str
    name: str
    type: str
    options: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """What a setting may call it."""
        return tuple(name for name in (self.name, self.code, self.id) if name)


class Directories:
    """Everything of an account that is small and seldom changes. Read on first use, then kept for the run.

    May be used from several threads.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._fields: dict[str, list[CardField]] = {}
        self._guard = threading.Lock()

    @cached_property
    def account(self) -> dict[str, Any]:
        """The account itself."""
        return as_map(self._api.get("account", {"with": _WITH}))

    @property
    def filters(self) -> bool:
        """Whether the account keeps to filters of cards; an account may say nothing of it."""
        return self.account.get("is_api_filter_enabled") is not False

    @property
    def user(self) -> str | None:
        """The user to whom the token belongs."""
        return reference(self.account.get("current_user_id"))

    @property
    def groups(self) -> dict[str, str]:
        """Names of the groups of users by id; 0 is the group that every account has."""
        rows = embedded(self.account, "users_groups")
        return {str(row.get("id")): str(row.get("name") or row.get("id")) for row in rows}

    @property
    def task_types(self) -> dict[str, tuple[str, ...]]:
        """Code and name of the types of tasks by id."""
        rows = embedded(self.account, "task_types")
        return {
            str(row.get("id")): tuple(filter(None, (text(row.get("code")), text(row.get("name")))))
            for row in rows
        }

    @cached_property
    def pipelines(self) -> dict[str, str]:
        """Names of pipelines by id, as far as the account lists them: an archived one may be missing."""
        return {str(row.get("id")): str(row.get("name") or row.get("id")) for row in self._pipelines}

    @cached_property
    def statuses(self) -> dict[tuple[str, str], str]:
        """Names of statuses by pipeline and id: 142 and 143 are in every pipeline."""
        return {
            (str(row.get("id")), str(status.get("id"))): str(status.get("name") or status.get("id"))
            for row in self._pipelines
            for status in embedded(row, "statuses")
        }

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Names of refusal reasons by id, without deleted ones; none where they are closed to us."""
        listing = Listing("leads/loss_reasons", "loss_reasons", most=MOST, ordered=False)
        try:
            rows = [row for page in walk(self._api, listing) for row in page.rows]
        except (AccessError, RefusedError):
            return {}
        return {str(row.get("id")): str(row.get("name")) for row in rows if text(row.get("name"))}

    @cached_property
    def user_names(self) -> dict[str, str]:
        """Ids of users by their names in small letters, without names that two have; none if closed to us."""
        listing = Listing("users", "users", ordered=False)
        try:
            rows = [row for page in walk(self._api, listing) for row in page.rows]
        except (AccessError, RefusedError):
            return {}
        names = [str(row.get("name")).strip().casefold() for row in rows]
        pairs = zip(names, rows, strict=True)
        return {name: str(row.get("id")) for name, row in pairs if names.count(name) == 1}

    def stage(self, pipeline: str, status: str) -> str:
        """Return the name of a status; its id where the pipeline is archived and not listed."""
        return self.statuses.get((pipeline, status), status)

    def fields(self, card: str) -> list[CardField]:
        """Return the custom fields of `companies`, `contacts` or `leads`."""
        with self._guard:
            if card not in self._fields:
                listing = Listing(f"{card}/custom_fields", "custom_fields", ordered=False)
                rows = [row for page in walk(self._api, listing) for row in page.rows]
                self._fields[card] = [_field(row) for row in rows]
            return self._fields[card]

    def field(self, card: str, wanted: str) -> CardField:
        """Return the field by name, code or id; ConfigError with the nearest names."""
        fields = self.fields(card)
        for field in fields:
            if wanted.casefold() in (name.casefold() for name in field.names):
                return field
        known = sorted({name for field in fields for name in (field.name, field.code) if name})
        raise ConfigError(
            f"the account's {card} have no field {wanted!r}{did_you_mean(wanted, known)}",
            hint="name it as the card shows it, or by its code or id",
            where=self._api.name,
        )

    def forget_fields(self) -> None:
        """Let the fields be listed anew on the next question."""
        with self._guard:
            self._fields.clear()

    @cached_property
    def _pipelines(self) -> list[dict[str, Any]]:
        return embedded(as_map(self._api.get("leads/pipelines")), "pipelines")


def _field(row: Mapping[str, Any]) -> CardField:
    options = {str(as_map(one).get("id")): str(as_map(one).get("value")) for one in as_list(row.get("enums"))}
    code, name = text(row.get("code")) or "", text(row.get("name")) or ""
    return CardField(str(row.get("id")), code, name, str(row.get("type")), options)
