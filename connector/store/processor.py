"""Loads Polars only on a processor that can run it: elsewhere it would end the process without a word."""

from __future__ import annotations

import importlib
import re
import warnings

from connector.errors import ConnectorError

HINT = 'run `pip install "polars[rtcompat]"`, the build for older processors'

_WARNING = "Missing required CPU features"
_NAMED = re.compile(r"were not detected:\s+(.+)")


def missing_flags() -> list[str]:
    """Return what the installed Polars needs and this processor lacks, in Polars' names; none if it can run.

    Polars compares the processor with the flags it was built with before it loads its binary, and only warns
    (`polars/_cpu_check.py`, read in 2.1); here the warning stops the import. POLARS_SKIP_CPU_CHECK switches
    the comparison off.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=_WARNING, category=RuntimeWarning)
        try:
            importlib.import_module("polars")
        except RuntimeWarning as warning:
            named = _NAMED.search(str(warning))
            return named[1].split(", ") if named else ["unknown"]
    return []


def require_polars() -> None:
    """Load Polars; ConnectorError if this processor cannot run it."""
    missing = missing_flags()
    if missing:
        raise ConnectorError(f"this processor lacks {', '.join(missing)}, which Polars needs", hint=HINT)
