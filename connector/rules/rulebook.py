"""Every rule that a policy may name: ours, and those of plugins, which are loaded when first asked for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from connector.registry import Loaded, Registry
from connector.rules.registry import RULES
from connector.rules.rule import Rule, misfit

BUILT: Mapping[str, Rule[Any]] = RULES
_NEAR = 0.8
"""How alike a name must be to one of ours to be taken for a slip of the pen."""


class Rulebook:
    """The rules of one project; without a registry of plugins only ours."""

    def __init__(self, registry: Registry | None = None) -> None:
        self._registry = registry

    def find(self, name: str) -> Rule[Any] | None:
        """Return the rule of that name, a plugin's loaded now; None if there is none that works."""
        return BUILT.get(name) or self._brought[0].get(name)

    def names(self) -> list[str]:
        """List every rule that a policy may name."""
        return sorted({*BUILT, *self._brought[0]})

    def brought(self) -> dict[str, Rule[Any]]:
        """Return the rules that plugins bring, by name."""
        return dict(self._brought[0])

    def broken(self, name: str) -> str:
        """Return why the rule cannot be had, where a plugin that does not work is to blame, else "".

        An unknown name that is near one of ours is a slip of the pen, whatever plugins do.
        """
        told = self._brought[1]
        for plugin in told:
            if plugin.name == name:
                return f"{plugin.name} ({plugin.origin}): {plugin.error}"
        if difflib.get_close_matches(name, self.names(), n=1, cutoff=_NEAR):
            return ""
        return "; ".join(f"{plugin.name} ({plugin.origin}): {plugin.error}" for plugin in told)

    @cached_property
    def _brought(self) -> tuple[dict[str, Rule[Any]], list[Loaded]]:
        """The plugins' rules that work, and the plugins that do not."""
        if self._registry is None:
            return {}, []
        found: dict[str, Rule[Any]] = {}
        for name, kind in self._registry.rules().items():
            error = misfit(kind) if name not in BUILT else f"the name {name!r} is taken by one of our rules"
            if error:
                self._registry.reject(name, error)
            else:
                found[name] = kind()
        return found, [plugin for plugin in self._registry.loaded() if plugin.error]
