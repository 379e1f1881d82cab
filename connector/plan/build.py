"""Turns decisions into a plan: keys, targets, expected values; drops what is done, covered or not allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from connector.changes import (
    AnyChange,
    CreateTask,
    Mode,
    Permission,
    PlanContact,
    SetField,
    Value,
    change_key,
)
from connector.locale import Texts, texts
from connector.model import Ref
from connector.plan.model import Plan, PolicyStamp, Unsent, Why
from connector.rules.decision import Decision
from connector.rules.sentence import sentence
from connector.store.states import RENEWABLE

TASK_DUE = time(18, 0)
CONTACT_DUE = time(10, 0)
"""Due times fall in working hours: a task by the end of the day, a call or meeting in its morning."""


class PolicyLike(Protocol):
    """What the plan needs of a policy."""

    @property
    def id(self) -> str:
        """The file's own id; part of every key."""
        ...

    @property
    def version(self) -> str:
        """The version that people gave it."""
        ...

    @property
    def mode(self) -> Mode:
        """Whether its changes are shown, asked for, or sent."""
        ...

    @property
    def digest(self) -> str:
        """A hash of its wording."""
        ...

    @property
    def max_open(self) -> int | None:
        """How many open items of ours one assignee may have; None: any number."""
        ...


@dataclass(frozen=True)
class Ability:
    """What a source may be asked to write: the admin's permissions and the kinds its plugin writes."""

    allowed: frozenset[Permission]
    kinds: frozenset[str]


@dataclass(frozen=True)
class Card:
    """A client's record in one source as last pulled."""

    owner: str | None
    status: str
    fields: Mapping[str, Value] = field(default_factory=dict)


Item = tuple[str, str, str, str]
"""Source, client, assignee and purpose: there is one open item of ours for each."""


@dataclass(frozen=True)
class Standing:
    """What the store knows of our own changes: the state of each key, and our items that are still open."""

    states: Mapping[str, str] = field(default_factory=dict)
    open_items: Mapping[Item, str] = field(default_factory=dict)
    cards: Mapping[tuple[str, str], Card] = field(default_factory=dict)


def build_plan(
    decisions: Iterable[Decision],
    *,
    policies: Sequence[PolicyLike],
    standing: Standing,
    abilities: Mapping[str, Ability],
    as_of: datetime,
    zone: ZoneInfo,
    language: str = "ru",
) -> Plan:
    """Return the plan for the decisions' actions, in the decisions' order.

    A change already done is left out or listed as unsent; a second item for the same client, assignee and
    purpose is `covered` by the first; more open items than the policy's cap for one assignee are `queued`;
    what the admin does not allow or the plugin cannot do is listed with the reason.
    """
    draft = _Draft({policy.id: policy for policy in policies}, standing, abilities, zone, texts(language))
    for decision in decisions:
        for action in decision.actions:
            draft.add(decision, action)
    stamps = tuple(PolicyStamp(id=p.id, version=p.version, mode=p.mode, digest=p.digest) for p in policies)
    return Plan.model_validate(
        {
            "as_of": as_of,
            "zone": str(zone),
            "language": language,
            "policies": stamps,
            "changes": tuple(draft.changes),
            "unsent": tuple(draft.unsent),
        }
    )


class _Draft:
    """A plan in the making: what was taken, what was not, and which items are open by now."""

    def __init__(
        self,
        policies: Mapping[str, PolicyLike],
        standing: Standing,
        abilities: Mapping[str, Ability],
        zone: ZoneInfo,
        words: Texts,
    ) -> None:
        self.changes: list[AnyChange] = []
        self.unsent: list[Unsent] = []
        self._policies = policies
        self._standing = standing
        self._abilities = abilities
        self._zone = zone
        self._words = words
        self._open = dict(standing.open_items)
        self._load: dict[tuple[str, str, str], int] = {}
        for source, _, assignee, purpose in self._open:
            self._count(source, assignee, purpose)

    def add(self, decision: Decision, action: Mapping[str, Any]) -> None:
        """Take the action as a change, or list it with the reason why not."""
        policy = self._policies[decision.policy]
        change = make_change(decision, action, policy, self._standing, self._zone, self._words)
        if change is None:
            return
        why, note, by = self._obstacle(change, policy)
        if why is None:
            self._take(change)
        else:
            self.unsent.append(_unsent(change, why, note, by))

    def _obstacle(self, change: AnyChange, policy: PolicyLike) -> tuple[Why | None, str, str | None]:
        """Return the first reason not to send it, a note for people, and the key that stands for it."""
        state = self._standing.states.get(change.key)
        if state is not None and state not in RENEWABLE:
            return "done", state, change.key
        ability = self._abilities.get(change.source, Ability(frozenset(), frozenset()))
        if change.kind not in ability.kinds:
            return (
                "unsupported",
                self._words.say("plan.note_unsupported", source=change.source, kind=change.kind),
                None,
            )
        if change.permission not in ability.allowed:
            return (
                "not_allowed",
                self._words.say("plan.note_not_allowed", source=change.source, permission=change.permission),
                None,
            )
        if isinstance(change, CreateTask | PlanContact):
            return self._crowded(change, policy)
        return None, "", None

    def _crowded(
        self, change: CreateTask | PlanContact, policy: PolicyLike
    ) -> tuple[Why | None, str, str | None]:
        if not change.assignee:
            return "no_assignee", "the client has no owner", None
        covered = self._open.get(_item(change))
        if covered is not None:
            return "covered", "an open item of ours serves the same purpose", covered
        load = self._load.get((change.source, change.assignee, change.purpose), 0)
        if policy.max_open is not None and load >= policy.max_open:
            return "queued", f"{load} open items already, the policy allows {policy.max_open}", None
        return None, "", None

    def _take(self, change: AnyChange) -> None:
        self.changes.append(change)
        if isinstance(change, CreateTask | PlanContact):
            self._open[_item(change)] = change.key
            self._count(change.source, change.assignee, change.purpose)

    def _count(self, source: str, assignee: str, purpose: str) -> None:
        place = (source, assignee, purpose)
        self._load[place] = self._load.get(place, 0) + 1


