"""Says which changes wait because nobody may lose a client, or be blamed, on what we only saw in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from connector.locale import Texts
from connector.rules.decision import Decision
from connector.store.cursors import Standing as StreamStanding
from connector.store.runs import StreamRun

PUNITIVE = ("at_risk", "withdraw", "reassign")
"""Rules that lead to the loss of a client: warnings, questions about breaches, new owners."""

FRESH = timedelta(hours=24)
"""Contracts §4: an older view may lack the call that was made yesterday."""

Reason = Literal["partial_visibility", "stale_source", "history_too_short", "little_linked"]
Hold = tuple[Reason, str]
"""Why a change waits, and a note for people."""


@dataclass(frozen=True)
class Views:
    """How the sources were seen: `stale` says which one cannot be leaned on at all, "" if all can.

    `partial` is what is known to be hidden from us, by source, where the admin has not accepted that;
    `seen_in` are the sources of each client's records, by the client's number; `unlinked` says that too
    little turnover belongs to clients that another source knows, too, "" if enough does (clarification 42).
    """

    stale: str = ""
    partial: Mapping[str, str] = field(default_factory=dict)
    seen_in: Mapping[int, Sequence[str]] = field(default_factory=dict)
    unlinked: str = ""


def held(decision: Decision, views: Views) -> Hold | None:
    """Return why what the decision asks for has to wait; None if it has not.

    Only rules of PUNITIVE wait. A client whose owner left moves to nobody's harm, however short the history;
    any other decision of theirs leans on the owner of days that we may only assume (clarification 41).
    """
    if decision.rule not in PUNITIVE:
        return None
    if views.stale:
        return "stale_source", views.stale
    for source in views.seen_in.get(decision.client_number or 0, ()):
        if source in views.partial:
            return "partial_visibility", f"{source}: {views.partial[source]}"
    if "owner_left" in decision.flags:
        return None
    if views.unlinked:
        return "little_linked", views.unlinked
    if "ownership_assumed" in decision.flags:
        return "history_too_short", ""
    return None


def partial_views(reads: Mapping[tuple[str, str], StreamRun], accepted: Sequence[str]) -> dict[str, str]:
    """Return what the last reads could not see, by source; what the admin accepted is left out."""
    found: dict[str, list[str]] = {}
    for (source, stream), read in sorted(reads.items()):
        if read.visibility.startswith("partial") and source not in accepted:
            found.setdefault(source, []).append(f"{stream} {read.visibility}")
    return {source: "; ".join(reasons) for source, reasons in found.items()}


def unlinked_view(
    numbers: Mapping[str, Mapping[str, Any]], selling: Sequence[str], least: float, words: Texts
) -> str:
    """Return of which source less than the fraction `least` of the turnover is linked; "" if enough is.

    `numbers` are the shares of each source by name; of `selling` the first one with turnover counts.
    """
    if len(numbers) <= 1:
        return ""
    for source in selling:
        share = numbers.get(source, {}).get("turnover_share")
        if share is not None:
            note = words.say("plan.note_unlinked", source=source, share=f"{share:.1%}", least=f"{least:.0%}")
            return note if share < least else ""
    return ""


def stale_view(
    sources: Mapping[str, bool],
    reads: Mapping[tuple[str, str], StreamRun],
    standings: Mapping[tuple[str, str], StreamStanding],
    as_of: datetime,
    words: Texts,
) -> str:
    """Return which stream of the sources failed last, or was read to its end over a day before `as_of`.

    "" where there is none. One is enough: a call may stand in the very source that was not read. What the
    account was never allowed to read is part of a partial view: `sources` tells of each whether the admin
    accepts that (clarification 40). What it could read once, and may not now, is stale.
    """
    never = {place for place in reads if place not in standings or standings[place].finished_at is None}
    known_gaps = {
        place for place in never if sources.get(place[0]) and reads[place].visibility.startswith("partial")
    }
    for place, read in sorted(reads.items()):
        if place[0] in sources and read.status != "ok" and place not in known_gaps:
            return words.say("plan.note_failed", source=place[0], stream=place[1])
    for place in sorted((reads.keys() | standings.keys()) - known_gaps):
        finished = standings[place].finished_at if place in standings else None
        if place[0] in sources and (finished is None or as_of - finished > FRESH):
            return words.say("plan.note_stale", source=place[0], stream=place[1])
    return ""
