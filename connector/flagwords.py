"""Words among a record's flags that several modules must spell alike; costs nothing to import."""

from __future__ import annotations

COMPLETED_BY_US = "completed_by_us"
"""Flag of an event that our own account completed: no person touched the client, so it never counts."""
