"""SC09: classes by turnover, from sales and from won deals."""

from __future__ import annotations

import pytest
from conftest import Project

from .firm import STAFF, decided, firm

DEFAULTS = {"abc": ""}


def tables(turnover: dict[str, str]) -> dict[str, str]:
    clients = "".join(f"{client};Клиент {client};M1;2025-01-15\n" for client in turnover)
    sales = "".join(f"S-{client};{client};2026-06-10;{amount}\n" for client, amount in turnover.items())
    return {
        "employees": STAFF,
        "clients": f"id;name;owner;created_at\n{clients}",
        "sales": f"id;client;date;amount\n{sales}",
    }


TIE = {
    "c1": "500 000", "c2": "200 000,00", "c3": "100000.00", "c4": "100000", "c5": "50000", "c6": "30000",
    "c7": "20000",
}  # fmt: skip


def test_sc09_a_tie(project: Project) -> None:
    classes = decided(firm(project, tables(TIE), DEFAULTS), "2026-10-01T00:00")
    assert {client: line["decision"] for client, line in classes.items()} == {
        "c1": "A", "c2": "A", "c3": "A", "c4": "A", "c5": "B", "c6": "C", "c7": "C",
    }  # fmt: skip
    assert {client: line["numbers"]["cumulative_before"] for client, line in classes.items()} == {
        "c1": 0.0, "c2": 0.5, "c3": 0.7, "c4": 0.7, "c5": 0.9, "c6": 0.95, "c7": 0.98,
    }  # fmt: skip
    assert classes["c1"]["numbers"]["value"] == 50_000_000, "kopecks"


@pytest.mark.parametrize(
    ("turnover", "expected"),
    [
        ({"a": "80", "b": "15", "c": "5"}, {"a": "A", "b": "B", "c": "C"}),
        ({"one": "10"}, {"one": "A"}),
        (
            {"c1": "700", "c2": "200", "c3": "50", "c4": "50", "c5": "0", "c6": "-10"},
            {"c1": "A", "c2": "A", "c3": "B", "c4": "B", "c5": "C", "c6": "C"},
        ),
    ],
    ids=["boundary", "alone", "nothing and returns"],
)
def test_sc09_boundaries(project: Project, turnover: dict[str, str], expected: dict[str, str]) -> None:
    classes = decided(firm(project, tables(turnover), DEFAULTS), "2026-10-01T00:00")
    assert {client: line["decision"] for client, line in classes.items()} == expected
    for client in ("c5", "c6"):
        assert client not in classes or "no_turnover" in classes[client]["flags"]


def test_sc09_all_zero(project: Project) -> None:
    classes = decided(firm(project, tables({"a": "0", "b": "0"}), DEFAULTS), "2026-10-01T00:00")
    assert {client: (line["decision"], line["flags"]) for client, line in classes.items()} == {
        "a": ("C", ["no_data"]),
        "b": ("C", ["no_data"]),
    }
