"""Tells which accounts in several CRMs are one employee (model 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from connector.identity.components import components

Account = tuple[str, str]
"""The source's name and the id there."""

WAYS = ("people", "email", "phone", "name")
"""By the firm's own file, the same e-mail, the same internal phone, an equal and unique full name."""


@dataclass(frozen=True)
class People:
    """Who is who: each account's most trusted account, the way it was found, and whom the firm's file names.

    An account that was matched with none stands for itself and has no way.
    """

    leader: Mapping[Account, Account]
    way: Mapping[Account, str]
    named: frozenset[Account]

    @property
    def moved(self) -> dict[str, str]:
        """Return the printed ids of accounts that another one stands for, with that one's."""
        return {
            f"{account[0]}:{account[1]}": f"{leader[0]}:{leader[1]}"
            for account, leader in self.leader.items()
            if account != leader
        }

    @property
    def alone(self) -> list[Account]:
        """Return the accounts with none in another source that the firm's file does not explain."""
        sizes: dict[Account, int] = {}
        for leader in self.leader.values():
            sizes[leader] = sizes.get(leader, 0) + 1
        return sorted(one for one, size in sizes.items() if size == 1 and one not in self.named)


def people(employees: pl.DataFrame, priority: Sequence[str]) -> People:
    """Match the accounts; the order of rows means nothing.

    Needs source, external_id, name, email, phones; `person` is whom the firm's file says the account belongs
    to. A value that two accounts of one source share tells nothing, nor does one that would make two accounts
    of one source, or two persons of the file, one employee.
    """
    rows = sorted(
        employees.select(_columns(employees)).unique(maintain_order=True).rows(named=True), key=_account
    )
    accounts = sorted({_account(row) for row in rows}, key=lambda one: (_rank(one[0], priority), one))
    crew = _Crew(accounts, {_account(row): row["person"] for row in rows if row["person"]})
    if len({source for source, _ in accounts}) > 1:
        for way in WAYS:
            crew.match(way, ((_account(row), value) for row in rows for value in _values(row, way)))
    return crew.people()


class _Crew:
    """Accounts by number, the most trusted first, and whom each belongs to by now."""

    def __init__(self, accounts: list[Account], persons: Mapping[Account, str]) -> None:
        self._accounts = accounts
        self._number = {account: number for number, account in enumerate(accounts)}
        self._label = list(range(len(accounts)))
        self._persons = persons
        self._way: dict[Account, str] = {}

    def match(self, way: str, values: Iterable[tuple[Account, str]]) -> None:
        """Join whoever shares a value, as far as nothing speaks against it."""
        bearers: dict[str, set[Account]] = {}
        for account, value in values:
            bearers.setdefault(value, set()).add(account)
        telling = [sorted(found) for found in bearers.values() if way == "people" or _one_a_source(found)]
        edges = [
            (self._label[self._number[one]], self._label[self._number[other]])
            for found in telling
            for one, other in pairwise(found)
        ]
        groups = components(edges)
        torn = set() if way == "people" else self._torn(groups)
        for number, label in enumerate(self._label):
            group = groups.get(label)
            if group is not None and group not in torn:
                self._way.setdefault(self._accounts[number], way)
                self._label[number] = group

    def people(self) -> People:
        """Return what was found."""
        leader = {one: self._accounts[self._label[number]] for number, one in enumerate(self._accounts)}
        named = frozenset(leader[account] for account in self._persons)
        return People(leader, self._way, named)

    def _torn(self, groups: Mapping[int, int]) -> set[int]:
        """Return the groups with two accounts of one source, or with two persons of the firm's file."""
        sources: dict[int, list[str]] = {}
        persons: dict[int, set[str]] = {}
        for number, label in enumerate(self._label):
            if label in groups:
                account = self._accounts[number]
                sources.setdefault(groups[label], []).append(account[0])
                persons.setdefault(groups[label], set()).update({self._persons.get(account)} - {None})  # type: ignore[arg-type]  # None is taken out
        return {
            group
            for group, found in sources.items()
            if len(found) > len(set(found)) or len(persons[group]) > 1
        }


def _one_a_source(accounts: Iterable[Account]) -> bool:
    sources = [source for source, _ in accounts]
    return len(sources) == len(set(sources))


def _values(row: Mapping[str, object], way: str) -> list[str]:
    if way == "phone":
        phones = row["phones"]
        return sorted(set(phones)) if isinstance(phones, list) else []
    value = plain(row["person" if way == "people" else way])
    return [value] if value else []


def plain(text: object) -> str:
    """Return a name or an address as it is compared: small letters, single blanks, no ё."""
    return " ".join(str(text or "").casefold().replace("ё", "е").split())


def _columns(employees: pl.DataFrame) -> list[pl.Expr]:
    nothing = {"phones": pl.List(pl.String()), "person": pl.String(), "email": pl.String()}
    names = ("source", "external_id", "name", "email", "phones", "person")
    return [
        pl.col(name) if name in employees.columns else pl.lit(None, dtype=nothing[name]).alias(name)
        for name in names
    ]


def _account(row: Mapping[str, object]) -> Account:
    return str(row["source"]), str(row["external_id"])


def _rank(source: str, priority: Sequence[str]) -> tuple[int, str]:
    return (priority.index(source), "") if source in priority else (len(priority), source)
