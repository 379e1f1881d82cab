"""A decision as one sentence for people; decides nothing and knows no rule's inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from types import MappingProxyType
from typing import Any

from connector.locale import Texts
from connector.rules.decision import Decision
from connector.rules.policy import Policy
from connector.rules.rule import sentences_of

_PATTERNS = {
    "share_below": re.compile(r"share before it is below (?P<percent>[\d.]+) %"),
    "share_beyond": re.compile(r"share before it is (?P<percent>[\d.]+) % or more"),
    "short_history": re.compile(r"fewer than (?P<months>\d+) months of history"),
    "varies_at_most": re.compile(r"turnover varies by at most (?P<percent>\d+) %"),
    "varies_more": re.compile(r"turnover varies by more than (?P<percent>\d+) %"),
    "beyond_capacity": re.compile(r"contacts beyond the manager's capacity: (?P<count>\d+)"),
    "no_days_left": re.compile(r"contacts for which no days are left: (?P<count>\d+)"),
    "must_have_failed": re.compile(r"must-have answered no: (?P<names>.+)"),
    "answers_missing": re.compile(r"answers are missing: (?P<names>.+)"),
    "cheaper_other": re.compile(
        r"(?P<cheaper>.+) is cheaper by (?P<saved>\d+), "
        r"but another client gains (?P<gain>\d+) by taking its place"
    ),
    "cheaper_gain": re.compile(
        r"(?P<cheaper>.+) is cheaper by (?P<saved>\d+), "
        r"but (?P<other>.+) gains (?P<gain>\d+) by taking its place"
    ),
    "cheaper_full": re.compile(r"(?P<cheaper>.+) is cheaper by (?P<saved>\d+), but has no place left"),
}
"""Reasons that carry names or numbers, and the texts that say them."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

NOBODY: Mapping[str, str] = MappingProxyType({})
WHO = ("to", "cheaper")
"""What of numbers and reasons names an employee."""


def sentence(decision: Decision, words: Texts, people: Mapping[str, str] = NOBODY) -> str:
    """Return why the decision is what it is, with the numbers that matter, in the language of the texts.

    `people` are names of employees by the id that decisions print; one who is not among them stays an id.

    A reason or a rule without a text of its own (a policy's or a plugin's) is said as it stands; a decision
    that lacks a number its sentence needs is said by its reason alone.
    """
    reason = _reason(decision.reason, words, people)
    numbers = {name: _shown(value) for name, value in decision.numbers.items()}
    numbers |= {name: people[value] for name, value in numbers.items() if name in WHO and value in people}
    for key in (f"said.{decision.rule}_{_variant(decision)}", f"said.{decision.rule}"):
        if key in words:
            with suppress(KeyError):
                return words.say(key, **{**numbers, "decision": decision.decision, "reason": reason})
    return reason


def with_rules(words: Texts, policies: Iterable[Policy]) -> Texts:
    """Return the texts with those of the policies' own rules, which never take the place of ours."""
    said: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for policy in policies:
        for name, text in sentences_of(policy.judge).items():
            spoken = text.said("ru" if words.language == "ru" else "en")
            said[f"{policy.rule}_{name}" if name else policy.rule] = spoken
            reasons[name] = spoken
    return words.plus({"said": said, "reason": reasons})


def without_others(reason: str) -> str:
    """Return the reason without the other client whom it names, for whoever may not know that one."""
    found = _PATTERNS["cheaper_gain"].fullmatch(reason)
    if found is None or _PATTERNS["cheaper_other"].fullmatch(reason):
        return reason
    said = found.groupdict()
    return (
        f"{said['cheaper']} is cheaper by {said['saved']}, "
        f"but another client gains {said['gain']} by taking its place"
    )


def _variant(decision: Decision) -> str:
    """Name the wording that the rule's usual sentence does not fit."""
    if decision.rule != "no_contact":
        return decision.decision
    never = ["never"] if decision.numbers.get("days_since_last") is None else []
    return "_".join([*never, *(["planned"] if decision.numbers.get("next_planned") else [])])


def _reason(reason: str, words: Texts, people: Mapping[str, str]) -> str:
    """Return the reason in the language, with the names and numbers that it carries."""
    for name, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(reason):
            said = found.groupdict().items()
            values = {
                about: people.get(value, value) if about in WHO else _named(value, words)
                for about, value in said
            }
            return words.say(f"reason.{name}", **values)
    key = f"reason.{reason}"
    return words.say(key) if key in words else reason


def _named(listed: str, words: Texts) -> str:
    """Return a list of names in words: those of the usual criteria have titles, others stay as they are."""
    keys = {name: f"criterion.{name}" for name in listed.split(", ")}
    return ", ".join(words.say(key) if key in words else name for name, key in keys.items())


def _shown(value: Any) -> Any:
    """Return a day as people write it, anything else as it is."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value).strftime("%d.%m.%Y")
    return value
