"""A plan as lines for people, grouped by the employee who gets the work; decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from connector.changes import CreateTask, PlanContact, SetField
from connector.locale import Texts, texts
from connector.plan.model import Plan, Unsent
from connector.plan.showing import Names, flags_and_notes, mark, moves_and_ends

FINGERPRINT_LENGTH = 8
NOTED = (
    "not_allowed",
    "unsupported",
    "unplaced",
    "failed_before",
    "contested",
    "conflict",
    "lasting",
    "partial_visibility",
    "stale_source",
    "little_linked",
)
"""Reasons of which each note is a line of its own."""


def show_plan(plan: Plan, names: Names, most: int | None = None, *, advise: bool = True) -> Iterator[str]:
    """Yield the lines of the plan, at most `most` an employee where given; with `advise` how to send it.

    A line of a policy in `dry_run`, which is never sent, begins with `~`, any other with `+`.
    """
    say = texts(plan.language)
    zone = ZoneInfo(plan.zone)
    fingerprint = plan.fingerprint[:FINGERPRINT_LENGTH]
    as_of = plan.as_of.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    yield say.say("plan.title", as_of=as_of, zone=plan.zone, fingerprint=fingerprint)
    if not plan.changes and not plan.unsent:
        yield say.say("plan.nothing")
        return
    items = [change for change in plan.changes if isinstance(change, CreateTask | PlanContact)]
    yield from _people(items, names, say, zone, most)
    yield from moves_and_ends(plan.changes, names, say, most)
    yield from _fields([change for change in plan.changes if isinstance(change, SetField)], say)
    yield from flags_and_notes(plan.changes, say)
    yield from _unsent(plan.unsent, say)
    yield from _totals(plan, say)
    if plan.sendable and advise:
        yield say.say("plan.next", fingerprint=fingerprint)


def _people(
    items: Sequence[CreateTask | PlanContact], names: Names, say: Texts, zone: ZoneInfo, most: int | None
) -> Iterator[str]:
    by_person = sorted(
        items, key=lambda item: (names.get((item.source, item.assignee), ""), item.assignee, item.due)
    )
    for (source, person), group in groupby(by_person, key=lambda item: (item.source, item.assignee)):
        mine = list(group)
        name = names.get((source, person), f"{source}:{person}")
        yield ""
        yield say.say("plan.person", name=name, count=len(mine))
        for item in mine[:most]:
            yield _line(item, say, zone)
        if most is not None and len(mine) > most:
            yield f"    … +{len(mine) - most}"


def _line(item: CreateTask | PlanContact, say: Texts, zone: ZoneInfo) -> str:
    due = item.due.astimezone(zone).strftime("%d.%m.%Y")
    key = "plan.create_task" if isinstance(item, CreateTask) else f"plan.plan_contact_{item.contact}"
    client = item.client_name or item.subject
    what = say.say(key, due=due)
    return say.say("plan.line", mark=mark(item), what=what, client=client, reason=item.reason)


def _fields(changes: Sequence[SetField], say: Texts) -> Iterator[str]:
    """Count the values by field: a first fill over the base is one matter, approved once."""
    ordered = sorted(changes, key=lambda change: (change.source, change.field))
    for (source, field), group in groupby(ordered, key=lambda change: (change.source, change.field)):
        mine = list(group)
        first = sum(change.old is None for change in mine)
        yield ""
        yield say.say("plan.fields", source=source, field=field, count=len(mine), first=first)
        values = Counter(str(change.new) for change in mine)
        for new, count in sorted(values.items()):
            yield say.say("plan.field_values", new=new, count=count)


def _unsent(unsent: Sequence[Unsent], say: Texts) -> Iterator[str]:
    if unsent:
        yield ""
        yield say.say("plan.unsent")
    counts = Counter((each.why, each.note if each.why in NOTED else "") for each in unsent)
    for (why, note), count in sorted(counts.items()):
        yield say.say(f"plan.{why}", count=count, note=note)


def _totals(plan: Plan, say: Texts) -> Iterator[str]:
    sendable = len(plan.sendable)
    shown = len(plan.changes) - sendable
    yield ""
    if shown:
        rehearsed = sorted({change.policy for change in plan.changes if change.mode == "dry_run"})
        yield say.say("plan.dry_run", policies=", ".join(rehearsed))
    yield say.say("plan.totals", sendable=sendable, shown=shown, unsent=len(plan.unsent))
