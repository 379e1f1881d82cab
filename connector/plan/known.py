"""What a new plan must know beforehand: our earlier changes, the clients' cards, what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.changes import AnyChange, Permission, Value
from connector.plan.holding import Views
from connector.plan.kin import Kin
from connector.store.belongings import Belonging


def _nothing(_: AnyChange) -> None:
    return None


@dataclass(frozen=True)
class Ability:
    """What a source may be asked to write: the admin's permissions and the kinds its plugin writes."""

    allowed: frozenset[Permission]
    kinds: frozenset[str]
    unplaced: Callable[[AnyChange], str | None] = _nothing
    """Returns the setting that must name the field which a change writes, None where nothing lacks."""


@dataclass(frozen=True)
class Card:
    """A client's record in one source as last pulled; `read_at` is when its stream was read last."""

    owner: str | None
    status: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    read_at: datetime | None = None


Item = tuple[str, str, str, str]
"""Source, client, assignee and purpose: there is one open item of ours for each."""


@dataclass(frozen=True)
class Standing:
    """What the store knows of our changes and of the clients.

    `states` is the state of each key, `done_at` since when those of values are done; `people` names employees
    by the id that decisions print.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    done_at: Mapping[str, datetime] = field(default_factory=dict)
    open_items: Mapping[Item, str] = field(default_factory=dict)
    cards: Mapping[tuple[str, str], Card] = field(default_factory=dict)
    belongings: Mapping[tuple[str, str], Sequence[Belonging]] = field(default_factory=dict)
    views: Views = field(default_factory=Views)
    kin: Kin = field(default_factory=Kin)
    people: Mapping[str, str] = field(default_factory=dict)
