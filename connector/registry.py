"""Finds, loads and checks plugins one by one, and only those that are named: a broken one stops no other."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from connector import hookspecs
from connector.errors import ConfigError
from connector.tomlfile import did_you_mean

if TYPE_CHECKING:
    from connector.plugins.base import Source

BUILT_IN: dict[str, str] = {
    "amocrm": "connector.plugins.amocrm",
    "bitrix24": "connector.plugins.bitrix24",
    "files": "connector.plugins.files",
    "onec": "connector.plugins.onec",
}
"""Our own connectors: the name in plugins.toml and the module that registers it."""

ENTRY_POINTS = "connector"
API_VERSIONS = (1,)
HOOKS_ONLY = "hooks only"
RULE = "rule"
OURS = "built in"
NAMED = "plugins.modules"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """One plugin as `connector plugins` shows it; `error` is empty when it works.

    `origin` is "built in", "plugins.modules" or the package that brought it, `version` that package's, `kind`
    what it is: a connector or a rule.
    """

    name: str
    origin: str
    title: str = ""
    version: str = ""
    error: str = ""
    kind: str = "connector"


class Registry:
    """The plugins of one project: built in, installed (entry points `connector`), or named modules.

    A named module may stand beside plugins.toml in `folder`; an installed one of that name goes before it.
    """

    def __init__(
        self, modules: Sequence[str] = (), allow: Sequence[str] = (), folder: Path | None = None
    ) -> None:
        self._hooks = pluggy.PluginManager(hookspecs.PROJECT)
        self._hooks.add_hookspecs(hookspecs)
        self._sources: dict[str, type[Source[Any]]] = {}
        self._rules: dict[str, type[Any]] = {}
        self._loaded: list[Loaded] = []
        self._allow = allow
        if folder is not None and modules and str(folder.absolute()) not in sys.path:
            sys.path.append(str(folder.absolute()))
        for module in modules:
            self._load(module, Loaded(module, NAMED))

    def source(self, name: str) -> type[Source[Any]]:
        """Return the connector of that name, loading it now; ConfigError says why it cannot be had."""
        self._find(name)
        if name in self._sources:
            return self._sources[name]
        hint = "run `connector plugins` for what there is"
        for plugin in self._loaded:
            if plugin.name == name:
                raise ConfigError(f"plugin {name!r} does not load: {plugin.error or plugin.title}", hint=hint)
        broken = [f"; {plugin.name} does not load: {plugin.error}" for plugin in self._loaded if plugin.error]
        raise ConfigError(f"no plugin {name!r}{did_you_mean(name, self.names())}{''.join(broken)}", hint=hint)

    def names(self) -> list[str]:
        """List every connector that could be named in plugins.toml."""
        return sorted({*BUILT_IN, *self._sources, *(point.name for point in self._installed())})

    def everything(self) -> list[Loaded]:
        """Load every known plugin and return what became of each, by name."""
        for name in self.names():
            self._find(name)
        return sorted(self._loaded, key=lambda plugin: (plugin.name, plugin.origin))

    def rules(self) -> dict[str, type[Any]]:
        """Load every installed plugin, and return the rule classes that they and named modules bring."""
        for point in self._installed():
            self._find(point.name)
        return dict(self._rules)

    def loaded(self) -> list[Loaded]:
        """Return what became of the plugins that were looked at so far."""
        return list(self._loaded)

    def reject(self, rule: str, error: str) -> None:
        """Keep why a rule that was brought cannot be used."""
        del self._rules[rule]
        self._loaded = [
            replace(plugin, error=error) if (plugin.kind, plugin.name) == (RULE, rule) else plugin
            for plugin in self._loaded
        ]

    def resolve_secret(self, reference: str) -> str | None:
        """Ask the loaded plugins for a secret; ConfigError if one of them fails over it."""
        try:
            found = self._hooks.hook.resolve_secret(reference=reference)
        except Exception as error:
            raise ConfigError(
                f"a plugin failed over the secret {reference!r}: {_said(error)}", hint="mend what it says"
            ) from error
        return None if found is None else str(found)

    def run_finished(self, report: dict[str, Any]) -> None:
        """Tell each loaded plugin that a run ended; what one raises is logged and hinders nobody."""
        everybody = self._hooks.get_plugins()
        for name, plugin in self._hooks.list_name_plugin():
            hook = self._hooks.subset_hook_caller("run_finished", everybody - {plugin})
            try:
                hook(report=report)
            except Exception as error:
                _log.warning("plugin %s failed after the run: %s", name, _said(error))

    def _installed(self) -> list[EntryPoint]:
        points = entry_points(group=ENTRY_POINTS)
        return [point for point in points if not self._allow or point.name in self._allow]

    def _find(self, name: str) -> None:
        """Load the plugin of that name unless that was done, or tried, before."""
        if name in self._sources or any(plugin.name == name for plugin in self._loaded):
            return
        if name in BUILT_IN:
            self._load(BUILT_IN[name], Loaded(name, OURS))
            return
        for point in self._installed():
            if point.name == name:
                origin, version = (point.dist.name, point.dist.version) if point.dist else (point.value, "")
                self._load(point.module, Loaded(name, origin, version=version))

    def _load(self, module: str, plugin: Loaded) -> None:
        """Import one plugin and take its sources; whatever it raises is kept to show, not passed on."""
        if self._hooks.has_plugin(module):
            self._loaded.append(replace(plugin, error=f"{module} brings no connector {plugin.name!r}"))
            return
        try:
            self._take_hooks(module)
            names = [self._accept(source, plugin) for source in self._brought_by(module, "register_source")]
            names += [self._accept_rule(rule, plugin) for rule in self._brought_by(module, "register_rules")]
        except (Exception, SystemExit) as error:
            self._hooks.unregister(name=module)
            self._loaded.append(replace(plugin, error=_said(error)))
            return
        if not names:
            self._loaded.append(replace(plugin, title=HOOKS_ONLY))
        elif plugin.origin != NAMED and plugin.name not in names:
            what = f"{module} brings {', '.join(names)} under the entry point {plugin.name!r}"
            self._loaded.append(replace(plugin, error=f"{what}: both must have one name"))

    def _take_hooks(self, module: str) -> None:
        """Import the module and take its hooks; ConfigError if it has none."""
        plugin = importlib.import_module(module)
        self._hooks.register(plugin, module)
        self._hooks.check_pending()
        if not self._hooks.get_hookcallers(plugin):
            raise ConfigError("it implements no hook", hint="mark its functions with @connector.hookimpl")

    def _brought_by(self, module: str, name: str) -> list[object]:
        """Return what the module's hook of that name gives."""
        brought: list[object] = []
        for hook in getattr(self._hooks.hook, name).get_hookimpls():
            if hook.plugin_name == module:
                result = hook.function()
                brought += result if isinstance(result, list) else [result]
        return brought

    def _accept(self, source: Any, plugin: Loaded) -> str:
        """Take one connector, or keep what is wrong with it; return its name."""
        name = getattr(source, "name", None)
        if not isinstance(source, type) or not isinstance(name, str):
            raise TypeError(f"register_source gave {source!r}, which is no Source class")
        taken = name in self._sources or (name in BUILT_IN and plugin.origin != OURS)
        error = f"the name {name!r} is taken by another plugin" if taken else _misfit(source)
        if not error:
            self._sources[name] = source
        self._loaded.append(replace(plugin, name=name, title=getattr(source, "title", ""), error=error))
        return name

    def _accept_rule(self, rule: Any, plugin: Loaded) -> str:
        """Take one rule, or keep what is wrong with it; return its name."""
        name = getattr(rule, "name", None)
        if not isinstance(rule, type) or not isinstance(name, str):
            raise TypeError(f"register_rules gave {rule!r}, which is no rule class")
        error = f"the name {name!r} is taken by another plugin" if name in self._rules else ""
        error = error or _misfit(rule, API_VERSIONS[0])
        if not error:
            self._rules[name] = rule
        title = str(getattr(rule, "title", ("", ""))[-1])
        self._loaded.append(replace(plugin, name=name, title=title, error=error, kind=RULE))
        return name


def _misfit(plugin: Any, default: int | None = None) -> str:
    """Return why the plugin's interface is not ours, if it is not."""
    version = getattr(plugin, "api_version", default)
    if version in API_VERSIONS:
        return ""
    known = ", ".join(map(str, API_VERSIONS))
    return f"written for plugin interface {version}, this program knows {known}: install versions that fit"


def _said(error: BaseException) -> str:
    """Return the error's first line, after its kind where it is not one of ours."""
    first = next(iter(str(error).splitlines()), "")
    return first if isinstance(error, ConfigError) else f"{type(error).__name__}: {first}"
