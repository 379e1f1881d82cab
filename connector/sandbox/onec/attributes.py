"""Additional attributes, the section ДополнительныеРеквизиты: what a firm adds to cards by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.declare import catalog, characteristics, information
from connector.sandbox.onec.edm import (
    Columns,
    EntityType,
    Ref,
    Row,
    flag,
    joined,
    memo,
    mixed,
    ref,
    referenced,
    text,
)

SECTION = "ДополнительныеРеквизиты"
PROPERTIES = "ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения"
VALUES = "Catalog_ЗначенияСвойствОбъектов"
FACTS = "InformationRegister_ДополнительныеСведения"
COLUMNS: Columns = joined(ref("Свойство", PROPERTIES), mixed("Значение", VALUES), memo("ТекстоваяСтрока"))

CLIENT = {
    "industry": "Отрасль",
    "status": "Статус клиента",
    "key_account": "Ключевой клиент",
    "abc": "Класс ABC",
    "tags": "Метки",
    "co_owners": "Соответственные",
    "closed_at": "Закрыт",
}
"""Columns of a neutral client and the property they show as; what a card of 1C has no field for."""
EVENT = {"duration_s": "Длительность, сек", "successful": "Дозвонились"}
MESSAGE = EVENT | {"direction": "Направление"}
"""A message has no field of its own that tells which way it went."""
WAYS = {"in": "Входящее", "out": "Исходящее"}
LISTED = frozenset({"industry", "status", "abc"})
FLAGS = frozenset({"key_account", "successful"})
MOMENTS = frozenset({"closed_at"})


def types(owners: tuple[str, ...]) -> list[EntityType]:
    """Return the sets behind additional attributes; facts hang on objects of the owners' sets."""
    return [
        characteristics(
            "ДополнительныеРеквизитыИСведения",
            text("Заголовок", 150),
            text("Имя", 150),
            flag("ЭтоДополнительноеСведение"),
        ),
        catalog("ЗначенияСвойствОбъектов", ref("Owner", PROPERTIES), parent=True),
        information(
            "ДополнительныеСведения",
            mixed("Объект", *owners),
            ref("Свойство", PROPERTIES),
            resources=mixed("Значение", VALUES),
        ),
    ]


def property_ref(base: Base, title: str) -> Ref | None:
    """Return the property with that title, made at its first use."""
    return base.named(PROPERTIES, title, Заголовок=title, Имя=title.replace(" ", "").replace(",", ""))


def lines(base: Base, row: NeutralRow, titles: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return the lines of the filled columns; listed values are items of a catalogue, others primitives."""
    found: list[Mapping[str, Any]] = []
    for column, title in titles.items():
        cell = row.get(column, "")
        if cell and (column not in FLAGS or cell == "1" or column == "successful"):
            found.append(one_line(base, title, value_of(base, column, title, cell)))
    return found


def one_line(base: Base, title: str, value: Any) -> Mapping[str, Any]:
    """Return one line; a long text is repeated in ТекстоваяСтрока."""
    shown = value if isinstance(value, str) else ""
    return {"Свойство": property_ref(base, title), "Значение": value, "ТекстоваяСтрока": shown}


def value_of(base: Base, column: str, title: str, cell: str) -> Any:
    """Return a cell as the property's type has it."""
    if column in FLAGS:
        return cell == "1"
    if column == "duration_s":
        return int(cell)
    if column == "direction":
        return WAYS[cell]
    if column in LISTED:
        return base.named(VALUES, cell, Owner=property_ref(base, title))
    if column == "co_owners":
        return "|".join(base.key("employees", one) for one in cell.split("|") if one.isdigit())
    return base.local(cell) if column in MOMENTS else cell


def neutral_cells(base: Base, row: Row, titles: Mapping[str, str]) -> dict[str, str]:
    """Return the neutral columns that the lines of a written card amount to; a missing line empties one."""
    shown = {base.name_of(referenced(line, "Свойство", COLUMNS)): line for line in row.get(SECTION, [])}
    cells = {}
    for column, title in titles.items():
        line = shown.get(title)
        cells[column] = cell_of(base, column, line) if line else "0" if column == "key_account" else ""
    return cells


def cell_of(base: Base, column: str, line: Row) -> str:
    """Return the neutral cell of one line."""
    value, item = str(line["Значение"]), referenced(line, "Значение", COLUMNS)
    if item:
        return base.name_of(item)
    if column in FLAGS:
        return "1" if value.lower() == "true" else "0"
    if column == "direction":
        return next((way for way, word in WAYS.items() if word == value), "")
    if column == "co_owners":
        return "|".join(str(base.number("employees", one)) for one in value.split("|"))
    return base.neutral(value) if column in MOMENTS else value
