"""Which records are one client and which accounts one person: where an item of ours may stand already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from connector.changes import change_key
from connector.model import Ref
from connector.rules.decision import Decision
from connector.rules.facts import Facts
from connector.store.numbers import client_number

ANYWHERE = ("create_task", "plan_contact", "add_note")
"""Kinds that go to one of the client's records: written to one of them, they are written (contracts 3)."""


@dataclass(frozen=True)
class Kin:
    """The records of each client that has several, and the accounts of each person who has several."""

    records: Mapping[Ref, tuple[Ref, ...]] = field(default_factory=dict)
    accounts: Mapping[Ref, tuple[Ref, ...]] = field(default_factory=dict)

    def key(self, decision: Decision, kind: str, target: Ref, period: str) -> str:
        """Return the key of a change about one record.

        It is made of the record's own number, so that linking and unlinking makes no new change.
        """
        number = client_number(*target) if target in self.records else decision.client_number
        if number is None:
            raise ValueError(f"{decision.policy}: an action needs a client, {decision.subject} is none")
        return change_key(decision.policy, number, str(target), kind, period)

    def keys(self, policy: str, kind: str, target: Ref, period: str) -> list[str]:
        """Return the keys that the same change has in the client's other records, in their order."""
        others = self.records.get(target, ()) if kind in ANYWHERE else ()
        return [
            change_key(policy, client_number(*other), str(other), kind, period)
            for other in others
            if other != target
        ]

    def places(self, client: Ref, assignee: str) -> Iterator[tuple[Ref, str]]:
        """Yield every record of the client with the person's account in its source, the given one first."""
        yield client, assignee
        account = Ref(client.source, assignee)
        for record in self.records.get(client, ()):
            for own in self.accounts.get(account, (account,)):
                if own.source == record.source and (record, own.external_id) != (client, assignee):
                    yield record, own.external_id


ALONE = Kin()
"""Each record is a client of its own, each account a person."""


def kin(facts: Facts) -> Kin:
    """Return the kin of the facts; the most trusted record and account come first."""
    records = facts.records.filter(pl.col("client").is_duplicated())
    accounts = facts.employees.filter(pl.col("employee").is_duplicated()).sort("employee", "source")
    return Kin(
        _groups(records.select("client", "source", "external_id").iter_rows()),
        _groups(accounts.select("employee", "source", "external_id").iter_rows()),
    )


def _groups(rows: Iterable[tuple[object, str, str]]) -> dict[Ref, tuple[Ref, ...]]:
    groups: dict[object, list[Ref]] = {}
    for owner, source, external_id in rows:
        groups.setdefault(owner, []).append(Ref(source, external_id))
    return {ref: tuple(group) for group in groups.values() for ref in group}
