"""What a person says of records: kept, taken back, and never against the firm's own files."""

from __future__ import annotations

from collections.abc import Sequence

from connector.company.folder import CompanyFolder
from connector.errors import ConfigError
from connector.identity.current import record, refresh, verdicts
from connector.identity.verdicts import Verdict
from connector.model import Client, Ref
from connector.store.database import Store


class Word:
    """A person's word on the clients of a store, whose lock is held."""

    def __init__(
        self, store: Store, store_url: str, priority: Sequence[str], firm: CompanyFolder, by: str
    ) -> None:
        self._store = store
        self._url = store_url
        self._priority = priority
        self._firm = firm
        self._by = by

    def named(self, text: str) -> Ref:
        """Return the record that `source:id` names; ConfigError where the store has none."""
        ref = record(text)
        if ref is None or self._store.entities.get(Client, *ref) is None:
            raise ConfigError(
                f"no record {text!r}", hint="name it by source:id, as `connector explain` prints it"
            )
        return ref

    def client(self, ref: Ref) -> list[Ref]:
        """Return the records that are one client with this one, itself among them."""
        number = self._store.identities.client_of(ref)
        return [ref] if number is None else self._store.identities.members(number)

    def join(self, one: Ref, other: Ref) -> None:
        """Make the two records one client; ConfigError where the firm's file or another word forbids it."""
        if one == other:
            raise ConfigError(f"{one} is one record", hint="name two records")
        self._ask_the_files(one, [other], "different")
        kept = self._store.identities
        before = [each for each in kept.said() if {each.one, each.other} == {one, other}]
        kept.forget([(one, other)])
        self.settle()
        if other in self.client(one):
            return
        kept.say([(one, other)], "same", self._by)
        self.settle()
        if other not in self.client(one):
            kept.forget([(one, other)])
            for each in before:
                kept.say([(one, other)], each.said, each.by)
            self.settle()
            raise ConfigError(
                f"{one} and {other} cannot be one client: records of theirs were called different",
                hint=f"see `connector links show {one}`",
            )

    def part(self, one: Ref, other: Ref | None = None) -> list[Ref]:
        """Make the record a client of its own, or only none with the other; return those it was one with.

        ConfigError where the firm's file calls them one.
        """
        others = [ref for ref in self.client(one) if ref != one and other in (None, ref)]
        self._ask_the_files(one, others, "same")
        self._store.identities.forget([(one, ref) for ref in others])
        self.settle()
        still = [ref for ref in others if ref in self.client(one)]
        if still:
            self._store.identities.say([(one, ref) for ref in still], "different", self._by)
            self.settle()
        return others

    def take(self, said: Sequence[Verdict]) -> list[str]:
        """Take many words at once, one by each place; return a line for each that cannot be taken."""
        problems: list[str] = []
        good = [each for each in said if self._fits(each, problems)]
        for each in good:
            self._store.identities.say([(each.one, each.other)], each.said, self._by)
        self.settle()
        clients = {each: set(self.client(each.one)) for each in good if each.said == "same"}
        torn = [each for each, records in clients.items() if each.other not in records]
        if torn:
            self._store.identities.forget([(each.one, each.other) for each in torn])
            self.settle()
        cannot = "cannot be one client: records of theirs were called different"
        return problems + [f"{each.place}: {each.one} and {each.other} {cannot}" for each in torn]

    def _fits(self, said: Verdict, problems: list[str]) -> bool:
        try:
            self._ask_the_files(said.one, [said.other], "same" if said.said == "different" else "different")
        except ConfigError as error:
            problems.append(f"{said.place}: {error.message} ({error.where})")
            return False
        return True

    def settle(self) -> None:
        """Tell anew which records are one client."""
        refresh(self._store, self._url, self._priority, self._firm)

    def _ask_the_files(self, one: Ref, others: Sequence[Ref], said: str) -> None:
        pairs = [{one, other} for other in others]
        for each in verdicts(self._firm, ()):
            if each.said == said and {each.one, each.other} in pairs:
                raise ConfigError(
                    f"{each.one} and {each.other} are called {said} there",
                    where=each.place,
                    hint="change it there",
                )
