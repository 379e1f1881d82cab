"""Names the objects of a configuration as 1C's own people do: Справочник.Партнеры for Catalog_Партнеры."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "Catalog": ("Справочник", "Справочники"),
    "Document": ("Документ", "Документы"),
    "DocumentJournal": ("ЖурналДокументов", "Журналы документов"),
    "Constant": ("Константа", "Константы"),
    "ExchangePlan": ("ПланОбмена", "Планы обмена"),
    "ChartOfAccounts": ("ПланСчетов", "Планы счетов"),
    "ChartOfCalculationTypes": ("ПланВидовРасчета", "Планы видов расчета"),
    "ChartOfCharacteristicTypes": ("ПланВидовХарактеристик", "Планы видов характеристик"),
    "InformationRegister": ("РегистрСведений", "Регистры сведений"),
    "AccumulationRegister": ("РегистрНакопления", "Регистры накопления"),
    "CalculationRegister": ("РегистрРасчета", "Регистры расчета"),
    "AccountingRegister": ("РегистрБухгалтерии", "Регистры бухгалтерии"),
    "BusinessProcess": ("БизнесПроцесс", "Бизнес-процессы"),
    "Task": ("Задача", "Задачи"),
}
"""Prefix of a set (documentation of the platform 8.3.27, 17.4) -> kind of object, branch in the form."""
FORM = "Настройка стандартного интерфейса OData"
"""The form of every configuration with БСП in which the composition is ticked."""


def object_name(entity_set: str) -> str:
    """Return the full name of the object behind a set, as the built-in language writes it."""
    prefix, _, name = entity_set.partition("_")
    return f"{KINDS[prefix][0]}.{name}" if prefix in KINDS else entity_set


def branch(entity_set: str) -> str:
    """Return where the object is ticked in the form: `Справочники: Партнеры`."""
    prefix, _, name = entity_set.partition("_")
    return f"{KINDS[prefix][1]}: {name}" if prefix in KINDS else entity_set
