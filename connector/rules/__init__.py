"""Rules: facts in, decisions out; no clock, no input or output, the same answer for the same `as_of`."""

from __future__ import annotations

from connector.store.processor import require_polars

# Whichever rule is imported first loads Polars, which ends the process without a word on too old a processor.
require_polars()
