"""Single rows: nothing of them is lost, times keep their zone, and a bad one steps aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from connector.model import Client, Employee, Entity, Event, Sale
from connector.plugins.base import Stream
from connector.sync.parsing import parse_rows
from connector.testing.bench import Bench
from connector.testing.checks.promise import promise

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
MOSCOW = timezone(timedelta(hours=3))
"""Far enough from UTC that a lost offset shows, and no zone of the stand-in's own stamps."""


@promise
def every_row_can_be_read(bench: Bench) -> None:
    """Each row of the stand-in, and so each recorded one, becomes records and none goes into quarantine."""
    for stream, rows in _all_rows(bench):
        _, rejected = parse_rows(stream, rows)
        said = [f"{each.external_id}: {each.field} {each.reason}" for each in rejected]
        assert not said, f"{stream.name}: {'; '.join(said[:3])}"


@promise
def the_raw_row_is_kept(bench: Bench) -> None:
    """What the CRM gave stays in `raw` as it came, also fields that nobody knows yet."""
    for stream, row in _first_rows(bench):
        for entity in stream.parse({**row, "x_unknown": "kept"}):
            assert entity.raw.get("x_unknown") == "kept", f"{stream.name}: an unknown field is not in raw"


@promise
def times_keep_their_offset(bench: Bench) -> None:
    """`09:00Z` and `12:00+03:00` are one moment."""
    for stream, row in _first_rows(bench):
        moved = {name: _in_moscow(value) for name, value in row.items()}
        assert _same(stream.parse(row), stream.parse(moved)), (
            f"{stream.name}: the same moments in another zone give other times"
        )


@promise
def a_bad_row_steps_aside(bench: Bench) -> None:
    """A field that is missing, null or of a strange type costs its row at most, never the pass."""
    for stream, row in _first_rows(bench):
        for broken in _broken(row):
            try:
                parse_rows(stream, [broken])
            except Exception as error:
                raise AssertionError(
                    f"{stream.name}: a row with a bad field stops the pass: {type(error).__name__}: {error}"
                ) from error


@promise
def a_row_without_id_is_no_record(bench: Bench) -> None:
    """Nothing is stored under the id "None": a row without id goes into quarantine."""
    field = bench.crm().id_field
    for stream, row in _first_rows(bench):
        if field not in row:
            continue
        for broken in ({**row, field: None}, {name: value for name, value in row.items() if name != field}):
            entities, _ = parse_rows(stream, [broken])
            assert not entities, f"{stream.name}: a row without {field} became {entities[0].ref}"


@promise
def owners_are_people_of_the_crm(bench: Bench) -> None:
    """An owner is an employee's id and a client's reference a client's id, as the streams give them."""
    with bench.open() as opened:
        people = {each.ref.external_id for each in opened.entities(Employee)}
        clients = opened.entities(Client)
        known = {each.ref.external_id for each in clients}
        owners = {each.owner for each in clients if each.owner} if people else set()
        assert owners <= people, f"owners {sorted(owners - people)} are no employees"
        for kind in (Event, Sale):
            strangers = {each.client for each in opened.entities(kind) if each.client} - known
            assert not strangers or not known, f"{kind.__name__}: clients {sorted(strangers)[:3]} are unknown"


def _all_rows(bench: Bench) -> Iterator[tuple[Stream, list[Mapping[str, Any]]]]:
    with bench.open() as opened:
        for stream in opened.source.streams():
            yield stream, opened.read(stream).rows


def _first_rows(bench: Bench) -> Iterator[tuple[Stream, dict[str, Any]]]:
    """Yield a row of each stream that becomes a record."""
    for stream, rows in _all_rows(bench):
        for row in rows:
            if parse_rows(stream, [row])[0]:
                yield stream, dict(row)
                break


def _broken(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in row:
        yield {key: kept for key, kept in row.items() if key != name}
        strange: tuple[Any, ...] = (None, "", "strange", -1, [], {"strange": 1})
        yield from ({**row, name: value} for value in strange)


def _in_moscow(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return value
    return datetime.fromisoformat(value).astimezone(MOSCOW).isoformat()


def _same(one: Any, other: Any) -> bool:
    return [_plain(entity) for entity in one] == [_plain(entity) for entity in other]


def _plain(entity: Entity) -> Entity:
    return entity.model_copy(update={"raw": {}})
