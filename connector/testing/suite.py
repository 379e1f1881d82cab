"""The contract suite: one line in a plugin's tests makes a class with a test for each promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from connector.plugins.base import Source
from connector.testing.bench import Bench, Skipped
from connector.testing.checks import PROMISES, Check
from connector.testing.recorded import recorded_promise
from connector.testing.standin import StandIn


def contract_suite(
    plugin: type[Source[Any]],
    *,
    config: Mapping[str, Any],
    crm: Callable[[], StandIn],
    recorded: Path | None = None,
    samples: Mapping[str, Mapping[str, Any]] | None = None,
    skip: Mapping[str, str] | None = None,
) -> type:
    """Return a test class that holds the plugin to every promise, offline.

    Bind it to a name that begins with Test. `config` are the plugin's settings without `name`, `plugin` and
    `write`; `crm` makes a new stand-in; `recorded` is a file of `connector record`. `samples` gives, by kind
    of change, what only the author knows: `{"set_field": {"field": "abc", "new": "A"}}`. `skip` names
    promises that are not kept, each with the reason, which the report shows. ValueError for one without a
    reason, or that is no promise.
    """
    bench = Bench(plugin, config, crm, samples or {})
    left_out = _checked(skip or {})
    checks = dict(PROMISES)
    if recorded is not None:
        checks["recorded_rows_can_be_read"] = recorded_promise(recorded)
    tests = {f"test_{name}": _test(check, bench, left_out.get(name, "")) for name, check in checks.items()}
    return type(f"Test{plugin.__name__}", (), {"__doc__": f"The contract of {plugin.name}.", **tests})


def _checked(skip: Mapping[str, str]) -> Mapping[str, str]:
    for name, reason in skip.items():
        if name not in PROMISES:
            raise ValueError(f"skip names {name!r}, which is no promise; one of: {', '.join(PROMISES)}")
        if not reason.strip():
            raise ValueError(f"skip gives no reason for {name}")
    return skip


def _test(check: Check, bench: Bench, left_out: str) -> Callable[[object], None]:
    def test(self: object) -> None:
        if left_out:
            pytest.skip(left_out)
        try:
            check(bench)
        except Skipped as reason:
            pytest.skip(str(reason))

    test.__doc__ = check.__doc__
    return test


def broken_promises(bench: Bench) -> dict[str, str]:
    """Return what is broken, by promise, with what is said of it: for tests of the suite itself."""
    found = {}
    for name, check in PROMISES.items():
        try:
            check(bench)
        except Skipped:
            continue
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found
