"""The terms that several rules share, set in the policies `abc` and `contact_norm`: class, contact, norm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from connector.model import EventKind
from connector.rules.layers import Layers

Class = Literal["A", "B", "C"]


class Parameters(BaseModel):
    """Parameters of a rule: never altered, no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def more_frames(self) -> frozenset[str]:
        """Return the store's frames that are read only because a parameter asks for it."""
        return frozenset()


P = TypeVar("P", bound=Parameters)


def parameter(default: Any, english: str, russian: str, **limits: Any) -> Any:
    """Return a field with its default, its limits, and its meaning in both languages for the policy file."""
    return Field(default, description=english, json_schema_extra={"ru": russian}, **limits)


class PerClass(Parameters):
    """A whole number for each class of client."""

    A: int = Field(ge=0)
    B: int = Field(ge=0)
    C: int = Field(ge=0)


class AbcParams(Parameters):
    """How clients are ranked by turnover (features C1)."""

    metric: Literal["revenue", "margin", "orders"] = parameter(
        "revenue",
        "what clients are ranked by: revenue, margin or orders (number of sales)",
        "по чему ранжируем: revenue (выручка), margin (маржа) или orders (число продаж)",
    )
    window_months: int = parameter(
        12,
        "full months before the period that count",
        "сколько полных месяцев до периода учитываем",
        ge=1,
        le=60,
    )
    a_below: int = parameter(
        80,
        "class A: share of turnover before the client, in percent, is below this",
        "класс A: доля оборота до клиента, в процентах, меньше этой",
        ge=1,
        le=100,
    )
    b_below: int = parameter(
        95,
        "class B: share before the client is below this; the rest is C",
        "класс B: доля до клиента меньше этой; остальные — C",
        ge=1,
        le=100,
    )
    new_months: int = parameter(
        3,
        "a client created later than this many months before the period is new: class C",
        "клиент, созданный позже чем за столько месяцев до периода, — новый: класс C",
        ge=0,
    )
    demote_after: int = parameter(
        1,
        "a client falls to a lower class after this many months below it in a row; it rises at once",
        "класс понижается после стольких месяцев подряд ниже; повышается сразу",
        ge=1,
        le=12,
    )
    turnover_source: str | None = parameter(
        None,
        "the one source whose sales count; default: the first by priority that has any",
        "источник, чьи продажи считаем; по умолчанию первый по приоритету, где они есть",
    )
    currency: str = parameter(
        "RUB",
        "currency of the ranking; amounts in others need a rate",
        "валюта ранжирования; для других нужен курс",
    )
    rates: dict[str, float] = parameter(
        {},
        "price of one unit of another currency, for example { USD = 90.0 }",
        "цена единицы другой валюты, например { USD = 90.0 }",
    )


class ContactNormParams(Parameters):
    """What a contact is and how many a client of each class is owed in a month (features C2)."""

    norm: PerClass = parameter(
        PerClass(A=4, B=2, C=1),
        "contacts owed a month, by class",
        "сколько контактов в месяц положено, по классам",
    )
    kinds: tuple[EventKind, ...] = parameter(
        ("call", "meeting"),
        "what counts as a contact once it is completed",
        "что считается контактом, когда состоялось",
        strict=False,
        min_length=1,
    )
    min_call_seconds: int = parameter(
        0,
        "a call shorter than this does not count, if its length is known",
        "звонок короче не считается, если длительность известна",
        ge=0,
    )
    max_counted_per_day: int = parameter(
        1,
        "contacts with one client that count on one day",
        "сколько контактов с одним клиентом за день засчитываем",
        ge=1,
    )
    credit: Literal["owner_or_deputy", "owner", "team"] = parameter(
        "owner_or_deputy",
        "whose contacts count for the owner: owner_or_deputy (the deputy during an absence), owner, or team "
        "(also those of the card's co-owners)",
        "чьи контакты идут в зачёт ответственному: owner_or_deputy (и заместителя, пока его нет), owner "
        "или team (и соответственных из карточки)",
    )
    no_class: Class = parameter(
        "C", "class of a client that has none yet", "класс клиента, у которого его ещё нет"
    )
    class_at: Literal["period_start", "strictest"] = parameter(
        "period_start",
        "class given from outside that changed within the month, or differs between sources: that of the "
        "month's start, or strictest (the one that owes most)",
        "класс, заданный извне, сменился за месяц или в источниках разный: period_start (на начало месяца) "
        "или strictest (тот, по которому положено больше)",
    )
    scale_by_wd: bool = parameter(
        False,
        "true: the norm is for a month of 21 working days and shrinks or grows with the month",
        "true: норма — на месяц из 21 рабочего дня и меняется вместе с месяцем",
    )

    def more_frames(self) -> frozenset[str]:
        """Return `co_owners` where their contacts count."""
        return frozenset({"co_owners"}) if self.credit == "team" else frozenset()


@dataclass(frozen=True)
class Terms:
    """The terms in force: those of the policies `abc` and `contact_norm`, or their defaults.

    `others` holds what policies say of the other rules, by rule; None where a policy of the rule is there but
    not yet in force.
    """

    abc: AbcParams = field(default_factory=AbcParams)
    contact: ContactNormParams = field(default_factory=ContactNormParams)
    others: Mapping[str, Parameters | None] = field(default_factory=dict)
    layers: Mapping[str, Layers] = field(default_factory=dict)
    """The conditions and tables of policies that have any, by rule."""

    def of(self, rule: str, params: type[P]) -> P | None:
        """Return the rule's parameters: the policy's, the defaults without one, None if not yet in force."""
        if rule not in self.others:
            return params()
        found = self.others[rule]
        return found if isinstance(found, params) else None
