"""Turns a vendor's rows into entities; what cannot be read steps aside with the field and the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from connector.errors import RecordError
from connector.model import Entity
from connector.plugins.base import Row, Stream
from connector.store.quarantine import Rejected


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
    return Rejected(external_id=named(stream, row), field=field, reason=reason, raw=row)


def parsed_ids(stream: Stream, rows: Sequence[Row], rejected: Sequence[Rejected]) -> Iterator[str]:
    """Yield the ids of the rows that could be read: one that waited in quarantine leaves it."""
    bad = {one.external_id for one in rejected}
    ids = (named(stream, row) for row in rows)
    return (each for each in ids if each and each not in bad)


def named(stream: Stream, row: Row) -> str:
    """Return the row's id; "" where it has none that can be read."""
    try:
        return stream.row_id(row)
    except (AttributeError, TypeError, KeyError):
        return ""
