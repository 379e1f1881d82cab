"""Finds our open items whose reason is gone, and makes the changes that close them; none is reopened."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector.changes import CompleteTask, CreateTask, PlanContact, derived_key
from connector.locale import Texts
from connector.model import Ref
from connector.plan.policies import PolicyLike
from connector.rules.reasons import ClientNow
from connector.store.change_rows import StoredChange

Closing = tuple[CreateTask | PlanContact, CompleteTask]
"""An item of ours, and the change that closes it."""


def closings(
    items: Sequence[StoredChange],
    clients: Mapping[Ref, ClientNow],
    asked: Collection[str],
    policies: Mapping[str, PolicyLike],
    *,
    as_of: datetime,
    zone: ZoneInfo,
    words: Texts,
) -> list[Closing]:
    """Return the closing of every item whose reason is gone, in the items' order.

    An item of a policy that is not in force stays as it is, and so does one whose fate is not known yet.
    `asked` are the keys for which the decisions still ask.
    """
    today = as_of.astimezone(zone).date()
    found: list[Closing] = []
    for item in items:
        change = item.change
        policy = policies.get(change.policy)
        if policy is None or item.state != "done" or item.external_id is None:
            continue
        if not isinstance(change, CreateTask | PlanContact) or change.key in asked:
            continue
        why = _gone(item, change, clients.get(Ref(change.source, change.target)), today)
        if why is not None:
            found.append((change, _closing(change, item.external_id, policy, words.say(f"closing.{why}"))))
    return found


def _gone(
    item: StoredChange, change: CreateTask | PlanContact, client: ClientNow | None, today: date
) -> str | None:
    """Return why the item serves no purpose any more, as a key of the texts; None while it does."""
    if client is None or not client.is_open:
        return "client_closed"
    if change.purpose != "contact":
        return "not_asked"
    if _contacted(item, change, client):
        return "contacted"
    return "period_over" if _is_over(change.period, today) else None


def _contacted(item: StoredChange, change: CreateTask | PlanContact, client: ClientNow) -> bool:
    """Tell whether a contact was held since: after the item was planned, or after the day it counts from."""
    if client.contact_at is None or client.contact_on is None:
        return False
    with suppress(ValueError):
        if client.contact_on > date.fromisoformat(change.period):
            return True
    return client.contact_at > item.created_at


def _is_over(period: str, today: date) -> bool:
    """Tell whether a month has ended; a period that is a day has no end."""
    return len(period) == len("2026-10") and period < today.strftime("%Y-%m")


def _closing(
    change: CreateTask | PlanContact, external_id: str, policy: PolicyLike, reason: str
) -> CompleteTask:
    return CompleteTask(
        key=derived_key(change.key, "complete_task"),
        source=change.source,
        target=change.target,
        policy=policy.id,
        policy_version=policy.version,
        rule=change.rule,
        subject=change.subject,
        client_name=change.client_name,
        period=change.period,
        reason=reason,
        mode=policy.mode,
        expected={"open": True, "assignee": change.assignee},
        of="task" if isinstance(change, CreateTask) else "contact",
        item=external_id,
    )
