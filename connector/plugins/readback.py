"""Reads again what was set: a value that a CRM took may not stand, as a rule of it changes it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from connector.changes import Change, RecordKind, Value, aim, same_value
from connector.errors import ChangedBackError, SourceError, UnknownFateError

Current = Callable[[RecordKind, Sequence[str], Sequence[str]], Mapping[str, Mapping[str, Value]]]
"""Reads records of one kind, by id, under our names."""


def compared(changes: Sequence[Change], current: Current) -> dict[str, str | SourceError]:
    """Return an error, by key, for each change whose record does not hold what was written.

    UnknownFateError where the record cannot be read; nothing for a change that makes or removes a record.
    """
    outcome: dict[str, str | SourceError] = {}
    aims = {change.key: found for change in changes if (found := aim(change)) is not None}
    wanted = sorted((change for change in changes if change.key in aims), key=_kind)
    for kind, group in groupby(wanted, _kind):
        some = list(group)
        try:
            ids, names = [each.place[1] for each in some], sorted({aims[each.key][0] for each in some})
            held = current(kind, ids, names)
        except SourceError as error:
            # Raised, it would hide that the other changes of the request are done.
            unseen = UnknownFateError(f"sent, but not seen: {error.message}", where=error.where)
            outcome |= {change.key: unseen for change in some}
            continue
        for change in some:
            name, new = aims[change.key]
            now = held.get(change.place[1], {}).get(name)
            if not same_value(now, new):
                outcome[change.key] = _not_held(change, now, new)
    return outcome


def _kind(change: Change) -> RecordKind:
    return change.place[0]


def _not_held(change: Change, now: Value, new: Value) -> ChangedBackError:
    kind, number = change.place
    return ChangedBackError(
        f"the card holds {now!r}, not {new!r}",
        hint="an automation rule or another program changes it back",
        where=f"{change.source}:{number}" if kind == "client" else f"{change.source}: {kind} {number}",
    )
