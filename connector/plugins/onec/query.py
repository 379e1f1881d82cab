"""Builds addresses and queries of the interface: percent-encoded UTF-8, a space is `%20` and never `+`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import quote

from connector.plugins.onec.profile import Column, Constant, Filter

MOST_BYTES = 1_900
"""Bytes of a query that IIS lets through for sure: its default maxQueryString is 2,048."""
LEAST_BYTES = 400
_IN_PATH = "()'=,-._~"
_IN_QUERY = "()'=,-._~/:*"


@dataclass(frozen=True)
class Query:
    """What is asked of a set: columns, a filter, an order, a page, and arguments of a virtual table."""

    select: tuple[str, ...] = ()
    filter: str = ""
    order: tuple[str, ...] = ()
    top: int | None = None
    skip: int = 0
    allowed_only: bool = True
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The query as it stands behind the question mark."""
        options: dict[str, str] = dict(self.arguments)
        if self.allowed_only:
            options["allowedOnly"] = "true"
        if self.select:
            options["$select"] = ",".join(self.select)
        if self.filter:
            options["$filter"] = self.filter
        if self.order:
            options["$orderby"] = ",".join(self.order)
        if self.top is not None:
            options["$top"] = str(self.top)
        if self.skip:
            options["$skip"] = str(self.skip)
        return "&".join(f"{name}={quote(value, safe=_IN_QUERY)}" for name, value in options.items())

    def filtered(self, *terms: str) -> Query:
        """Return the query with more terms of the filter, all of which must hold."""
        return replace(self, filter=both(self.filter, *terms))

    def page(self, top: int | None, skip: int = 0) -> Query:
        """Return the query for one page."""
        return replace(self, top=top, skip=skip)


def path(entity_set: str, key: str = "", action: str = "") -> str:
    """Return the path of a set, of one record of it, or of an action or virtual table behind that."""
    steps = quote(entity_set, safe=_IN_PATH)
    steps += f"({key_of(key)})" if key else ""
    return f"{steps}/{quote(action, safe=_IN_PATH)}" if action else steps


def key_of(key: str) -> str:
    """Return the key of an object as it stands in an address; that of a register record as it is."""
    return f"guid'{key}'" if "=" not in key else quote(key, safe=_IN_PATH + ":")


def record_key(cells: Mapping[str, Constant], references: Collection[str]) -> str:
    """Return the key of a register's record, all its parts named; `references` are those that are GUIDs."""
    parts = (
        f"{name}=guid'{value}'" if name in references else f"{name}={literal(value)}"
        for name, value in cells.items()
    )
    return ",".join(parts)


def literal(value: Constant | datetime | date | float) -> str:
    """Return a value as filters have it (documentation 17.4, literals)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"datetime'{value:%Y-%m-%dT%H:%M:%S}'"
    if isinstance(value, date):
        return f"datetime'{value:%Y-%m-%dT00:00:00}'"
    if isinstance(value, int | float):
        return f"{value}"
    return "'{}'".format(value.replace("'", "''"))


def equal(name: str, value: Constant) -> str:
    """Return the term that a plain column has this value."""
    return f"{name} eq {literal(value)}"


def refers(name: str, key: str) -> str:
    """Return the term that a reference column of one type leads to this object."""
    return f"{name} eq guid'{key}'"


def leads(column: Column, key: str, entity_set: str) -> str:
    """Return the term that a reference leads to this object; a composite one has to be told its set."""
    if column.form == "composite":
        return f"{column.name} eq cast(guid'{key}','{entity_set}')"
    return refers(column.published, key)


def either(terms: Sequence[str]) -> str:
    """Return the filter that one of the terms holds."""
    return " or ".join(terms)


def both(*terms: str) -> str:
    """Return the filter that all terms hold; empty ones are left out."""
    given = [term for term in terms if term]
    if len(given) == 1:
        return given[0]
    return " and ".join(f"({term})" if " or " in term else term for term in given)


def wanted(where: Sequence[Filter]) -> str:
    """Return the filter for records that are meant."""
    return both(*(equal(each.column.published, each.value) for each in where))


def packed(query: Query, terms: Sequence[str], most: int) -> Iterator[tuple[Query, int]]:
    """Yield queries whose texts fit into `most` bytes, each asking for some of the terms, and how many.

    A query that does not fit with a single term goes out as it is: it cannot be made shorter.
    """
    start = 0
    free = most - len(query.filtered("x" if not query.filter else "x or x").text)
    lengths = [len(quote(term, safe=_IN_QUERY)) + len("%20or%20") for term in terms]
    while start < len(terms):
        count, used = 1, lengths[start]
        while start + count < len(terms) and used + lengths[start + count] <= free:
            used += lengths[start + count]
            count += 1
        yield query.filtered(either(terms[start : start + count])), count
        start += count
