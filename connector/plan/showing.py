"""Lines of a plan for what is neither an item nor a field: owners, closings, flags, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    CompleteTask,
    ReassignActivity,
    SetFlag,
    WithdrawContact,
)
from connector.locale import Texts

Names = Mapping[tuple[str, str], str]
"""Source and employee's id -> name."""


def mark(change: AnyChange) -> str:
    """Return what begins the line: `~` for what is only shown, `+` for what may be sent."""
    return "~" if change.mode == "dry_run" else "+"


def moves_and_ends(changes: Sequence[AnyChange], names: Names, say: Texts, most: int | None) -> Iterator[str]:
    """Yield the lines of new owners and of closings, at most `most` of each where given."""
    moves = [each for each in changes if isinstance(each, ChangeOwner | ReassignActivity)]
    along = Counter(each.after for each in moves if each.after)
    leading = [each for each in moves if each.after is None]
    several = len({each.source for each in leading}) > 1
    lines = [_owner(each, names, along[each.key], say, several=several) for each in leading]
    yield from _listed("owners", lines, say, most)
    ends = [each for each in changes if isinstance(each, CompleteTask | WithdrawContact)]
    yield from _listed("closings", [_end(each, say) for each in ends], say, most)


def flags_and_notes(changes: Sequence[AnyChange], say: Texts) -> Iterator[str]:
    """Yield a line for each flag, with how many cards get and lose it, and one for all notes."""
    flags = sorted((each for each in changes if isinstance(each, SetFlag)), key=_place)
    for (source, flag), group in groupby(flags, key=_place):
        values = Counter(each.new for each in group)
        yield ""
        yield say.say("plan.flags", source=source, flag=flag, set=values[True], cleared=values[False])
    if notes := sum(isinstance(each, AddNote) for each in changes):
        yield ""
        yield say.say("plan.notes", count=notes)


def _listed(title: str, lines: Sequence[str], say: Texts, most: int | None) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield say.say(f"plan.{title}", count=len(lines))
    yield from lines[:most]
    if most is not None and len(lines) > most:
        yield say.say("plan.more", count=len(lines) - most)


def _owner(
    change: ChangeOwner | ReassignActivity, names: Names, along: int, say: Texts, *, several: bool
) -> str:
    """Return the line of a move; where the plan moves clients in several CRMs it names the CRM."""
    old = names.get((change.source, change.old or ""), change.old or say.say("plan.nobody"))
    new = names.get((change.source, change.new), change.new)
    kind, number = change.place
    client = change.client_name or change.subject
    what = client if kind == "client" else f"{client}, {kind} {number}"
    return say.say(
        "plan.owner",
        mark=mark(change),
        client=f"{what} ({change.source})" if several else what,
        old=old,
        new=new,
        along=say.say("plan.along", count=along) if along else "",
        reason=change.reason,
    )


def _end(change: CompleteTask | WithdrawContact, say: Texts) -> str:
    if isinstance(change, WithdrawContact):
        what = say.say("plan.withdraw")
    else:
        what = say.say(f"plan.close_{change.of}" if change.done else "plan.reopen")
    client = change.client_name or change.subject
    return say.say("plan.closing", mark=mark(change), what=what, client=client, reason=change.reason)


def _place(change: SetFlag) -> tuple[str, str]:
    return change.source, change.flag
