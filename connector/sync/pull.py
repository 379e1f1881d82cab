"""Reads the streams of a source into the store, page by page; one bad row or stream never stops the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from connector.errors import BlockedError, ConnectorError, RecordError, SourceError
from connector.model import Entity, Ownership
from connector.plugins.base import Cursor, Page, Row, Source, Stream
from connector.store.database import Store
from connector.store.quarantine import Rejected

LOG = logging.getLogger("connector.pull")

BAD_ROWS_ALWAYS_BORNE = 100
BAD_SHARE_BORNE = 0.05
"""A stream fails when more rows than both are quarantined: then more than single records is wrong."""


@dataclass(frozen=True)
class StreamOutcome:
    """What became of one stream in one pull, in rows; `error` is one line, empty when it reached its end."""

    source: str
    stream: str
    mode: Literal["full", "changes"] = "full"
    read: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    pages: int = 0
    error: str = ""

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
    watch: Watch = lambda outcome: None,
) -> list[StreamOutcome]:
    """Read every stream of the source; a stream that fails says why and the next goes on.

    `zone` is the company's: an owner seen changed is the owner from the day on that it is there. With `full`
    everything is read anew. A source that its vendor blocks is left at once: its remaining streams fail with
    the same line.
    """
    owners_in = None if any(stream.entity is Ownership for stream in source.streams()) else zone
    outcomes: list[StreamOutcome] = []
    blocked = ""
    for stream in source.streams():
        outcome = StreamOutcome(source.context.name, stream.name, error=blocked)
        pages = () if blocked else _pull_stream(source, stream, store, owners_in=owners_in, full=full)
        try:
            for outcome in pages:
                watch(outcome)
        except SourceError as error:
            blocked = str(error) if isinstance(error, BlockedError) else ""
            outcome = replace(outcome, error=str(error))
        except ConnectorError:
            raise
        except Exception as error:
            LOG.exception("%s %s: the plugin failed", source.context.name, stream.name)
            said = f"the plugin {source.name} failed: {type(error).__name__}: {error}"
            outcome = replace(outcome, error=said)
        outcomes.append(outcome)
        watch(outcome)
    return outcomes


def _pull_stream(
    source: Source[Any], stream: Stream, store: Store, *, owners_in: ZoneInfo | None, full: bool
) -> Iterator[StreamOutcome]:
    """Read one stream to its end and yield where it stands, first of all and after each page.

    The cursor moves with each page and the watermark only after the last. With too many bad rows both stay
    where they were before this pull, so that what was passed over is read again.
    """
    name = source.context.name
    if full:
        store.cursors.reset(name, stream.name)
    standing = store.cursors.get(name, stream.name)
    cursor = Cursor(standing.since, standing.position)
    outcome = StreamOutcome(name, stream.name, mode="changes" if cursor.since else "full")
    yield outcome
    for page in stream.read(cursor):
        outcome = _save(stream, page, store, outcome, owners_in, cursor)
        yield outcome
        if outcome.error:
            return
    store.cursors.finish_pass(name, stream.name)


def _save(
    stream: Stream,
    page: Page,
    store: Store,
    outcome: StreamOutcome,
    owners_in: ZoneInfo | None,
    start: Cursor,
) -> StreamOutcome:
    """Store the page's rows, its bad rows and the place to go on from, in one transaction."""
    entities, rejected = parse_rows(stream, page.rows)
    bad, read = outcome.quarantined + len(rejected), outcome.read + len(page.rows)
    too_many = bad > max(BAD_ROWS_ALWAYS_BORNE, BAD_SHARE_BORNE * read)
    saved = store.entities.save_page(
        outcome.source,
        stream.name,
        entities,
        rejected,
        replace(page, position=start.position) if too_many else page,
        owners_in=owners_in,
        parsed=_parsed(stream, page.rows, rejected),
    )
    return replace(
        outcome,
        pages=outcome.pages + 1,
        read=read,
        new=outcome.new + saved.new,
        changed=outcome.changed + saved.changed,
        quarantined=bad,
        error=_bad_line(bad, read) if too_many else "",
    )


def parse_rows(stream: Stream, rows: Sequence[Row]) -> tuple[list[Entity], list[Rejected]]:
    """Turn rows into entities; a row that cannot be read is kept as it is, with the field and the reason."""
    entities: list[Entity] = []
    rejected: list[Rejected] = []
    for row in rows:
        try:
            entities.extend(stream.parse(row))
        except RecordError as error:
            rejected.append(_rejected(stream, row, error.field, error.message))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            rejected.append(_rejected(stream, row, field, first["msg"]))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
            rejected.append(_rejected(stream, row, "", f"{type(error).__name__}: {error}"))
    return entities, rejected


def _rejected(stream: Stream, row: Row, field: str, reason: str) -> Rejected:
    return Rejected(external_id=_row_id(stream, row), field=field, reason=reason, raw=row)


def _parsed(stream: Stream, rows: Sequence[Row], rejected: Sequence[Rejected]) -> list[str]:
    """Return the ids of the rows that could be read: one that waited in quarantine leaves it."""
    bad = {one.external_id for one in rejected}
    ids = (_row_id(stream, row) for row in rows)
    return [each for each in ids if each and each not in bad]


def _row_id(stream: Stream, row: Row) -> str:
    try:
        return stream.row_id(row)
    except (AttributeError, TypeError, KeyError):
        return ""


def _bad_line(bad: int, read: int) -> str:
    return (
        f"{bad} of {read} rows could not be read, more than may be borne"
        " — see the quarantine; the vendor's format may have changed"
    )


def failed(outcomes: Sequence[StreamOutcome]) -> Iterator[StreamOutcome]:
    """Yield the streams that did not reach their end."""
    return (outcome for outcome in outcomes if not outcome.ok)
