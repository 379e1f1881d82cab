"""The settings of a `[[source]]` with `plugin = "onec"`."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from connector.model import EventKind, Role
from connector.plugins.base import SourceConfig

INTERFACE = "odata/standard.odata"
"""What stands behind every publication (platform's documentation, chapter 17.4)."""
_LANGUAGE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


class OneCConfig(SourceConfig):
    """How to reach a published base of 1C, and which configuration it is."""

    given_by = "url"
    given_like = "http://server/base"

    url: str = Field(description="address of the publication, as the web client has it: http://server/base")
    login: str = Field(description="user of the base, in Cyrillic as well")
    password: SecretStr = Field(description="password of this user")
    profile: str = Field(
        "ut11",
        description="which sets and columns hold what: ut11, unf3, crm3, bp3, or your own TOML file",
    )
    language: str = Field("", description='segment of the address with the language, "ru_RU", if needed')
    increments: Literal["windows", "poll"] = Field(
        "windows",
        description='how changes are found: "poll" compares the versions of all records each time, "windows" '
        "those of the last `overlap_days` of documents, and all of them each `poll_hours`",
    )
    overlap_days: int = Field(14, ge=1, description="days back in which documents are looked at in each pull")
    poll_hours: float = Field(
        20.0, ge=0, description="hours between two looks at the versions of all documents"
    )
    history_from: date | None = Field(
        None, description="documents and turnovers before this day are not read; none: all of them"
    )
    turnover_months: int = Field(
        3, ge=1, description="months of turnovers, the running one with them, that each pull reads anew"
    )
    hours: str = Field(
        "", description='local hours in which a base may be read whole, as in "20:00-07:00"; empty: always'
    )
    page_bytes: int = Field(
        4_000_000, ge=10_000, description="size of an answer to aim at; rows of a page follow from it"
    )
    roles: dict[str, Role] = Field(
        default_factory=dict, description="department of employees -> role of the people in it"
    )
    flags: dict[str, str] = Field(
        default_factory=dict, description='our flag -> additional attribute: key_account = "Ключевой клиент"'
    )
    fields: dict[str, str] = Field(
        default_factory=dict, description='field that we write -> additional attribute: abc_class = "Класс"'
    )
    custom_fields: dict[str, str] = Field(
        default_factory=dict, description="additional attribute -> our field, or a name of your own"
    )
    event_kinds: dict[str, EventKind] = Field(
        default_factory=dict,
        description="kind of an event as the base names it -> its kind",
    )

    answer_within: float = Field(
        180.0,
        gt=0,
        description="seconds in which the base ends a request; until then a lost write may still happen",
    )

    @field_validator("url")
    @classmethod
    def _is_a_publication(cls, url: str) -> str:
        """Take off what a browser adds: the anchor, the language, the path of the interface itself."""
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is no address: write it as http://server/base")
        if parts.username or parts.password:
            raise ValueError("must hold no login: write login and password beside it")
        steps = [step for step in parts.path.partition("/odata/")[0].split("/") if step]
        if len(steps) > 1 and _LANGUAGE.fullmatch(steps[-1]):
            steps.pop()
        return f"{parts.scheme}://{parts.netloc}/{''.join(f'{step}/' for step in steps)}"

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, language: str) -> str:
        if language and not _LANGUAGE.fullmatch(language):
            raise ValueError('is no language: write it as "ru_RU"')
        return language

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, hours: str) -> str:
        if hours:
            _bounds(hours)
        return hours

    @property
    def root(self) -> str:
        """The address behind which the sets stand, without a slash at its end."""
        return f"{self.url}{self.language}/{INTERFACE}" if self.language else f"{self.url}{INTERFACE}"

    @property
    def host(self) -> str:
        """The server's host name."""
        return urlsplit(self.url).hostname or ""

    def within_hours(self, now: time) -> bool:
        """Tell whether the base may be read whole at this time of its own clock."""
        if not self.hours:
            return True
        first, last = _bounds(self.hours)
        return first <= now < last if first <= last else now >= first or now < last


def _bounds(hours: str) -> tuple[time, time]:
    found = _HOURS.fullmatch(hours.strip())
    if found is None:
        raise ValueError('are no hours: write them as "20:00-07:00"')
    first, last = (time.fromisoformat(each.zfill(5)) for each in found.groups())
    return first, last
