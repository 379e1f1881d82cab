"""Policies: one TOML file each, which names a rule, its parameters and what may be done with its findings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connector.changes import Mode
from connector.errors import ConfigError, PolicyError
from connector.locale import texts
from connector.rules.layers import NOTHING, Layers
from connector.rules.period import Month
from connector.rules.place import Place
from connector.rules.policy_actions import TaskAction, read_actions
from connector.rules.policy_file import Belongings, PolicyFile, file_model
from connector.rules.policy_layers import read_layers
from connector.rules.policy_mistakes import Mistake, misfits, place_of
from connector.rules.policy_source import PolicySource, SourceError, read_source
from connector.rules.rule import Rule, takes_receivers
from connector.rules.rulebook import BUILT, Rulebook
from connector.rules.terms import Parameters

ADVICE = "run `connector init`: it writes one policy for every rule"


@dataclass(frozen=True)
class Policy:
    """A policy in force: `params` is of the rule's own model, `digest` changes with what the file says.

    `by` is the rule itself where it is none of ours.
    """

    id: str
    version: str
    title: str
    mode: Mode
    rule: str
    params: Parameters
    effective_from: date | None = None
    owner: str | None = None
    max_open: int | None = None
    along: tuple[Belongings, ...] = ()
    write_to: tuple[str, ...] = ()
    digest: str = ""
    path: Path | None = None
    max_actions_per_run: int | None = None
    layers: Layers = NOTHING
    actions: tuple[TaskAction, ...] = ()
    by: Rule[Any] | None = field(default=None, compare=False)

    @property
    def judge(self) -> Rule[Any]:
        """The rule that decides."""
        return self.by or BUILT[self.rule]

    @property
    def frames(self) -> frozenset[str]:
        """The store's frames that its rule, its parameters, its condition and its table look at."""
        asked = (action.when.frames() for action in self.actions)
        return frozenset().union(self.judge.frames, self.params.more_frames(), self.layers.frames, *asked)

    def judges(self, period: Month) -> bool:
        """Tell whether the policy was in effect when the month began (contracts §5)."""
        return self.effective_from is None or period.first >= self.effective_from


@dataclass
class Reading:
    """What a folder of policies came to; each list in order of file and place.

    `left_out` are policies whose rule is a plugin's that does not work: the others judge without them.
    """

    policies: list[Policy] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    left_out: list[Mistake] = field(default_factory=list)

    def lines(self, language: str = "en") -> list[str]:
        """Return every mistake in words."""
        return [mistake.said(texts(language)) for mistake in self.mistakes]


def load_policies(folder: Path, rules: Rulebook | None = None) -> list[Policy]:
    """Read every `*.toml` of the folder, sorted by id.

    Raises PolicyError with every mistake of every file on a line of its own, or when there is no policy at
    all. A policy whose rule is a plugin's that does not work is left out.
    """
    return usable_policies(folder, rules or Rulebook())[0]


def usable_policies(folder: Path, rules: Rulebook) -> tuple[list[Policy], list[str]]:
    """Return the policies as `load_policies` does, and a line for each that is left out."""
    reading = read_policies(folder, rules)
    if reading.mistakes:
        raise PolicyError("\n".join(reading.lines()))
    return reading.policies, [each.said(texts("en")) for each in reading.left_out]


def read_policies(folder: Path, rules: Rulebook) -> Reading:
    """Read every `*.toml` of the folder, or the one file; PolicyError where there is none."""
    paths = sorted(folder.glob("*.toml")) if not folder.is_file() else [folder]
    if not paths:
        raise PolicyError("there are no policies", where=str(folder), hint=ADVICE)
    reading = Reading()
    for path in paths:
        _read(path, rules, reading)
    _twins(reading)
    for each in (reading.mistakes, reading.warnings, reading.left_out):
        each.sort()
    reading.policies.sort(key=lambda policy: policy.id)
    return reading


def _read(path: Path, rules: Rulebook, reading: Reading) -> None:
    """Read one file into the reading."""
    try:
        source = read_source(path)
    except SourceError as error:
        place = Place(str(error.file.path), *error.file.position(error.keys))
        reading.mistakes.append(Mistake(place, ".".join(map(str, error.keys)), error.code, error.about))
        return
    except ConfigError as error:
        reading.mistakes.append(_unreadable(error))
        return
    rule = _rule(source, rules, reading)
    if rule is not None:
        _understand(source, rule, reading)


