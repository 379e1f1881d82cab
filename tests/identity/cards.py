"""Cards of clients as the store would give them, written row by row."""

from __future__ import annotations

from typing import Any

import polars as pl

from connector.store.frames import FRAMES

PHONE, OTHER_PHONE = "+74951234567", "+74957654321"
INN, OTHER_INN, PERSON_INN = "7707083893", "7736050003", "500100732259"
"""Numbers with right check digits: of Sberbank, of Gazprom, and the one of a person in scenario SC06."""


def card(ref: str, **said: Any) -> dict[str, Any]:
    """Return the row of `source:id`; what is not said is not known."""
    source, _, external_id = ref.partition(":")
    nothing: dict[str, Any] = {"name": f"Клиент {ref}", "kind": "company", "custom": "{}", "flags": []}
    empty: dict[str, Any] = {"phones": [], "emails": []}
    # A number that tells nothing of the order of trust
    number = int.from_bytes(ref.encode(), "big")
    return {"record": number, "source": source, "external_id": external_id, **nothing, **empty, **said}


def cards(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=FRAMES["identities"])


def valid_inn(nine: int) -> str:
    """Return the INN of a firm with these nine digits: the tenth is their check (order of the FNS)."""
    digits = [int(digit) for digit in f"{nine:09}"]
    weighed = sum(digit * weight for digit, weight in zip(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8), strict=True))
    return f"{nine:09}{weighed % 11 % 10}"