def _item(change: CreateTask | PlanContact) -> Item:
    return (change.source, change.target, change.assignee, change.purpose)


def _unsent(change: AnyChange, why: Why, note: str, by: str | None) -> Unsent:
    return Unsent(
        key=change.key,
        kind=change.kind,
        policy=change.policy,
        subject=change.subject,
        client_name=change.client_name,
        source=change.source,
        why=why,
        note=note,
        by=by,
    )


def asked(decisions: Iterable[Decision]) -> tuple[list[str], list[Ref]]:
    """Return the keys and the target records of all the decisions' actions."""
    keys, targets = [], []
    for decision in decisions:
        for action in decision.actions:
            keys.append(action_key(decision, action))
            targets.append(Ref(*str(action["target"]).split(":", 1)))
    return keys, targets


def action_key(decision: Decision, action: Mapping[str, Any]) -> str:
    """Return the key of the change that an action asks for."""
    if decision.client_number is None:
        raise ValueError(f"{decision.policy}: an action needs a client, {decision.subject} is none")
    period = str(action.get("period", decision.period))
    return change_key(
        decision.policy, decision.client_number, str(action["target"]), str(action["kind"]), period
    )


def make_change(
    decision: Decision,
    action: Mapping[str, Any],
    policy: PolicyLike,
    standing: Standing,
    zone: ZoneInfo,
    words: Texts,
) -> AnyChange | None:
    """Return the change an action asks for; None where the CRM already holds what it would write."""
    source, _, target = str(action["target"]).partition(":")
    period = str(action.get("period", decision.period))
    card = standing.cards.get((source, target), Card(None, "active"))
    common: dict[str, Any] = {
        "key": action_key(decision, action),
        "source": source,
        "target": target,
        "policy": policy.id,
        "policy_version": policy.version,
        "rule": decision.rule,
        "subject": decision.subject,
        "client_name": decision.client_name or "",
        "period": period,
        "reason": sentence(decision, words),
        "mode": policy.mode,
    }
    return _MAKERS[str(action["kind"])](common, action, card, zone)


def _task(common: dict[str, Any], action: Mapping[str, Any], card: Card, zone: ZoneInfo) -> AnyChange:
    return CreateTask(
        **common,
        expected={"owner": card.owner, "status": card.status},
        assignee=action.get("assignee") or "",
        title=action["title"],
        text=action.get("text", ""),
        due=_due(action["due"], TASK_DUE, zone),
    )


def _contact(common: dict[str, Any], action: Mapping[str, Any], card: Card, zone: ZoneInfo) -> AnyChange:
    return PlanContact(
        **common,
        expected={"owner": card.owner, "status": card.status},
        contact=action.get("contact", "call"),
        assignee=action.get("assignee") or "",
        title=action["title"],
        text=action.get("text", ""),
        due=_due(action["due"], CONTACT_DUE, zone),
    )


def _field(common: dict[str, Any], action: Mapping[str, Any], card: Card, zone: ZoneInfo) -> AnyChange | None:
    name, new = action["field"], action["new"]
    old = card.fields.get(name)
    if old == new:
        return None
    return SetField(**common, expected={name: old}, field=name, old=old, new=new)


_MAKERS = {"create_task": _task, "plan_contact": _contact, "set_field": _field}


def _due(day: str, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), at, tzinfo=zone)
