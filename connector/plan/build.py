"""Turns decisions into a plan: keys, targets, expected values; drops what is done, covered or not allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector.locale import Texts, texts
from connector.plan.actions import moves
from connector.plan.closing import Closing
from connector.plan.draft import Draft
from connector.plan.known import Ability, Standing
from connector.plan.model import Plan, PolicyStamp
from connector.plan.policies import PolicyLike
from connector.rules.decision import Decision


def build_plan(
    decisions: Iterable[Decision],
    *,
    policies: Sequence[PolicyLike],
    standing: Standing,
    abilities: Mapping[str, Ability],
    as_of: datetime,
    zone: ZoneInfo,
    language: str = "ru",
    closings: Sequence[Closing] = (),
    words: Texts | None = None,
    not_before: date | None = None,
) -> Plan:
    """Return the plan for the decisions' actions, in the decisions' order, after the closings of our items.

    New owners come first: the old one is asked nothing more about that client. What is only rehearsed comes
    last: a `dry_run` policy never takes the place of what may be sent.
    A change already done is left out or listed as unsent; a second item for the same client, assignee and
    purpose is `covered` by the first; more open items than the policy's cap for one assignee are `queued`;
    a value that was changed back twice is `contested`; what the admin does not allow or the plugin cannot do
    is listed with the reason.
    """
    known = {policy.id: policy for policy in policies}
    draft = Draft(known, standing, abilities, zone, words or texts(language))
    for closing in closings:
        draft.close(*closing)
    for decision in sorted(decisions, key=lambda one: (known[one.policy].mode == "dry_run", not moves(one))):
        draft.take(decision)
    stamps = tuple(PolicyStamp(id=p.id, version=p.version, mode=p.mode, digest=p.digest) for p in policies)
    return Plan.model_validate(
        {
            "as_of": as_of,
            "zone": str(zone),
            "language": language,
            "policies": stamps,
            "changes": tuple(draft.changes),
            "unsent": tuple(draft.unsent),
            "not_before": not_before,
        }
    )
