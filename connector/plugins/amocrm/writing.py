"""Writes changes into the account, 50 in a request and never twice, and reads again what was set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from connector.changes import Change, RecordKind, Value, WithdrawContact, aim
from connector.errors import ConfigError, ForbiddenError, RefusedError, SourceError, UnknownFateError
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.answers import InvalidError
from connector.plugins.amocrm.cards import Cards
from connector.plugins.amocrm.drafts import Draft, Drafts
from connector.plugins.amocrm.markers import Markers
from connector.plugins.amocrm.records import Records
from connector.plugins.amocrm.values import as_map, embedded, reference
from connector.plugins.readback import compared

MOST_ITEMS = 50
"""Items of a request (vendor page "Limits": 250 at most, 50 advised; fewer after a 504)."""
Outcome = str | SourceError
Drafted = tuple[Change, Draft]


class Writing:
    """Turns changes into items, sends each once, and reads again what was set."""

    def __init__(self, account: Account, cards: Cards, records: Records, markers: Markers) -> None:
        self._account = account
        self._cards = cards
        self._records = records
        self._markers = markers
        self._size = MOST_ITEMS

    def send(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """Write the changes; return for each key the id written, or the error.

        UnknownFateError stands for a change whose answer was lost. What concerns everything (a wrong token, a
        block, a limit) is raised if nothing was written before it, else it stands for what was not sent.
        """
        outcome, drafted = self._drafted(changes)
        trouble: SourceError | None = None
        for piece in self._pieces(drafted):
            if trouble is None:
                try:
                    outcome |= self._sent(piece)
                    continue
                except SourceError as error:
                    if not any(isinstance(each, str) for each in outcome.values()):
                        raise
                    trouble = error
            outcome |= {change.key: trouble for change, _ in piece}
        return outcome | self._read_back(changes, outcome)

    def current(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> dict[str, dict[str, Value]]:
        """Return id -> name -> value of the records of one kind as they are now."""
        return self._cards.current_many(ids, names) if kind == "client" else self._records.current(kind, ids)

    def _drafted(self, changes: Sequence[Change]) -> tuple[dict[str, Outcome], list[Drafted]]:
        """Return what cannot be put into an item, and the items."""
        taken = [change.item for change in changes if isinstance(change, WithdrawContact)]
        rows = self._records.rows("contact", taken) if taken else []
        drafts = Drafts(self._account, {str(row["id"]): str(row.get("text") or "") for row in rows})
        outcome: dict[str, Outcome] = {}
        drafted: list[Drafted] = []
        for change in changes:
            try:
                drafted.append((change, drafts.draft(change)))
            except (RefusedError, ConfigError) as error:
                outcome[change.key] = RefusedError(error.message, hint=error.hint, where=error.where)
        return outcome, drafted

    def _pieces(self, drafted: Sequence[Drafted]) -> Iterator[list[Drafted]]:
        """Cut into requests: one list and verb each, and in none a record twice."""
        for _, group in groupby(sorted(drafted, key=_where), _where):
            left = list(group)
            while left:
                piece: list[Drafted] = []
                rest: list[Drafted] = []
                met: set[str] = set()
                for one in left:
                    again = one[1].record != "" and one[1].record in met
                    (rest if again or len(piece) == self._size else piece).append(one)
                    met.add(one[1].record)
                yield piece
                left = rest

    def _sent(self, piece: Sequence[Drafted]) -> dict[str, Outcome]:
        """Send a request; of one that was refused for some items the others again, once."""
        try:
            return self._posted(piece)
        except InvalidError as error:
            wrong = {key: RefusedError(said, where=error.where) for key, said in error.items.items()}
            keys = [change.key for change, _ in piece]
            outcome: dict[str, Outcome] = {key: wrong[key] for key in keys if key in wrong}
            left = [one for one in piece if one[0].key not in outcome]
            if len(left) == len(piece) == 1:
                return {piece[0][0].key: error}
        return outcome | self._resent(left, singly=not outcome)

    def _resent(self, piece: Sequence[Drafted], *, singly: bool) -> dict[str, Outcome]:
        """Send what is left of a refused request, having looked whether some of it was done all the same."""
        outcome: dict[str, Outcome] = dict(self._markers.find([change for change, _ in piece]))
        left = [one for one in piece if one[0].key not in outcome]
        for some in [[one] for one in left] if singly else [left] if left else []:
            try:
                outcome |= self._posted(some)
            except InvalidError as error:
                outcome |= {change.key: error for change, _ in some}
        return outcome

    def _posted(self, piece: Sequence[Drafted]) -> dict[str, Outcome]:
        """Send one request, once; raises InvalidError, and what concerns more than these items."""
        verb, path = piece[0][1].verb, piece[0][1].path
        needs = {change.needs for change, _ in piece}
        try:
            body = self._account.api.write(verb, path, [draft.item for _, draft in piece], needs)
        except UnknownFateError as error:
            self._size = max(1, self._size // 2)
            return {change.key: error for change, _ in piece}
        except InvalidError:
            raise
        except (RefusedError, ForbiddenError) as error:
            return {change.key: error for change, _ in piece}
        rows = embedded(as_map(body), path.rpartition("/")[2])
        # What is changed is named by its id, and some lists leave the request_id out then.
        made = {str(row.get("request_id")): reference(row.get("id")) for row in rows}
        ids = {each: each for row in rows if (each := reference(row.get("id")))}
        lost = UnknownFateError("the answer does not say what was written", where=path)
        return {change.key: made.get(change.key) or ids.get(draft.record) or lost for change, draft in piece}

    def _read_back(self, changes: Sequence[Change], outcome: dict[str, Outcome]) -> dict[str, Outcome]:
        """Compare what was set; what a lost answer left in doubt is done where the record holds it."""
        doubtful = [
            change
            for change in changes
            if isinstance(outcome[change.key], UnknownFateError) and aim(change) is not None
        ]
        written = [change for change in changes if isinstance(outcome[change.key], str)]
        found = compared(doubtful, self.current)
        settled: dict[str, Outcome] = {each.key: each.place[1] for each in doubtful if each.key not in found}
        return settled | compared(written, self.current)


def _where(drafted: Drafted) -> tuple[str, str]:
    return drafted[1].verb, drafted[1].path
