"""A plan in the making: takes changes one by one, or lists them with the reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    SetField,
    SetFlag,
)
from connector.locale import Texts
from connector.model import Ref
from connector.plan.actions import again_key, make_change
from connector.plan.holding import Hold, held
from connector.plan.known import Ability, Item, Standing
from connector.plan.makers import behind, going_along
from connector.plan.model import Unsent, Why
from connector.plan.policies import PolicyLike
from connector.rules.decision import Decision
from connector.store.states import RENEWABLE

Obstacle = tuple[Why | None, str, str | None]
"""The reason not to send a change (None: it may go), a note for people, the key that stands for it."""
FREE: Obstacle = (None, "", None)


class Draft:
    """What was taken, what was not, and which items are open by now."""

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
        self._taken: Counter[str] = Counter()
        self._moved: dict[Ref, ChangeOwner] = {}
        for source, _, assignee, purpose in self._open:
            self._count(source, assignee, purpose, 1)

    def take(self, decision: Decision) -> None:
        """Take each action as a change, with what goes along with it, or list it with the reason why not.

        What a decision asks for beside a new owner comes after that: nobody is to meet a client that stays
        with another.
        """
        policy, hold = self._policies[decision.policy], held(decision, self._standing.views)
        stuck: dict[Ref, Obstacle] = {}
        for action in decision.actions:
            change = make_change(decision, action, policy, self._standing, self._zone, self._words)
            if change is None:
                continue
            place, change = Ref(*_place(change)), self._again(change)
            why, note, by = stuck.get(place, FREE)
            if why is not None:
                self.unsent.append(unsent(change, why, note, by))
                continue
            obstacle = self._consider(self._after_move(change, policy), policy, hold)
            if isinstance(change, ChangeOwner):
                if obstacle[0] in (None, "done"):
                    self._moved[place] = change
                else:
                    stuck[place] = obstacle
                self._along(change, obstacle, policy)

    def _after_move(self, change: AnyChange, policy: PolicyLike) -> AnyChange:
        """Let an item or note about a client that gets a new owner by this plan wait for that.

        A rehearsed move makes nothing wait that may be sent.
        """
        move = self._moved.get(Ref(*_place(change)))
        if move is None or not isinstance(change, CreateTask | PlanContact | AddNote):
            return change
        rehearsed = self._policies[move.policy].mode == "dry_run" and policy.mode != "dry_run"
        return change if rehearsed else behind(move, change)

    def _along(self, change: ChangeOwner, obstacle: Obstacle, policy: PolicyLike) -> None:
        if obstacle == FREE:
            belongings = self._standing.belongings.get((change.source, change.target), ())
            for each in going_along(change, belongings, policy.along):
                self._consider(each, policy)

    def close(self, item: CreateTask | PlanContact, change: AnyChange) -> None:
        """Take the closing of an item of ours: its place is free for the next one."""
        done = self._standing.states.get(change.key) == "done"
        if not done and self._consider(change, self._policies[change.policy]) != FREE:
            return
        if self._open.get(_item(item)) == item.key:
            del self._open[_item(item)]
            self._count(item.source, item.assignee, item.purpose, -1)

    def _consider(self, change: AnyChange, policy: PolicyLike, hold: Hold | None = None) -> Obstacle:
        obstacle = self._obstacle(change, policy, hold)
        why, note, by = obstacle
        if why is None:
            self._take(change)
        else:
            self.unsent.append(unsent(change, why, note, by))
        return obstacle

    def _again(self, change: AnyChange) -> AnyChange:
        """Write a value once more, under a key of its own, where it was changed back after we wrote it."""
        if not self._reverted(change):
            return change
        return change.model_copy(update={"key": again_key(change.key)})

    def _reverted(self, change: AnyChange) -> bool:
        """Tell whether the value was written, and the card, read since, does not hold it any more."""
        card = self._standing.cards.get((change.source, change.target))
        done_at = self._standing.done_at.get(change.key)
        if not isinstance(change, SetField | SetFlag) or card is None or done_at is None:
            return False
        return card.read_at is not None and card.read_at > done_at

    def _obstacle(self, change: AnyChange, policy: PolicyLike, hold: Hold | None) -> Obstacle:
        state = self._standing.states.get(change.key)
        if state == "contested" or self._reverted(change):
            return "contested", _contest(change), change.key
        if state is not None and state not in RENEWABLE:
            return "done", state, change.key
        for key in self._standing.kin.keys(change.policy, change.kind, _place(change), change.period):
            written = self._standing.states.get(key)
            if written is not None and written not in RENEWABLE:
                return "done", written, key
        if hold is not None:
            return *hold, None
        ability = self._abilities.get(change.source, Ability(frozenset(), frozenset()))
        if change.kind not in ability.kinds:
            return (
                "unsupported",
                self._words.say("plan.note_unsupported", source=change.source, kind=change.kind),
                None,
            )
        # What is only rehearsed is shown before anything may be written: that is what a rehearsal is for
        if change.needs not in ability.allowed and change.mode != "dry_run":
            return (
                "not_allowed",
                self._words.say("plan.note_not_allowed", source=change.source, permission=change.needs),
                None,
            )
        lacking = ability.unplaced(change)
        if lacking is not None and change.mode != "dry_run":
            return "unplaced", self._words.say("plan.note_unplaced", **_names(change, lacking)), None
        crowded = self._crowded(change, policy) if isinstance(change, CreateTask | PlanContact) else FREE
        return crowded if crowded != FREE else self._beyond(change, policy)

    def _beyond(self, change: AnyChange, policy: PolicyLike) -> Obstacle:
        """Tell whether the plan holds as much of the policy as it may; what follows another change may go."""
        most, taken = policy.max_actions_per_run, self._taken[change.policy]
        if most is None or taken < most or _follows(change):
            return FREE
        return "queued", f"{taken} changes in this plan already, the policy allows {most}", None

    def _crowded(self, change: CreateTask | PlanContact, policy: PolicyLike) -> Obstacle:
        if not change.assignee:
            return "no_assignee", "the client has no owner", None
        move = self._moved.get(Ref(*_place(change)))
        if move is not None and change.after == move.key and _in_vain(change, move):
            return "moves", "", move.key
        places = self._standing.kin.places(_place(change), change.assignee)
        items = ((*record, account, change.purpose) for record, account in places)
        covered = next((self._open[item] for item in items if item in self._open), None)
        if covered is not None:
            return "covered", "an open item of ours serves the same purpose", covered
        load = self._load.get((change.source, change.assignee, change.purpose), 0)
        if policy.max_open is not None and load >= policy.max_open:
            return "queued", f"{load} open items already, the policy allows {policy.max_open}", None
        return FREE

    def _take(self, change: AnyChange) -> None:
        self.changes.append(change)
        self._taken[change.policy] += not _follows(change)
        if isinstance(change, CreateTask | PlanContact):
            self._open[_item(change)] = change.key
            self._count(change.source, change.assignee, change.purpose, 1)

    def _count(self, source: str, assignee: str, purpose: str, more: int) -> None:
        place = (source, assignee, purpose)
        self._load[place] = self._load.get(place, 0) + more


def _follows(change: AnyChange) -> bool:
    """Tell whether the change follows from another one, or ends an item: it takes up nobody's time."""
    return change.after is not None or isinstance(change, CompleteTask)


def _item(change: CreateTask | PlanContact) -> Item:
    return (change.source, change.target, change.assignee, change.purpose)


def _place(change: AnyChange) -> Ref:
    return Ref(change.source, change.target)


def _contest(change: AnyChange) -> str:
    """Name the value that was changed back; with it each contest is a line of its own."""
    what, old, new = "", None, None
    if isinstance(change, SetField):
        what, old, new = change.field, change.old, change.new
    elif isinstance(change, SetFlag):
        what, old, new = change.flag, change.old, change.new
    return f"{change.client_name or change.subject}: {what} {old!r}, {new!r}"


def unsent(change: AnyChange, why: Why, note: str, by: str | None = None) -> Unsent:
    """Return a change as one that is not sent now, with the reason."""
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


def _names(change: AnyChange, setting: str) -> dict[str, str]:
    name = change.flag if isinstance(change, SetFlag) else getattr(change, "field", "")
    return {"source": change.source, "setting": setting, "name": name}


def _in_vain(change: CreateTask | PlanContact, move: ChangeOwner) -> bool:
    """Tell whether it asks who loses the client, or whoever stands in to contact it."""
    stands_in = change.purpose == "contact" and change.assignee != move.new and change.policy != move.policy
    return change.assignee == move.old or stands_in
