"""Reads the streams of a source into the store, page by page; one bad row or stream never stops the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connector.errors import BlockedError, ConfigError, ConnectorError, ForbiddenError, SourceError
from connector.model import Client, Employee, Event, Ownership
from connector.plugins.base import Cursor, Page, Source, Stream, Vanished, Visibility
from connector.store.cursors import Standing
from connector.store.database import Store
from connector.sync.anew import let_go, rows_anew
from connector.sync.garbage import seldom_collected
from connector.sync.parsing import named, parse_rows, parsed_ids
from connector.sync.sweep import delete_told, is_due, sweep
from connector.tomlfile import did_you_mean

LOG = logging.getLogger("connector.pull")

BAD_ROWS_ALWAYS_BORNE = 100
BAD_SHARE_BORNE = 0.05
"""A stream fails when more rows than both are quarantined: then more than single records is wrong."""


INDISPENSABLE = (Client, Employee, Event, Ownership)
"""Without a single one of these nobody can be judged: an account that may not read them sees no part, but
nothing."""


@dataclass(frozen=True)
class StreamOutcome:
    """What became of one stream in one pull, in rows.

    `refused` counts requests that the vendor refused for its limits. `error` is one line, empty when the
    stream reached its end; `held` says why no deletion was believed; `visibility` is how much of the stream
    the account can see, as far as that is known (clarification 40).
    """

    source: str
    stream: str
    mode: Literal["full", "changes"] = "full"
    read: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    refused: int = 0
    pages: int = 0
    resumed: bool = False
    error: str = ""
    held: str = ""
    visibility: str = "unknown"

    @property
    def ok(self) -> bool:
        """Whether the stream was read to its proven end."""
        return not self.error


Watch = Callable[[StreamOutcome], None]
"""Told after each page and at the end of each stream."""


def pull_source(
    source: Source[Any],
    store: Store,
    *,
    zone: ZoneInfo,
    full: bool = False,
    only: Collection[str] = (),
    accept_missing: bool = False,
    watch: Watch = lambda outcome: None,
) -> list[StreamOutcome]:
    """Read the streams of the source, or `only` those named; one that fails says why and the next goes on.

    `zone` is the company's: an owner seen changed is the owner from the day on that it is there. With `full`
    everything is read anew; with `accept_missing` no brake holds deletions. A source that its vendor blocks
    is left at once: its remaining streams fail with the same line. Raises ConfigError for a stream it lacks.
    """
    owners_in = None if any(stream.entity is Ownership for stream in source.streams()) else zone
    pass_ = _Pass(source, store, owners_in, full, accept_missing)
    outcomes: list[StreamOutcome] = []
    blocked = ""
    streams = _wanted(source, only)
    with seldom_collected():
        for stream in streams:
            outcome, is_blocked = pass_.run(stream, blocked, watch)
            blocked = outcome.error if is_blocked else blocked
            outcomes.append(outcome)
            watch(outcome)
    return [
        replace(one, visibility=_seen(stream, one)) for one, stream in zip(outcomes, streams, strict=True)
    ]


def _wanted(source: Source[Any], only: Collection[str]) -> list[Stream]:
    streams = list(source.streams())
    names = [stream.name for stream in streams]
    for name in only:
        if name not in names:
            near = did_you_mean(name, names)
            hint = f"one of: {', '.join(names)}"
            raise ConfigError(f"{source.context.name} has no stream {name!r}{near}", hint=hint)
    return [stream for stream in streams if not only or stream.name in only]


def _seen(stream: Stream, outcome: StreamOutcome) -> str:
    """Ask how much of a stream that was read could be seen; whatever hinders that leaves it unknown."""
    if not outcome.ok:
        return outcome.visibility
    try:
        return str(stream.visibility())
    except Exception as error:
        level = logging.INFO if isinstance(error, SourceError) else logging.ERROR
        LOG.log(level, "%s %s: visibility: %s", outcome.source, outcome.stream, error)
        return str(Visibility())


def _denied(stream: Stream, error: SourceError) -> str:
    """Return what a stream's failure says of the view: a right that is missing hides the whole stream."""
    if isinstance(error, ForbiddenError) and stream.entity not in INDISPENSABLE:
        return str(Visibility("partial", "the account may not read it"))
    return str(Visibility())


