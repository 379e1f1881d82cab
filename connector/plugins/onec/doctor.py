"""Looks at a published base without leaving a trace: way, login, composition, profile, rights, own fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from connector.errors import (
    AccessError,
    ConfigError,
    ConnectorError,
    ForbiddenError,
    SourceError,
)
from connector.http.retry import LimitError
from connector.plugins.base import Check
from connector.plugins.onec.answers import PageMissingError
from connector.plugins.onec.connect import EMPTY, TICK
from connector.plugins.onec.probe import fits
from connector.plugins.onec.profile import Lack, Profile, Table
from connector.plugins.onec.profile_reading import ProfileSource
from connector.plugins.onec.publication import Publication
from connector.plugins.onec.query import Query
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import Schema
from connector.plugins.onec.writechecks import RIGHTS, write_checks

FIRST = 1_000
"""Clients that are asked for without `allowedOnly`: one that is hidden among them is refused."""
_LICENCE = "end idle sessions in the console of the 1C cluster, or add licences"
_SIGHT = 'let the user see all clients, or set visibility = "accepted" if that is meant'


class Doctor:
    """The checks of one base; `published` yields what it publishes, got anew."""

    def __init__(
        self,
        base: Publication,
        source: Callable[[], ProfileSource],
        published: Callable[[], AbstractContextManager[Schema]],
    ) -> None:
        self._base = base
        self._source = source
        self._published = published

    def check(self) -> Iterator[Check]:
        """Yield the way in first; after a vital check that failed nothing more is asked."""
        try:
            names = self._base.api.sets()
        except ConnectorError as error:
            yield from _gate(error)
            return
        yield Check("answer", vital=True)
        yield Check("login", "ok", f"{self._base.config.login} is let in", vital=True)
        if not names:
            yield Check("composition", "failed", EMPTY, TICK, vital=True)
            return
        yield Check("composition", "ok", f"{len(names)} sets are published", vital=True)
        yield from self._profiled()

    def _profiled(self) -> Iterator[Check]:
        try:
            source = self._source()
        except ConfigError as error:
            yield from _mistakes(error)
            return
        with self._published() as schema:
            profile = resolve(source, schema)
            if not profile.of("client"):
                yield _foreign(source, profile, schema)
                return
        yield Check("profile", "ok", _fitting(source, profile), vital=True)
        yield from map(_lacking, _tables_only(profile.missing))
        for table in profile.tables:
            read = self._readable(table)
            yield read
            if table.entity == "client" and read.state == "ok":
                yield self._seen(table)
        yield from self._own_fields()
        yield from write_checks(self._base.api, self._base.config, profile)

    def _readable(self, table: Table) -> Check:
        """Ask for one record; a virtual table is not asked, it costs seconds (probe M2: 24 s)."""
        if table.virtual:
            return Check(f"read {table.name}", "ok", f"{table.set} is published")
        try:
            self._base.api.rows(table.set, Query(table.select, top=1))
        except SourceError as error:
            return Check(
                f"read {table.name}", "failed", f"{table.set}: {error.message}", error.hint or RIGHTS
            )
        return Check(f"read {table.name}", "ok", table.set)

    def _seen(self, table: Table) -> Check:
        name = f"sight of {table.name}"
        if self._base.config.visibility == "accepted":
            return Check(name, "ok", 'visibility = "accepted"')
        try:
            self._base.api.rows(table.set, Query(("Ref_Key",), top=FIRST, allowed_only=False))
        except ForbiddenError:
            return Check(name, "warn", "row-level security hides some of them from this user", _SIGHT)
        except SourceError as error:
            return Check(name, "warn", f"whether all can be seen is not known: {error.message}", _SIGHT)
        return Check(name, "ok", "none of the first is hidden")

    def _own_fields(self) -> Iterator[Check]:
        """Look for the additional attributes that the settings name, by their titles."""
        config = self._base.config
        titles = [*config.custom_fields, *config.flags.values(), *config.fields.values()]
        missing = [title for title in titles if not self._base.cells.attributes.keys(title)]
        for title in missing:
            fix = "write its title as it stands in 1C (Дополнительные реквизиты), or add it there"
            yield Check("fields", "failed", f"no additional attribute is called {title!r}", fix)
        if titles and not missing:
            yield Check("fields", "ok", f"{len(titles)} additional attributes are there")


def _fitting(source: ProfileSource, profile: Profile) -> str:
    """Say how much of the profile is there, and which optional fields this release does without."""
    said = f"{source.name}: {len(profile.tables)} of {len(source.data.tables)} tables"
    passed = ", ".join(dict.fromkeys(f"{lack.table}.{lack.field}" for lack in profile.passed_over))
    return f"{said}; not in this release: {passed}" if passed else said


def _tables_only(missing: Sequence[Lack]) -> list[Lack]:
    return [lack for lack in missing if not lack.table.startswith("write ")]


def _lacking(lack: Lack) -> Check:
    """Say what is missing for reading: a table that cannot be read, or one that lacks a field."""
    if lack.field:
        return Check(f"profile {lack.table}", "warn", f"without {lack.field}: {lack.message}", lack.hint)
    return Check(f"profile {lack.table}", "failed", lack.message, lack.hint)


def _foreign(source: ProfileSource, profile: Profile, schema: Schema) -> Check:
    """Say that the profile is not for this configuration, and which one is, as far as that is known."""
    best = fits(schema)[0]
    wanted = len(source.data.tables)
    said = f"{source.name} does not fit: no table of clients, {len(profile.tables)} of {wanted} tables in all"
    lack = next((each for each in profile.missing if source.data.tables[each.table].entity == "client"), None)
    if best.name != source.name and best.share == 1 and best.profile.of("client"):
        fix = f'set profile = "{best.name}", all of which is published'
    elif lack is not None and 2 * len(profile.tables) >= wanted:
        return Check("profile", "failed", lack.message, lack.hint, vital=True)
    else:
        fix = "run `connector onec probe`, which drafts a profile for an unknown configuration"
    return Check("profile", "failed", said, fix, vital=True)


def _gate(error: ConnectorError) -> Iterator[Check]:
    """Yield what the first question says of web server, base, licences and login."""
    fix = error.hint or "try again in some minutes; then look into the log of the web server"
    if isinstance(error, LimitError):
        yield Check("licence", "failed", error.message, _LICENCE, vital=True)
    elif isinstance(error, PageMissingError):
        yield Check("publication", "failed", error.message, fix, vital=True)
    elif isinstance(error, AccessError):
        yield Check("answer", vital=True)
        yield Check("login", "failed", error.message, fix, vital=True)
    else:
        yield Check("answer", "failed", error.message, fix, vital=True)


def _mistakes(error: ConfigError) -> Iterator[Check]:
    """Yield a line for each mistake of the profile's files."""
    place = f"{error.where}: " if error.where else ""
    for line in error.message.splitlines():
        yield Check("profile", "failed", place + line, error.hint, vital=True)
