"""Policies otherwise than they stand: a parameter set by its dotted path, or another file in their place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from connector.errors import ConfigError, PolicyError
from connector.locale import texts
from connector.rules.policy import Policy, load_policies, read_policies
from connector.rules.rulebook import Rulebook
from connector.tomlfile import did_you_mean


def always(policies: Sequence[Policy]) -> list[Policy]:
    """Return the policies in force for every month (contracts §5: `backtest` and `whatif` say so)."""
    return [replace(policy, effective_from=None) for policy in policies]


def with_settings(policies: Sequence[Policy], settings: Sequence[str]) -> tuple[list[Policy], dict[str, Any]]:
    """Return the policies with each `path=value` set, and what was set by `policy.path`.

    A path is a parameter's (`norm.A`), with the policy's id or rule before it where several have it. A value
    is written as in TOML; a bare word is a text. ConfigError names the nearest known path.
    """
    changed, told = {policy.id: policy for policy in policies}, {}
    for setting in settings:
        path, separator, text = setting.partition("=")
        if not separator:
            raise ConfigError(f"--set {setting!r} has no value", hint="write --set norm.A=3")
        policy, keys = _found(list(changed.values()), path.strip())
        value = _value(text.strip())
        changed[policy.id] = replace(policy, params=_with(policy, keys, value))
        told[".".join((policy.id, *keys))] = value
    return list(changed.values()), told


def _found(policies: Sequence[Policy], path: str) -> tuple[Policy, list[str]]:
    """Return the one policy that has the path, and the keys inside its parameters."""
    ways = {
        way: (policy, known.split("."))
        for policy in policies
        for known in _paths(policy.params)
        for way in (known, f"{policy.id}.{known}", f"{policy.rule}.{known}")
    }
    having = sorted({policy.id for policy in policies if path in set(_paths(policy.params))})
    if len(having) > 1:
        listed = ", ".join(f"{name}.{path}" for name in having)
        raise ConfigError(f"several policies have {path!r}", hint=f"write one of {listed}")
    if path not in ways:
        known = sorted({way for policy in policies for way in _paths(policy.params)})
        raise ConfigError(f"no parameter {path!r}{did_you_mean(path, known)}", hint="see docs/policies.md")
    return ways[path]


def _paths(params: BaseModel, before: str = "") -> Iterator[str]:
    """Yield the dotted path of every parameter, of tables also the paths inside."""
    for name in type(params).model_fields:
        yield before + name
        value = getattr(params, name)
        if isinstance(value, BaseModel):
            yield from _paths(value, f"{before}{name}.")
        elif isinstance(value, Mapping):
            yield from (f"{before}{name}.{key}" for key in value)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _with(policy: Policy, keys: Sequence[str], value: Any) -> Any:
    """Return the policy's parameters with the value at the keys, checked as a file's are."""
    data: Any = policy.params.model_dump()
    place = data
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    try:
        return type(policy.params).model_validate(data)
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        path = ".".join((policy.id, *keys))
        raise ConfigError(f"{path} = {value!r}: {said}", hint="see docs/policies.md") from None


def variant(folder: Path, said: str, rules: Rulebook) -> tuple[list[Policy], str]:
    """Return the policies with `said` among them, and the id of the policy that is meant ("" for a folder).

    `said` is the id of a standing policy, the file of another one (it takes the place of the policy with its
    id, else of those with its rule), or a folder of policies. PolicyError as for the standing ones.
    """
    path = Path(said)
    if path.is_dir():
        return load_policies(path, rules), ""
    policies = load_policies(folder, rules)
    if path.suffix == ".toml":
        (own,) = _alone(path, rules)
        same = [each for each in policies if each.id == own.id]
        replaced = same or [each for each in policies if each.rule == own.rule]
        others = [each for each in policies if each not in replaced]
        return sorted([*others, own], key=lambda policy: policy.id), own.id
    known = [policy.id for policy in policies]
    if said not in known:
        raise ConfigError(
            f"no policy {said!r}{did_you_mean(said, known)}", hint="give an id, a .toml file or a folder"
        )
    return policies, said


def _alone(path: Path, rules: Rulebook) -> list[Policy]:
    """Read one file; PolicyError with all its mistakes, or where its rule cannot be had."""
    if not path.is_file():
        raise ConfigError("no such file", where=str(path), hint="check the path")
    reading = read_policies(path, rules)
    if wrong := [*reading.mistakes, *reading.left_out]:
        raise PolicyError("\n".join(each.said(texts("en")) for each in wrong))
    return reading.policies
