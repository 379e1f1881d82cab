"""Polars, loaded only on a processor that can run it; import `pl` from here where it may be the first."""

from __future__ import annotations

from connector.store.processor import require_polars

require_polars()

import polars as pl  # noqa: E402 - after the check

__all__ = ["pl"]
