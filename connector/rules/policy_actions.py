"""Reads `[[action]]` of a policy file: when which task is given to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from connector.rules.decision_fields import DECISION_FIELDS, fields_of, numbers_of
from connector.rules.policy_mistakes import Mistake, place_in_text
from connector.rules.policy_source import PolicySource
from connector.rules.rule import Rule
from connector.rules.where.condition import Condition, read_condition

ACTION = "action"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
SHOWN = ("client", "due")
"""What a text may show beside the decision's keys and numbers."""


@dataclass(frozen=True)
class TaskAction:
    """A task that a policy adds to the decisions for which `when` holds; `days` are working days."""

    id: str
    when: Condition
    to: str
    days: int
    title: str
    text: str

    def said(self) -> str:
        """Return the action in words: what changes here changes plans."""
        return "\n".join((self.id, self.when.text, self.to, str(self.days), self.title, self.text))


def read_actions(source: PolicySource, rule: Rule[Any]) -> tuple[tuple[TaskAction, ...], list[Mistake]]:
    """Return the actions that are right, and what is wrong with conditions and texts of the others.

    What else is wrong (a key, a kind of value) the model of the file tells.
    """
    said = source.data.get(ACTION)
    found: list[TaskAction] = []
    mistakes: list[Mistake] = []
    for number, one in enumerate(said if isinstance(said, list) else []):
        if isinstance(one, dict):
            action, wrong = _action(source, rule, number, one)
            found += [action] if action else []
            mistakes += wrong
    return tuple(found), [*mistakes, *_twins(source, found)]


def _action(
    source: PolicySource, rule: Rule[Any], number: int, one: dict[str, Any]
) -> tuple[TaskAction | None, list[Mistake]]:
    one = {"due": "+3wd", "text": ""} | one
    texts = [one.get(name) for name in ("id", "when", "to", "due", "title", "text")]
    if not all(isinstance(text, str) for text in texts):
        return None, []
    id_, when, to, due, title, text = map(str, texts)
    condition, problems = read_condition(when, fields_of(rule))
    wrong = [_at(source, number, "when", each.at, each.code, each.about) for each in problems]
    known = [*SHOWN, *DECISION_FIELDS, *numbers_of(rule)]
    for name, said in (("title", title), ("text", text)):
        wrong += [
            _at(source, number, name, found.start(), "placeholder", {"word": found[1], "known": known})
            for found in PLACEHOLDER.finditer(said)
            if found[1] not in known
        ]
    days = re.fullmatch(r"\+(\d+)wd", due)
    if wrong or condition is None or days is None:
        return None, wrong
    return TaskAction(id_, condition, to, int(days[1]), title, text), []


def _at(
    source: PolicySource, number: int, name: str, index: int, code: str, about: dict[str, Any]
) -> Mistake:
    place = place_in_text(source, (ACTION, number, name), index)
    return Mistake(place, f"{ACTION}.{number}.{name}", code, about)


def _twins(source: PolicySource, actions: Iterable[TaskAction]) -> list[Mistake]:
    """Return a mistake for each action whose id an earlier one has: keys of tasks are made of it."""
    seen: set[str] = set()
    wrong = []
    for number, action in enumerate(actions):
        if action.id in seen:
            wrong.append(_at(source, number, "id", 0, "action_twice", {"word": action.id}))
        seen.add(action.id)
    return wrong