@dataclass(frozen=True)
class _Pass:
    """One reading of a source; `owners_in` is the company's zone where owners' history must be kept by us."""

    source: Source[Any]
    store: Store
    owners_in: ZoneInfo | None
    full: bool
    accept_missing: bool

    def run(self, stream: Stream, blocked: str, watch: Watch) -> tuple[StreamOutcome, bool]:
        """Read one stream; return what became of it, and whether the vendor blocks the whole source."""
        outcome = StreamOutcome(self.source.context.name, stream.name, error=blocked)
        refused, is_blocked = self.source.http.numbers.refused, False
        try:
            for outcome in () if blocked else self._read(stream):
                watch(outcome)
        except SourceError as error:
            is_blocked = isinstance(error, BlockedError)
            outcome = replace(outcome, error=str(error), visibility=_denied(stream, error))
        except ConnectorError:
            raise
        except Exception as error:
            LOG.exception("%s %s: the plugin failed", outcome.source, stream.name)
            said = f"the plugin {self.source.name} failed: {type(error).__name__}: {error}"
            outcome = replace(outcome, error=said)
        refused = self.source.http.numbers.refused - refused
        return replace(outcome, refused=refused), is_blocked or bool(blocked)

    def _read(self, stream: Stream) -> Iterator[StreamOutcome]:
        """Read the stream to its end and yield where it stands, first of all and after each page.

        The cursor moves with each page and the watermark only after the last. With too many bad rows both
        stay where they were before this pull, so that what was passed over is read again.
        """
        name, cursors = self.source.context.name, self.store.cursors
        standing = cursors.get(name, stream.name)
        if stream.whole and standing.pass_started:
            cursors.restart(name, stream.name)
            standing = cursors.get(name, stream.name)
        if self.full or self._grown_old(stream, standing):
            cursors.reset(name, stream.name)
            standing = cursors.get(name, stream.name)
        cursor = Cursor(standing.since, standing.position)
        mode: Literal["full", "changes"] = "changes" if cursor.since else "full"
        outcome = StreamOutcome(name, stream.name, mode=mode, resumed=cursor.position is not None)
        yield outcome
        for page in stream.read(cursor):
            outcome = self._save(stream, page, outcome, cursor)
            yield outcome
            if outcome.error and not stream.whole:
                return
        if outcome.error:
            return
        told = stream.vanished(cursor.since) if stream.vanished and cursor.since else Vanished()
        due = told.unnamed or is_due(standing.swept_at, self.source.config.sweep_hours)
        swept = _is_swept(stream, outcome) or due
        found = self._sweep(stream, outcome) if swept else outcome
        if told.ids:
            deleted = delete_told(stream, self.store, name, told.ids)
            found = replace(found, deleted=found.deleted + deleted)
        if mode == "changes":
            found = self._look_again(stream, found, standing, swept)
        elif begun := cursors.get(name, stream.name).pass_started:
            let_go(self.store, name, stream, self.store.quarantine.ids(name, stream.name, before=begun))
        cursors.finish_pass(
            name,
            stream.name,
            swept=swept and not found.held,
            full=mode == "full",
            again=stream.whole and bool(found.held),
        )
        if found != outcome:
            yield found

    def _grown_old(self, stream: Stream, standing: Standing) -> bool:
        """Whether it is time to read everything; a full pass under way goes on where it stopped."""
        if standing.since is None:
            return False
        days, hours = self.source.config.full_days, stream.anew_hours
        by_settings = days > 0 and is_due(standing.full_at, days * 24)
        return by_settings or (hours is not None and is_due(standing.full_at, hours))

    def _look_again(
        self, stream: Stream, outcome: StreamOutcome, standing: Standing, swept: bool
    ) -> StreamOutcome:
        """Store what became of records that may have changed without a stamp."""
        name, waiting = outcome.source, self.store.quarantine.count(outcome.source, stream.name)
        for rows in rows_anew(stream, self.store, name, since=standing.finished_at, swept=swept):
            entities, rejected = parse_rows(stream, rows)
            saved = self.store.entities.save_page(
                name,
                stream.name,
                entities,
                rejected,
                None,
                owners_in=self.owners_in,
                parsed=parsed_ids(stream, rows, rejected),
            )
            outcome = replace(
                outcome,
                read=outcome.read + len(rows),
                new=outcome.new + saved.new,
                changed=outcome.changed + saved.changed,
            )
        more = self.store.quarantine.count(name, stream.name) - waiting
        return replace(outcome, quarantined=outcome.quarantined + max(0, more))

    def _save(self, stream: Stream, page: Page, outcome: StreamOutcome, start: Cursor) -> StreamOutcome:
        """Store the page's rows, its bad rows and the place to go on from, in one transaction."""
        # Deleted first: after a crash in between, the page comes again.
        deleted = self._delete(stream, page)
        rows = [row for row in page.rows if named(stream, row) not in page.deleted]
        entities, rejected = parse_rows(stream, rows)
        bad, read = outcome.quarantined + len(rejected), outcome.read + len(page.rows)
        too_many = bad > max(BAD_ROWS_ALWAYS_BORNE, BAD_SHARE_BORNE * read)
        saved = self.store.entities.save_page(
            outcome.source,
            stream.name,
            entities,
            rejected,
            replace(page, position=start.position) if too_many else page,
            owners_in=self.owners_in,
            sweep=stream.whole or outcome.mode == "full",
            parsed=parsed_ids(stream, rows, rejected),
        )
        return replace(
            outcome,
            deleted=outcome.deleted + deleted,
            pages=outcome.pages + 1,
            read=read,
            new=outcome.new + saved.new,
            changed=outcome.changed + saved.changed,
            quarantined=bad,
            error=_bad_line(bad, read) if too_many else "",
        )

    def _delete(self, stream: Stream, page: Page) -> int:
        return delete_told(stream, self.store, self.source.context.name, page.deleted)

    def _sweep(self, stream: Stream, outcome: StreamOutcome) -> StreamOutcome:
        """Look for deletions after a pass that showed all, or where the stream can list its ids.

        What such a pass did not bring is not in quarantine any more, either.
        """
        full = _is_swept(stream, outcome)
        if not full and stream.ids is None:
            return outcome
        if full:
            self.store.removals.forget_rejected(outcome.source, stream.name)
        swept = sweep(stream, self.store, outcome.source, full=full, accept=self.accept_missing)
        return replace(outcome, deleted=outcome.deleted + swept.deleted, held=swept.held)


def _is_swept(stream: Stream, outcome: StreamOutcome) -> bool:
    """Whether the pass showed every record there is."""
    return outcome.pages > 0 if stream.whole else outcome.mode == "full"


def _bad_line(bad: int, read: int) -> str:
    return (
        f"{bad} of {read} rows could not be read, more than may be borne"
        " — see the quarantine; the vendor's format may have changed"
    )


def failed(outcomes: Sequence[StreamOutcome]) -> Iterator[StreamOutcome]:
    """Yield the streams that did not reach their end."""
    return (outcome for outcome in outcomes if not outcome.ok)
