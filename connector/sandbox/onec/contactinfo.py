"""The tabular section КонтактнаяИнформация: phones, mail, address and site, one line each, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.declare import catalog
from connector.sandbox.onec.edm import Columns, EntityType, Row, joined, memo, ref, text

SECTION = "КонтактнаяИнформация"
KINDS_SET = "Catalog_ВидыКонтактнойИнформации"
PHONE, MAIL, ADDRESS, SITE = "Телефон", "АдресЭлектроннойПочты", "Адрес", "ВебСтраница"
KINDS = {"phones": PHONE, "emails": MAIL, "address": ADDRESS, "site": SITE}
"""Columns of the neutral company and the kind of line they show as."""
EXTENSION = re.compile(r"\s*(?:доб\.?|вн\.?|ext\.?)\s*(\d+)\s*$", re.IGNORECASE)
RUSSIAN = 11

COLUMNS: Columns = joined(
    text("Тип", 50),
    ref("Вид", KINDS_SET),
    text("Представление", 500),
    memo("ЗначенияПолей"),
    text("Страна", 100),
    text("Регион", 50),
    text("Город", 50),
    text("АдресЭП", 100),
    text("ДоменноеИмяСервера", 100),
    text("НомерТелефона", 20),
    text("НомерТелефонаБезКодов", 20),
    memo("Значение"),
)
KINDS_TYPE: EntityType = catalog("ВидыКонтактнойИнформации", text("Тип", 50))


def lines(base: Base, row: NeutralRow, owner: str) -> list[Mapping[str, Any]]:
    """Return the lines of a card's contact information; `owner` tells kinds of cards apart."""
    found: list[Mapping[str, Any]] = []
    for column, kind in KINDS.items():
        given = row.get(column, "")
        parts = given.split("|") if column in ("phones", "emails") else [given]
        found += [one_line(base, kind, part, owner) for part in parts if part]
    return found


def one_line(base: Base, kind: str, shown: str, owner: str) -> dict[str, Any]:
    """Return one line; the digits of a phone are kept apart from how it was typed, without the extension."""
    line: dict[str, Any] = {
        "Тип": kind,
        "Вид": base.named(KINDS_SET, f"{kind} {owner}", Тип=kind),
        "Представление": shown,
        "Значение": orjson.dumps({"value": shown, "type": kind}).decode(),
    }
    if kind == MAIL:
        line |= {"АдресЭП": shown, "ДоменноеИмяСервера": shown.rpartition("@")[2]}
    elif kind == PHONE:
        line |= phone(shown, kind)
        if base.faults.on("no_phone_digits"):
            line |= {"НомерТелефона": "", "НомерТелефонаБезКодов": ""}
    return line


def phone(shown: str, kind: str) -> dict[str, str]:
    """Return the fields of a phone: digits with the country's code, digits without codes, and its JSON."""
    extension = EXTENSION.search(shown)
    digits = "".join(filter(str.isdigit, EXTENSION.sub("", shown)))
    whole = f"7{digits[1:]}" if len(digits) == RUSSIAN and digits.startswith("8") else digits
    value = {
        "value": shown,
        "type": kind,
        "countryCode": whole[:-10],
        "areaCode": whole[-10:-7],
        "number": whole[-7:],
        "extNumber": extension[1] if extension else "",
    }
    return {
        "НомерТелефона": whole,
        "НомерТелефонаБезКодов": whole[-7:],
        "Значение": orjson.dumps(value).decode(),
    }


def neutral_cells(row: Row) -> dict[str, str]:
    """Return the neutral columns that the lines of a written card amount to."""
    lines_of = row.get(SECTION, [])
    return {
        column: "|".join(line["Представление"] for line in lines_of if line["Тип"] == kind)
        for column, kind in KINDS.items()
    }
