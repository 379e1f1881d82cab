"""Fills a store with a large made-up firm, straight into its tables: the same seed, the same rows.

What a pull would leave for a firm of one source that keeps no history of owners: clients, the employees who
own them, one row of ownership a client (two where it was handed over), events of four months, deals of two
years. Rows are made by SQLite itself, by arithmetic on their numbers.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from connector.clock import to_micros
from connector.store.database import open_store
from connector.store.numbers import client_number
from connector.store.place import sqlite_url

AS_OF = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
"""The first day on which September is judged: three working days of grace are over."""

SOURCE = "crm"
CLIENTS_A_MANAGER = 500
EVENT_DAYS, DEAL_DAYS, HANDED_OVER_PERCENT = 120, 730, 5
DAY = 86_400_000_000
PRIME = 2_147_483_647
"""Squares of numbers below it fit into SQLite's 64 bits."""


class Size(NamedTuple):
    """How many rows of each kind."""

    clients: int
    events: int
    deals: int

    @property
    def managers(self) -> int:
        """How many people own the clients."""
        return max(2, self.clients // CLIENTS_A_MANAGER)


def fill(path: Path, size: Size, seed: int) -> None:
    """Make the store at the path, with its tables as the product makes them, and fill it."""
    with open_store(sqlite_url(path).render_as_string()):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("number_of", 2, client_number, deterministic=True)
        for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}")
        for statement in _statements(size, seed):
            connection.execute(statement)
        connection.commit()
        for pragma in ("journal_mode = WAL", "optimize"):
            connection.execute(f"PRAGMA {pragma}")


def _statements(size: Size, seed: int) -> list[str]:
    """Return one INSERT a table; the numbers of rows begin at 10,000,000, so that ids sort as texts."""
    now, salt = to_micros(AS_OF), _Salt(seed)
    record = f"'made', {now}, '', '[]', '{{}}'"
    kept = "stream, seen_at, row_hash, flags, raw"
    owner, other = _manager("n", size), _manager("n + 1", size)
    moved = f"{salt.below(100)} < {HANDED_OVER_PERCENT}"
    moved_on = f"date({now // 1_000_000} - {salt.below(DEAL_DAYS)} * 86400, 'unixepoch')"
    client, event_at = f"{_ID} + {salt.below(size.clients)}", f"{now} - {salt.micros(EVENT_DAYS)}"
    planned, ahead = f"{salt.below(100)} < 6", f"{now} + {salt.micros(30)} - {15 * DAY}"
    closed, chance = f"{now} - {salt.micros(DEAL_DAYS)}", salt.below(10)
    dealing = f"{_ID} + {salt.below(size.clients)}"
    return [
        f"""INSERT INTO employee (source, external_id, name, phones, active, role, industries, regions,
                {kept})
            SELECT '{SOURCE}', CAST(n AS TEXT), 'Менеджер ' || n, '[]', 1, 'seller', '[]', '[]', {record}
            FROM ({_numbers(size.managers)})""",
        f"""INSERT INTO client (source, external_id, name, kind, phones, emails, status, owner, co_owners,
                key_account, tags, created_at, custom, {kept})
            SELECT '{SOURCE}', CAST(n AS TEXT), 'Клиент ' || n, 'company', '[]', '[]', 'active', {owner},
                '[]', 0, '[]', {now} - {salt.micros(1500)}, '{{}}', {record}
            FROM ({_numbers(size.clients)})""",
        f"""INSERT INTO client_number (number, source, external_id)
            SELECT number_of('{SOURCE}', CAST(n AS TEXT)), '{SOURCE}', CAST(n AS TEXT)
            FROM ({_numbers(size.clients)})""",
        f"""INSERT INTO ownership (source, external_id, client, employee, valid_from, valid_to, known, {kept})
            WITH said AS (SELECT n, {moved} AS moved, {moved_on} AS moved_on FROM ({_numbers(size.clients)}))
            SELECT '{SOURCE}', n || ':2', CAST(n AS TEXT), {owner}, iif(moved, moved_on, '2020-01-01'), NULL,
                'snapshot', {record} FROM said UNION ALL
            SELECT '{SOURCE}', n || ':1', CAST(n AS TEXT), {other}, '2020-01-01', date(moved_on, '-1 day'),
                'snapshot', {record} FROM said WHERE moved""",
        f"""INSERT INTO event (source, external_id, client, employee, kind, status, planned_at, completed_at,
                logged_at, duration_s, {kept})
            WITH said AS (SELECT n AS e, {client} AS n, {planned} AS planned, {ahead} AS ahead,
                {event_at} AS held, {salt.below(10)} AS kind, {salt.below(100)} AS who,
                {salt.micros(2)} AS lag FROM ({_numbers(size.events)}))
            SELECT '{SOURCE}', CAST(e AS TEXT), CAST(n AS TEXT), iif(who < 90, {owner}, {other}),
                iif(kind < 5, 'call', iif(kind < 7, 'meeting', 'email')),
                iif(planned, 'planned', 'completed'), iif(planned, ahead, NULL), iif(planned, NULL, held),
                iif(planned, NULL, held + lag), iif(kind < 5, who * 7, NULL), {record} FROM said""",
        f"""INSERT INTO deal (source, external_id, client, owner, title, pipeline, stage, stage_kind, amount,
                currency, created_at, closed_at, {kept})
            WITH said AS (SELECT n AS d, {dealing} AS n, {chance} AS chance, {closed} AS closed,
                {salt.below(1_000_000)} AS worth FROM ({_numbers(size.deals)}))
            SELECT '{SOURCE}', CAST(d AS TEXT), CAST(n AS TEXT), {owner}, 'Сделка ' || d, 'Продажи',
                iif(chance < 5, 'Успех', iif(chance < 8, 'Отказ', 'Переговоры')),
                iif(chance < 5, 'won', iif(chance < 8, 'lost', 'open')), worth * (1 + worth % 97) * 100,
                'RUB', closed - {30 * DAY}, iif(chance < 8, closed, NULL), {record} FROM said""",
    ]  # fmt: skip


_ID = 10_000_000


def _numbers(count: int) -> str:
    return (
        f"WITH RECURSIVE all_numbers(n) AS (SELECT {_ID} UNION ALL SELECT n + 1 FROM all_numbers "
        f"WHERE n < {_ID + count - 1}) SELECT n FROM all_numbers"
    )


def _manager(client: str, size: Size) -> str:
    return f"CAST({_ID} + ({client}) % {size.managers} AS TEXT)"


class _Salt:
    """Expressions of SQL that look random, each another function of the row's number `n`."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._next = 0

    def below(self, limit: int) -> str:
        """Return a whole number from 0 to the limit."""
        self._next += 1
        factor = (self._next * 1_000_003 + self._seed * 7_919) * 2 + 1
        mixed = f"((n * {factor} + {self._next}) % {PRIME})"
        return f"({mixed} * {mixed} % {PRIME} % {limit})"

    def micros(self, days: int) -> str:
        """Return a stretch of time of up to so many days, in microseconds."""
        return f"({self.below(days * 86_400)} * 1000000)"
