"""Finds changes by what people ask for: state, policy, client, run, source, kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from connector.model import Ref
from connector.store.change_rows import StoredChange, stored_change
from connector.store.engine import Database
from connector.store.ledgers import CHANGE


@dataclass(frozen=True)
class Wanted:
    """What to list; an empty field asks for nothing. `run` is the last that sent the change."""

    states: Sequence[str] = ()
    policies: Sequence[str] = ()
    sources: Sequence[str] = ()
    kinds: Sequence[str] = ()
    clients: Sequence[Ref] | None = None
    run: str | None = None


def list_changes(database: Database, wanted: Wanted, limit: int | None = None) -> list[StoredChange]:
    """Return the changes that fit all of it, the last touched first."""
    query = select(CHANGE).where(*_conditions(wanted))
    query = query.order_by(CHANGE.c.updated_at.desc(), CHANGE.c.key).limit(limit)
    with database.read() as connection:
        return [stored_change(row) for row in connection.execute(query)]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = (
        (CHANGE.c.state, wanted.states),
        (CHANGE.c.policy, wanted.policies),
        (CHANGE.c.source, wanted.sources),
        (CHANGE.c.kind, wanted.kinds),
    )
    found: list[ColumnElement[bool]] = [column.in_(values) for column, values in columns if values]
    if wanted.clients is not None:
        found.append(or_(*(_about(ref) for ref in wanted.clients)))
    if wanted.run is not None:
        found.append(CHANGE.c.run == wanted.run)
    return found


def _about(ref: Ref) -> ColumnElement[bool]:
    return and_(CHANGE.c.source == ref.source, CHANGE.c.target == ref.external_id)