def _unreadable(error: ConfigError) -> Mistake:
    """Return the mistake of a file that is no TOML; its place is in the error's words."""
    path, *numbers = error.where.rsplit(":", 2)
    if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
        path, numbers = error.where, []
    place = Place(path, *map(int, numbers))
    return Mistake(place, "", "unreadable", {"said": error.message.removeprefix("not TOML: ")})


def _rule(source: PolicySource, rules: Rulebook, reading: Reading) -> Rule[Any] | None:
    use = source.data.get("use")
    name = use.get("rule") if isinstance(use, dict) else None
    if not isinstance(name, str):
        known = {"known": rules.names()}
        reading.mistakes.append(Mistake(place_of(source, ("use",)), "[use] rule", "no_rule_named", known))
        return None
    rule, place = rules.find(name), place_of(source, ("use", "rule"))
    if rule is None and (said := rules.broken(name)):
        reading.left_out.append(Mistake(place, "use.rule", "broken_rule", {"word": name, "said": said}))
    elif rule is None:
        about = {"word": name, "known": rules.names()}
        reading.mistakes.append(Mistake(place, "use.rule", "no_rule", about))
    return rule


def _understand(source: PolicySource, rule: Rule[Any], reading: Reading) -> None:
    """Take what the file says as a policy of the rule, with all that is wrong with it."""
    params: type[Parameters] = rule.params
    model = file_model(rule.name, params, receives=takes_receivers(rule))
    layers, mistakes, warnings = read_layers(source, rule)
    actions, wrong = read_actions(source, rule)
    mistakes += wrong
    reading.warnings += warnings
    plain = {key: value for key, value in source.data.items() if key != "table"}
    try:
        said = model.model_validate(plain)
    except ValidationError as error:
        mistakes += misfits(source, error, model)
    reading.mistakes += mistakes
    if not mistakes:
        reading.policies.append(_policy(source, rule, said, layers, actions))
        reading.warnings += _odd(source, said)


def _policy(
    source: PolicySource,
    rule: Rule[Any],
    said: PolicyFile,
    layers: Layers,
    actions: tuple[TaskAction, ...],
) -> Policy:
    params = {name: value for name, value in source.data["use"].items() if name != "rule"}
    wording = said.model_dump_json() + (layers.said() if layers else "")
    return Policy(
        id=said.id,
        version=said.version,
        title=said.title,
        mode=said.mode,
        rule=rule.name,
        params=rule.params.model_validate(params),
        effective_from=said.effective_from,
        owner=said.owner,
        max_open=said.limits.max_open,
        max_actions_per_run=said.limits.max_actions_per_run,
        along=said.along,
        write_to=said.write_to,
        digest=hashlib.sha256(wording.encode()).hexdigest(),
        path=source.path,
        layers=layers,
        actions=actions,
        by=rule,
    )


def _odd(source: PolicySource, said: PolicyFile) -> list[Mistake]:
    """Warn of a beginning inside a month: the month that it cuts is not judged."""
    begins = said.effective_from
    if begins is None or begins.day == 1:
        return []
    about = {"month": str(Month.of(begins).plus(1))}
    return [Mistake(place_of(source, ("effective_from",)), "effective_from", "inside_month", about)]


def _twins(reading: Reading) -> None:
    """Complain of each policy whose id an earlier file has taken, and warn of one whose rule is taken."""
    ids: dict[str, Policy] = {}
    rules: dict[str, Policy] = {}
    for policy in sorted(reading.policies, key=lambda policy: str(policy.path)):
        if policy.id in ids:
            _taken(reading.mistakes, policy, ids[policy.id], ("id",), "taken", policy.id)
        elif policy.rule in rules:
            _taken(reading.warnings, policy, rules[policy.rule], ("use", "rule"), "rule_twice", policy.rule)
        ids.setdefault(policy.id, policy)
        rules.setdefault(policy.rule, policy)


def _taken(
    told: list[Mistake], policy: Policy, first: Policy, keys: tuple[str, ...], code: str, word: str
) -> None:
    if policy.path is not None:
        place = place_of(read_source(policy.path), keys)
        told.append(Mistake(place, ".".join(keys), code, {"word": word, "first": str(first.path)}))
