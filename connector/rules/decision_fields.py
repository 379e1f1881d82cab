"""What `when` sees of a decision beside its client: the decision's own keys, and the numbers of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.rules.rule import Rule
from connector.rules.where.fields import CLIENT_FIELDS, FieldSpec, Kind
from connector.rules.wording import Bilingual


def _numbers(*names: str, **others: Kind) -> dict[str, Kind]:
    plain: dict[str, Kind] = dict.fromkeys(names, "number")
    return plain | others


NUMBERS: Mapping[str, Mapping[str, Kind]] = {
    "abc": _numbers("value", "share", "cumulative_before"),
    "stability": _numbers("cv"),
    "contact_norm": _numbers(
        *("required", "plan_required", "done", "missing", "coverage", "eligible_days", "period_days")
    ),
    "no_contact": _numbers("days_since_last", "other_touches", "overdue_planned", next_planned="day"),
    "next_contact": _numbers(due="day"),
    "daily_plan": _numbers("position", date="day"),
    "at_risk": _numbers("required", "done", "missing", "remaining_days", held_by="text"),
    "orphan": {},
    "base_balance": _numbers("clients", "load", "utilisation", "ratio", "gini"),
    "withdraw": _numbers("missing", "required"),
    "reassign": _numbers("cost", to="text"),
    "key_account": _numbers("fit_low", "fit_high", "answered"),
}
"""The numbers of our rules' decisions (model §3) with their kinds; a plugin's rule has its own `numbers`."""

DECISION_FIELDS: Mapping[str, FieldSpec] = {
    "decision": FieldSpec("text", Bilingual("ответ правила", "the rule's answer")),
    "reason": FieldSpec("text", Bilingual("причина, как в decide", "the reason, as `decide` prints it")),
    "employee": FieldSpec("text", Bilingual("код сотрудника", "the employee's id")),
    "period": FieldSpec("text", Bilingual("месяц, например 2026-09", "the month, such as 2026-09")),
    "flags": FieldSpec("texts", Bilingual("пометки", "the flags")),
}


def numbers_of(rule: Rule[Any]) -> Mapping[str, Kind]:
    """Return the numbers of the rule's decisions by name, with their kinds."""
    said: Mapping[str, Kind] = getattr(rule, "numbers", {})
    return NUMBERS.get(rule.name, said)


def fields_of(rule: Rule[Any]) -> dict[str, FieldSpec]:
    """Return every field that `when` may name; the rule's own words go before the client's."""
    about = Bilingual("число решения", "a number of the decision")
    numbers = {name: FieldSpec(kind, about) for name, kind in numbers_of(rule).items()}
    return {**CLIENT_FIELDS, **DECISION_FIELDS, **numbers}
