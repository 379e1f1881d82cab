"""SC10: how evenly clients buy, sales in, letters out."""

from __future__ import annotations

import pytest
from conftest import Project

from .firm import STAFF, decided, firm, numbers

MONTHS = ("2025-10", "2025-11", "2025-12", *(f"2026-{month:02}" for month in range(1, 10)))
"""The twelve full months before October 2026."""


def tables(created: str, amounts: dict[str, int]) -> dict[str, str]:
    sales = "".join(f"{month};K;{month}-15;{amount}\n" for month, amount in amounts.items())
    return {
        "employees": STAFF,
        "clients": f"id;name;owner;created_at\nK;Клиент;M1;{created}\n",
        "sales": f"id;client;date;amount\n{sales}",
    }


@pytest.mark.parametrize(
    ("created", "amounts", "letter", "percent"),
    [
        ("2025-01-15", dict(zip(MONTHS, [90] * 6 + [110] * 6, strict=True)), "X", 10.0),
        ("2025-01-15", dict(zip(MONTHS, [75] * 6 + [125] * 6, strict=True)), "Y", 25.0),
        ("2025-01-15", {"2026-03": 1200}, "Z", 331.7),
        ("2026-05-01", dict.fromkeys(MONTHS[-5:], 100), "unknown", None),
    ],
    ids=["even", "wavering", "once", "five months"],
)
def test_sc10_stability(
    project: Project, created: str, amounts: dict[str, int], letter: str, percent: float | None
) -> None:
    line = decided(firm(project, tables(created, amounts), {"stability": ""}), "2026-10-01T00:00")["K"]
    decision, cv = numbers(line, "cv")
    assert decision == letter
    assert (None if cv is None else round(100 * cv, 1)) == percent
