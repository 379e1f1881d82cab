"""A mistake in a policy: where it stands, what it is, what to do; said in Russian or English."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connector.locale import Texts
from connector.rules.place import Place
from connector.rules.policy_source import PolicySource
from connector.tomlfile import KeyPath, known_keys

_LONGEST = 40
_NEAR = 0.6

_KINDS = {
    "extra_forbidden": "unknown_key",
    "missing": "missing",
    "int_type": "whole_number",
    "int_from_float": "whole_number",
    "float_type": "number",
    "string_type": "text",
    "bool_type": "truth",
    "date_type": "date",
    "date_from_datetime_inexact": "date",
    "date_from_datetime_parsing": "date",
    "tuple_type": "list",
    "list_type": "list",
    "dict_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
    "literal_error": "one_of",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "string_pattern_mismatch": "pattern",
    "string_too_short": "empty_text",
    "too_short": "empty_list",
}
"""What pydantic calls a mistake, and what we call it; all else is `other`."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: its text is `mistake.CODE`, filled in with `about`; `key` is what it is about."""

    place: Place
    key: str
    code: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def said(self, words: Texts) -> str:
        """Return the line: `file:line:column: key: what, did you mean ...? — what to do`."""
        about = {name: _shown(name, value, words) for name, value in self.about.items()}
        if "known" in self.about:
            near = _near(str(self.about.get("word", "")), self.about["known"], words)
            known = words.say("mistake.known", known=about["known"]) if self.about["known"] else ""
            about |= {"nearest": f", {near}" if near else "", "near": near or known}
        key = f"{self.key}: " if self.key else ""
        return f"{self.place}: {key}{words.say(f'mistake.{self.code}', **about)}"

    def __lt__(self, other: Mistake) -> bool:
        return (self.place, self.key) < (other.place, other.key)


def _shown(name: str, value: Any, words: Texts) -> str:
    """Return a value as people read it: lists joined, kinds of values named, long texts cut."""
    if name in ("kind", "wanted", "left", "right"):
        return words.say(f"mistake.kind_{value}")
    if name == "said" and f"toml.{value}" in words:
        return words.say(f"toml.{value}")
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"{text[:_LONGEST]}…" if name in ("value", "word") and len(text) > _LONGEST else text


def _near(word: str, known: Sequence[str], words: Texts) -> str:
    """Return the nearest known word, "" where none is near."""
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=_NEAR)
    return words.say("mistake.did_you_mean", word=lower[near[0]]) if near else ""


def place_of(source: PolicySource, keys: KeyPath) -> Place:
    """Return where the key stands, or its nearest parent."""
    file = source.home(keys)
    return Place(str(file.path), *file.position(keys))


def place_in_text(source: PolicySource, keys: KeyPath, index: int) -> Place:
    """Return where the sign at the index of the key's text stands."""
    found = source.inside(keys, index)
    return Place(str(source.home(keys).path), *found) if found else place_of(source, keys)


def misfits(source: PolicySource, error: ValidationError, model: type[BaseModel]) -> list[Mistake]:
    """Return everything about the file that does not fit the model."""
    problems = error.errors(include_url=False)
    return [_misfit(source, problem, model) for problem in problems]


def _misfit(source: PolicySource, problem: ErrorDetails, model: type[BaseModel]) -> Mistake:
    keys = tuple(part for part in problem["loc"] if not str(part).startswith("function-"))
    code = _KINDS.get(problem["type"], "other")
    about: dict[str, Any] = {"value": _value(problem["input"])}
    context = problem.get("ctx", {})
    if code == "unknown_key":
        about |= {"word": str(keys[-1]), "known": known_keys(model, keys[:-1])}
    elif code == "one_of":
        about |= {"word": str(problem["input"]), "known": _choices(str(context.get("expected", "")))}
    elif code in ("at_least", "at_most"):
        about |= {"bound": context.get("ge", context.get("le"))}
    elif code == "other":
        about |= {"said": problem["msg"].removeprefix("Value error, ")}
    return Mistake(place_of(source, keys), ".".join(map(str, keys)), code, about)


def _choices(expected: str) -> list[str]:
    """Return the words in pydantic's `'dry_run', 'approve' or 'auto'`."""
    return [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
