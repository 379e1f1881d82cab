"""How the neutral words appear on the portal: people's names, positions, flags, list columns."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.fields import text
from connector.sandbox.bitrix24.records import Record

POSITIONS = {
    "director": "Директор по продажам",
    "head": "Руководитель отдела продаж",
    "kam": "Менеджер по ключевым клиентам",
    "skam": "Старший менеджер по ключевым клиентам",
    "seller": "Менеджер по продажам",
    "telesales": "Специалист по телефонным продажам",
    "assistant": "Ассистент отдела продаж",
    "other": "Специалист",
}
YES_NO = {"1": "Y", "0": "N"}
ROBOT = "1"
"""The employee in whose name the webhook acts: the portal's first user."""


def name_parts(full: str) -> tuple[str, str, str]:
    """Split `Фамилия Имя Отчество` into LAST_NAME, NAME, SECOND_NAME; a single word is the NAME."""
    words = full.split()
    if len(words) < 2:
        return "", full, ""
    return words[0], words[1], " ".join(words[2:])


def user_id(reference: str) -> str:
    """Return the user a neutral reference means.

    `0` for nobody, and for somebody the company does not list.
    """
    return reference if reference.isdigit() else "0"


def parts(cell: str) -> list[str]:
    """Split a list cell of the neutral company."""
    return [part for part in cell.split("|") if part]


def multi_field(number: int, kind: str, cell: str) -> list[dict[str, str]]:
    """Show a list cell as a multi-field; its items' ids follow from the record's id and their place."""
    offset = {"PHONE": 0, "EMAIL": 40, "WEB": 80}[kind]
    return [
        {"ID": str(number * 100 + offset + place), "VALUE_TYPE": "WORK", "VALUE": value, "TYPE_ID": kind}
        for place, value in enumerate(parts(cell))
    ]


def write_multi_field(record: Record, kind: str, cell: str, value: Any, number: int) -> None:
    """Change a list cell as a multi-field is changed: items with ID replace, without add, emptied ones go."""
    known = {item["ID"]: item["VALUE"] for item in multi_field(number, kind, record.row[cell])}
    for place, item in enumerate(value if isinstance(value, list) else []):
        sent = item if isinstance(item, dict) else {"VALUE": item}
        gone = text(sent.get("DELETE")).upper() == "Y"
        known[text(sent.get("ID")) or f"new{place}"] = "" if gone else text(sent.get("VALUE")).strip()
    record.row[cell] = "|".join(filter(None, known.values()))
