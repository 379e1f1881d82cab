"""The tables of plugins.toml but for the sources, whose shape belongs to their plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connector import clock
from connector.errors import ConfigError

SQLITE = "sqlite:///"


def known_zone(name: str) -> str:
    """Return the name as it is; ValueError if no such IANA zone exists."""
    try:
        return clock.zone(name).key
    except ConfigError as error:
        raise ValueError(str(error)) from None


def sqlite_file(url: str) -> str:
    """Return the URL as it is; ValueError unless it names a file of SQLite."""
    if not url.startswith(SQLITE) or url.removeprefix(SQLITE) in ("", ":memory:"):
        raise ValueError(f"{url!r} names no SQLite file — write {SQLITE}connector.db")
    return url


Zone = Annotated[str, AfterValidator(known_zone)]
StoreUrl = Annotated[str, AfterValidator(sqlite_file)]


class Section(BaseModel):
    """A table of plugins.toml; keys it does not know are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Company(Section):
    """The firm: whose days and months count, which language its people read, which CRM has the last word."""

    zone: Zone = Field("Europe/Moscow", description="IANA zone: what a day and a month are")
    language: Literal["ru", "en"] = Field("ru", description="language of texts that salespeople see")
    folder: Path = Field(Path("company"), description="people, absences, pins, links: what no CRM holds")
    owner_of_record: str | None = Field(None, description="the source that receives owner changes")
    owner_source_priority: tuple[str, ...] = Field(
        (), description="source names, the most trusted first; default: the order of [[source]]"
    )
    least_linked: float = Field(
        0.9,
        ge=0,
        le=1,
        description="share of turnover that must be linked with another source before anybody loses a client",
    )
    calendar: Path | None = Field(
        None, description="TOML with lists of dates: holidays, workdays, short_days of the firm"
    )


class StoreSettings(Section):
    """Where the data lives: one SQLite file."""

    url: StoreUrl = Field(f"{SQLITE}connector.db", description="sqlite:///file, relative to plugins.toml")


class NetworkSettings(Section):
    """The way out: proxy and certificates."""

    proxy: str | None = Field(None, description="http://host:port of the proxy for every source")
    no_proxy: tuple[str, ...] = Field((), description="hosts reached without the proxy")
    ca: str = Field("system", description='"system", "certifi", or the path of a PEM file')


class PolicySettings(Section):
    """Where the policies are."""

    folder: Path = Field(Path("policies"), description="one TOML file a policy")


class LimitSettings(Section):
    """How many clients a run, and 24 hours, may touch; beyond that nothing of the kind is sent."""

    owner_changes: int | None = Field(
        None, ge=0, description="clients that get a new owner; default: 20, or 2 % of the clients if more"
    )
    removals: int | None = Field(
        None, ge=0, description="clients that lose a flag or a planned contact; default: as owner_changes"
    )


class PluginSettings(Section):
    """Which third-party code may be loaded."""

    modules: tuple[str, ...] = Field((), description="Python modules that register connectors")
    allow: tuple[str, ...] = Field((), description="if given, only these installed plugins are offered")


class Project(Section):
    """plugins.toml as a whole; what stands in a `[[source]]` is checked by the model of its plugin."""

    company: Company = Company()
    store: StoreSettings = StoreSettings()
    network: NetworkSettings = NetworkSettings()
    policies: PolicySettings = PolicySettings()
    limits: LimitSettings = LimitSettings()
    plugins: PluginSettings = PluginSettings()
    source: tuple[dict[str, Any], ...] = ()
