"""What the sets show is what the neutral company says, cell by cell, but for what 1C has no field for."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from connector.sandbox.company.generate import generate
from connector.sandbox.faults import Faults
from connector.sandbox.onec.faults import FAULTS
from connector.sandbox.onec.standin import OneC
from connector.sandbox.options import Options
from sandbox.firms import AS_OF

LOST: dict[str, set[tuple[str, str]]] = {
    "ut11": {("Catalog_Партнеры", "created_at")},
    "unf3": {("Document_Событие", "planned_at")},
    "crm3": {("Catalog_Партнеры", "created_at"), ("Document_CRM_Взаимодействие", "planned_at")},
    "bp3": set(),
}
"""The registration of a partner is a day; the plan of a held event is overwritten by what was held."""
CELLS = {"ut11": 3_000, "unf3": 3_000, "crm3": 3_000, "bp3": 200}


def served(name: str) -> OneC:
    """Return a made-up firm in a configuration."""
    firm = generate(clients=30, seed=5, as_of=AS_OF, events_per_client=10)
    return OneC(firm, Options(as_of=AS_OF), Faults(FAULTS, [f"configuration={name}"]))


def same(column: str, shown: str, given: str) -> bool:
    """Compare two cells; a sum may have lost its trailing noughts, a time the parts of its second."""
    if column == "amount":
        return Decimal(shown) == Decimal(given or 0)
    return shown == (
        given.partition(".")[0] + given[-6:] if column.endswith("_at") and "." in given else given
    )


def compare(stand_in: OneC) -> tuple[int, set[tuple[str, str]]]:
    """Return how many cells were compared, and which columns of which sets differ."""
    base, differ = stand_in.base, set()
    compared: Counter[str] = Counter()
    for entity, mirror in base.blueprint.mirrors.items():
        for record in base.records[entity].values():
            assert record.source is not None
            row = base.truth.rows[mirror.table][record.source[1]]
            cells = mirror.cells(base, record.row)
            compared[entity] += len(cells)
            differ |= {(entity, name) for name, cell in cells.items() if not same(name, cell, row[name])}
    return sum(compared.values()), differ


@pytest.mark.parametrize("name", LOST)
def test_every_cell_is_shown(name: str) -> None:
    count, differ = compare(served(name))
    assert differ == LOST[name]
    assert count > CELLS[name]


def test_control_a_changed_cell_is_seen() -> None:
    stand_in = served("ut11")
    card = next(iter(stand_in.base.records["Catalog_Партнеры"].values()))
    card.row["КонтактнаяИнформация"].pop()
    assert {column for entity, column in compare(stand_in)[1] if entity == "Catalog_Партнеры"} > {
        "created_at"
    }
