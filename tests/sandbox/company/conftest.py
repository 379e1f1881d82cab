"""Firms to look at, each made once: a usual one, and awkward moments, zones and sizes."""

from __future__ import annotations

from datetime import datetime

import pytest

from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company

AWKWARD: dict[str, tuple[int, int, str, str]] = {
    "usual": (300, 1, "2026-10-12T15:30:00+03:00", "Europe/Moscow"),
    "month's first instant": (80, 2, "2026-10-01T00:00:00+03:00", "Europe/Moscow"),
    "new year's night": (80, 3, "2026-01-01T00:00:00+05:00", "Asia/Yekaterinburg"),
    "summer time": (80, 4, "2026-03-29T03:00:00+02:00", "Europe/Berlin"),
    "fraction of a second": (40, 5, "2026-06-15T10:00:00.123456+03:00", "Europe/Moscow"),
    "one client": (1, 6, "2026-06-15T10:00:00+03:00", "Europe/Moscow"),
    "no client": (0, 7, "2026-06-15T10:00:00+03:00", "Europe/Moscow"),
}
"""Clients, seed, as_of, zone."""


def made(name: str) -> Company:
    clients, seed, as_of, zone = AWKWARD[name]
    return generate(clients=clients, seed=seed, as_of=datetime.fromisoformat(as_of), zone=zone)


@pytest.fixture(scope="session")
def firm() -> Company:
    """300 clients on a working afternoon."""
    return made("usual")


@pytest.fixture(scope="session", params=list(AWKWARD))
def any_firm(request: pytest.FixtureRequest) -> Company:
    """Each of the firms in turn."""
    return made(request.param)
