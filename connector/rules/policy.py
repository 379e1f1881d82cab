"""Policies: one TOML file each, which names a rule, its parameters and what may be done with its findings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from connector.changes import Mode
from connector.errors import ConfigError, PolicyError
from connector.rules.period import Month
from connector.rules.registry import RULES
from connector.rules.rule import Rule
from connector.rules.terms import Parameters
from connector.tomlfile import TomlFile, complain, did_you_mean, read_toml

Belongings = Literal["deals", "contacts", "tasks", "activities"]
"""What hangs on a client: open deals, people, open tasks, planned calls and meetings."""
ADVICE = "run `connector init`: it writes one policy for every rule"


class Limits(BaseModel):
    """How much a policy may have going at once."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_open: int | None = Field(None, ge=1, description="open items of ours for one employee; the rest wait")


class PolicyFile(BaseModel):
    """The keys of a policy file beside `[use]`, whose keys are the rule's own parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal[1] = Field(alias="schema")
    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$", description="never changes: keys of changes are made of it"
    )
    version: str = Field(min_length=1)
    title: str = ""
    mode: Mode = "dry_run"
    effective_from: date | None = None
    owner: str | None = None
    limits: Limits = Limits()
    along: tuple[Belongings, ...] = Field(
        (), strict=False, description="what goes along with a client to a new owner"
    )


@dataclass(frozen=True)
class Policy:
    """A policy in force: `params` is of the rule's own model, `digest` changes with what the file says."""

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
    digest: str = ""
    path: Path | None = None

    def judges(self, period: Month) -> bool:
        """Tell whether the policy was in effect when the month began (contracts §5)."""
        return self.effective_from is None or period.first >= self.effective_from


def load_policies(folder: Path) -> list[Policy]:
    """Read every `*.toml` of the folder, sorted by id.

    Raises PolicyError with every mistake of every file on a line of its own, or when there is no policy at
    all.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise PolicyError("there are no policies", where=str(folder), hint=ADVICE)
    found: list[tuple[TomlFile, Policy]] = []
    problems: list[str] = []
    for path in paths:
        try:
            found.append(_load(path))
        except ConfigError as error:
            problems.append(str(error))
    problems += _twins(found)
    if problems:
        raise PolicyError("\n".join(problems))
    return sorted((policy for _, policy in found), key=lambda policy: policy.id)


@cache
def file_model(rule: str) -> type[PolicyFile]:
    """Return the model of a whole policy file that uses the rule."""
    chosen = RULES[rule]
    name: dict[str, Any] = {"rule": (Literal[rule], ...)}
    use = create_model("Use", __base__=chosen.params, **name)
    return create_model("PolicyFileOfRule", __base__=PolicyFile, use=(use, ...))


def _load(path: Path) -> tuple[TomlFile, Policy]:
    file = read_toml(path)
    rule = _rule(file)
    model = file_model(rule.name)
    try:
        said = model.model_validate(file.data)
    except ValidationError as error:
        raise PolicyError("\n".join(complain(file, error, model))) from None
    params = {name: value for name, value in file.data["use"].items() if name != "rule"}
    policy = Policy(
        id=said.id,
        version=said.version,
        title=said.title,
        mode=said.mode,
        rule=rule.name,
        params=rule.params.model_validate(params),
        effective_from=said.effective_from,
        owner=said.owner,
        max_open=said.limits.max_open,
        along=said.along,
        digest=hashlib.sha256(said.model_dump_json().encode()).hexdigest(),
        path=path,
    )
    return file, policy


def _rule(file: TomlFile) -> Rule[Any]:
    use = file.data.get("use")
    name = use.get("rule") if isinstance(use, dict) else None
    if not isinstance(name, str):
        raise PolicyError(
            "[use] rule is missing", where=file.place(("use",)), hint=f"known: {', '.join(sorted(RULES))}"
        )
    if name not in RULES:
        raise PolicyError(
            f"use.rule: no rule {name!r}{did_you_mean(name, list(RULES))}", where=file.place(("use", "rule"))
        )
    return RULES[name]


def _twins(found: list[tuple[TomlFile, Policy]]) -> list[str]:
    """Complain of each policy whose id an earlier file has taken."""
    first: dict[str, Path] = {}
    lines = []
    for file, policy in found:
        if policy.id in first:
            lines.append(f"{file.place(('id',))}: id: {policy.id!r} is taken by {first[policy.id]}")
        first.setdefault(policy.id, file.path)
    return lines
