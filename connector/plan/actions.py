"""An action of a decision: its key, its target, the client that it moves, and the change that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from connector.changes import AnyChange, derived_key
from connector.locale import Texts
from connector.model import Ref
from connector.plan.kin import ALONE, Kin
from connector.plan.known import Card, Standing
from connector.plan.makers import MAKERS
from connector.plan.policies import PolicyLike
from connector.rules.decision import Decision
from connector.rules.sentence import sentence

SETS = ("set_field", "set_flag", "clear_flag")
"""Kinds that write a value, and so once more where it was changed back."""


def asked(decisions: Iterable[Decision], kin: Kin = ALONE) -> tuple[list[str], list[Ref]]:
    """Return the keys and the target records of all the decisions' actions.

    Among the keys are those of the same changes in the clients' other records.
    """
    keys, targets = [], []
    for decision in decisions:
        for action in decision.actions:
            key, kind, target = action_key(decision, action, kin), str(action["kind"]), _target(action)
            keys += [key, again_key(key)] if kind in SETS else [key]
            keys += kin.keys(decision.policy, kind, target, _period(decision, action))
            targets.append(target)
    return keys, targets


def moving(decisions: Iterable[Decision]) -> list[Ref]:
    """Return the records to which the decisions give another owner."""
    actions = (action for decision in decisions for action in decision.actions)
    return [_target(action) for action in actions if action["kind"] == "change_owner"]


def moves(decision: Decision) -> bool:
    """Tell whether the decision gives a client another owner."""
    return any(action["kind"] == "change_owner" for action in decision.actions)


def again_key(key: str) -> str:
    """Return the key of writing a value once more, after somebody changed it back."""
    return derived_key(key, "again")


def action_key(decision: Decision, action: Mapping[str, Any], kin: Kin = ALONE) -> str:
    """Return the key of the change that an action asks for."""
    return kin.key(decision, str(action["kind"]), _target(action), _period(decision, action))


def make_change(
    decision: Decision,
    action: Mapping[str, Any],
    policy: PolicyLike,
    standing: Standing,
    zone: ZoneInfo,
    words: Texts,
) -> AnyChange | None:
    """Return the change an action asks for; None where the CRM already holds what it would write."""
    source, target = _target(action)
    period = _period(decision, action)
    card = standing.cards.get((source, target), Card(None, "active"))
    common: dict[str, Any] = {
        "key": action_key(decision, action, standing.kin),
        "source": source,
        "target": target,
        "policy": policy.id,
        "policy_version": policy.version,
        "rule": decision.rule,
        "subject": decision.subject,
        "client_name": decision.client_name or "",
        "period": period,
        "reason": sentence(decision, words, standing.people),
        "mode": policy.mode,
    }
    return MAKERS[str(action["kind"])](common, action, card, zone)


def _period(decision: Decision, action: Mapping[str, Any]) -> str:
    return str(action.get("period", decision.period))


def _target(action: Mapping[str, Any]) -> Ref:
    return Ref(*str(action["target"]).split(":", 1))
