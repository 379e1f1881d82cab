"""Makes lines of `doctor` out of errors, and knows which exit code all lines together mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connector.errors import ConnectorError, ExitCode
from connector.plugins.base import Check

SETTINGS, POLICIES = "settings", "policies"
COMMON = ("machine", SETTINGS, POLICIES, "store")
"""The layers that all sources share."""


def source_layer(name: str) -> str:
    """Return the layer of what belongs to one source."""
    return f"source {name}"


def in_layer(layer: str, checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks as lines of that layer."""
    for check in checks:
        yield replace(check, layer=layer)


def failures(name: str, error: ConnectorError, *, vital: bool = False) -> Iterator[Check]:
    """Yield one failed check for each line of the error: files tell all their mistakes at once."""
    place = f"{error.where}: " if error.where else ""
    for line in error.message.splitlines():
        said, dash, advice = line.rpartition(" — ")
        fix = advice if dash else error.hint or "correct it there"
        yield Check(name, "failed", place + (said if dash else line), fix, vital=vital)


def shown(check: Check) -> str:
    """Return the check as the line that people read."""
    detail = f": {check.detail}" if check.detail else ""
    fix = f" — {check.fix}" if check.fix and check.state in ("warn", "failed") else ""
    state = "FAILED" if check.state == "failed" else check.state
    return f"[{state}] {check.layer}: {check.name}{detail}{fix}"


def verdict(checks: Sequence[Check], sources: Sequence[str]) -> ExitCode:
    """Return what a run would come to, by the lines of all layers; a warning changes nothing.

    CONFIGURATION: settings or policies are wrong. FAILED: something that all need is missing, or no source
    can be read at all. PARTIAL: something failed, the rest works.
    """
    failed = [check for check in checks if check.state == "failed"]
    if any(check.layer in (SETTINGS, POLICIES) for check in failed):
        return ExitCode.CONFIGURATION
    vital = {check.layer for check in failed if check.vital}
    if vital & set(COMMON) or (sources and vital >= {source_layer(name) for name in sources}):
        return ExitCode.FAILED
    return ExitCode.PARTIAL if failed else ExitCode.FINE
