"""The hooks a plugin may implement: few, typed, only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from connector.plugins.base import Source
    from connector.rules.rule import Rule

PROJECT = "connector"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_source() -> type[Source[Any]] | list[type[Source[Any]]]:  # type: ignore[empty-body]  # a spec has no body
    """Return a Source class, or a list of them: the connectors this plugin brings."""


@hookspec
def register_rules() -> type[Rule[Any]] | list[type[Rule[Any]]]:  # type: ignore[empty-body]  # a spec has no body
    """Return a rule class, or a list of them: the rules that policies may name beside ours."""


@hookspec(firstresult=True)
def resolve_secret(reference: str) -> str | None:
    """Turn a reference such as `vault://crm/token` into its value; None if it is not yours."""


@hookspec
def run_finished(report: dict[str, Any]) -> None:
    """Hear of the end of a `run` with its numbers: notify, export metrics. Errors are logged, never fatal."""
