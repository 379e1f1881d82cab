"""Lays what the firm keeps itself over what the CRMs say: roles and days of people, their absences, pins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import polars as pl

from connector.company.folder import CompanyFolder, Entry
from connector.identity.current import record

_SAID = (
    "role",
    "department",
    "industries",
    "regions",
    "capacity",
    "accepts_more",
    "active_from",
    "active_to",
)
"""Columns of employees on which the firm's own word goes before the CRM's."""
_TEXTS = pl.List(pl.String())

Account = tuple[str, str]
"""An employee in one CRM: the source's name and the id there."""

PINS = pl.Schema({"client": pl.Int64(), "until": pl.Date(), "by": pl.String(), "why": pl.String()})
MOVES = pl.Schema({"client": pl.Int64(), "to": pl.String(), "by": pl.String(), "date": pl.Date()})
"""Columns of the frames `pins` and `approved_moves`: `client` is the store's number, `to` the firm's name
of a person."""


def lay_over(
    frames: Mapping[str, pl.DataFrame], firm: CompanyFolder
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Return the frames with the firm's word in them, and a line for each name that nobody bears.

    `employees` gains `skills`, `ramp_until` and `person` (whom the firm says the account belongs to);
    `absences` gains rows, and `entered` (the day on which a row was entered, if that is written down); `pins`
    and `approved_moves` are new. Needs `employees` and `clients`.
    """
    accounts = Accounts(frames["employees"], firm.people)
    clients = Clients(frames["clients"])
    laid = dict(frames)
    laid["employees"] = _employees(frames["employees"], firm.people, accounts)
    if "absences" in frames:
        told = [frames["absences"], _absences(firm.absences, accounts)]
        laid["absences"] = pl.concat(told, how="diagonal")
    clients.look_for(firm.links)
    laid["pins"] = clients.rows(firm.pins, PINS)
    laid["approved_moves"] = clients.rows(firm.approved_moves, MOVES)
    return laid, [*firm.problems, *accounts.strangers, *clients.strangers]


class Accounts:
    """Finds a person's accounts: by the columns of the people file, else id, e-mail or unique full name."""

    def __init__(self, employees: pl.DataFrame, people: Iterable[Entry]) -> None:
        self.strangers: list[str] = []
        rows = employees.sort("source", "external_id").select("source", "external_id", "name", "email").rows()
        self._sources = sorted({row[0] for row in rows})
        self._known = {(row[0], row[1]) for row in rows}
        self._by_mail = _unique((row[0], _plain(row[3]), row[1]) for row in rows if row[3])
        self._by_name = _unique((row[0], _plain(row[2]), row[1]) for row in rows)
        self._people = {entry["person"]: self._of_entry(entry) for entry in people}

    def of(self, person: str, place: str) -> list[Account]:
        """Return the accounts of somebody named in a file; a name that nobody bears is noted."""
        if person in self._people:
            return self._people[person]
        found = self._guessed({}, person, None, person)
        if not found:
            advice = "name a person of people, an id or a full name"
            self.strangers.append(f"{place}: nobody is {person!r}: {advice}")
        return found

    def _of_entry(self, entry: Entry) -> list[Account]:
        found = self._guessed(entry.accounts, entry["person"], entry["email"], entry["name"])
        if not found:
            who = entry["name"] or entry["person"]
            self.strangers.append(f"{entry.place}: {who!r} has no account in any source")
        return found

    def _guessed(
        self, given: Mapping[str, str], person: str, email: str | None, name: str | None
    ) -> list[Account]:
        alone = len(self._sources) == 1
        found = []
        for source in self._sources:
            ways = (
                given.get(source),
                person if alone and (source, person) in self._known else None,
                person.removeprefix(f"{source}:") if person.startswith(f"{source}:") else None,
                self._by_mail.get((source, _plain(email or person))),
                self._by_name.get((source, _plain(name or person))),
            )
            account = next((way for way in ways if way), None)
            if account is not None and (source, account) in self._known:
                found.append((source, account))
        return found


class Clients:
    """Finds a client by `source:id`, by its id where that is one client's alone, by INN or unique name."""

    def __init__(self, clients: pl.DataFrame) -> None:
        self.strangers: list[str] = []
        self._clients = clients

    @cached_property
    def _found(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        columns = self._clients.select("client", "source", "external_id", "inn", "name")
        for number, source, external_id, inn, name in columns.iter_rows():
            for said in (f"{source}:{external_id}", external_id, inn, _plain(name)):
                found.setdefault(said, set()).add(number)
        return found

    def look_for(self, links: Iterable[Entry]) -> None:
        """Note the links of which a record is not there."""
        refs = self._clients.select(pl.concat_str("source", pl.lit(":"), "external_id")).to_series()
        known = set(refs.to_list()) if links else set()
        for entry in links:
            for said in (entry["client"], entry["other"]):
                if str(record(said)) not in known:
                    self.strangers.append(f"{entry.place}: no client is {said!r}: write source:id")

    def rows(self, entries: Iterable[Entry], schema: pl.Schema) -> pl.DataFrame:
        """Return a row for each entry whose client is found; one that is not is noted."""
        rows = []
        for entry in entries:
            number = self.of(str(entry["client"]), entry.place)
            if number is not None:
                rows.append({name: entry[name] for name in schema} | {"client": number})
        return pl.DataFrame(rows, schema=schema)

    def of(self, said: str, place: str) -> int | None:
        """Return the store's number of the client that is meant; a word that means not one is noted."""
        numbers = self._found.get(said) or self._found.get(_plain(said)) or set()
        if len(numbers) == 1:
            return min(numbers)
        what = "several clients are" if numbers else "no client is"
        self.strangers.append(f"{place}: {what} {said!r}: write source:id")
        return None


def _employees(employees: pl.DataFrame, people: Iterable[Entry], accounts: Accounts) -> pl.DataFrame:
    said: list[dict[str, Any]] = []
    for entry in people:
        for source, external_id in accounts.of(entry["person"], entry.place):
            named = accounts.of(entry["head"], entry.place) if entry["head"] else []
            head = next((account for within, account in named if within == source), None)
            values = {name: entry[name] for name in (*_SAID, "skills", "ramp_until", "person")}
            said.append({"source": source, "external_id": external_id, "head": head} | values)
    kinds = {name: employees.schema[name] for name in ("source", "external_id", "head", *_SAID)}
    own = pl.DataFrame(
        said, schema={**kinds, "skills": _TEXTS, "ramp_until": pl.Date(), "person": pl.String()}, orient="row"
    )
    own = own.unique(subset=["source", "external_id"], keep="last", maintain_order=True)
    joined = employees.join(own, on=["source", "external_id"], how="left", suffix="_said")
    better = (pl.coalesce(f"{name}_said", name).alias(name) for name in ("head", *_SAID))
    return joined.with_columns(better).select(*employees.columns, "skills", "ramp_until", "person")


def _absences(entries: Iterable[Entry], accounts: Accounts) -> pl.DataFrame:
    rows = []
    for entry in entries:
        deputies = dict(accounts.of(entry["deputy"], entry.place)) if entry["deputy"] else {}
        for source, account in accounts.of(entry["person"], entry.place):
            days = (entry["from_date"], entry["to_date"])
            rows.append((source, account, *days, deputies.get(source), entry["kind"], entry["entered"]))
    kinds = {"from_date": pl.Date(), "to_date": pl.Date(), "entered": pl.Date()}
    names = ("source", "employee", "from_date", "to_date", "deputy", "kind", "entered")
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String()) for name in names}, orient="row")


def _plain(name: str | None) -> str:
    return " ".join((name or "").casefold().replace("ё", "е").split())


def _unique(rows: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Return source and word -> id, without words that two employees of a source share."""
    found: dict[tuple[str, str], str | None] = {}
    for source, word, account in rows:
        found[source, word] = None if (source, word) in found else account
    return {key: account for key, account in found.items() if account is not None}
