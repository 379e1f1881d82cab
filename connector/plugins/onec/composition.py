"""Says which objects a profile needs in the composition of the interface: as a list, and as code of 1C."""

from __future__ import annotations

from collections.abc import Iterator

from connector.plugins.onec.cells import STEP
from connector.plugins.onec.columns import names
from connector.plugins.onec.objects import KINDS, object_name
from connector.plugins.onec.profile_file import CellFile, JoinFile, ProfileFile, TableFile

PROPERTY, VALUE = "Свойство", "Значение"
"""References of an additional attribute: to its name, and to a value that is one of a list."""
_CODE = """\
// Состав стандартного интерфейса OData для профиля «{title}».
// Выполните один раз на сервере под администратором: в консоли кода или внешней обработкой.
// Что уже отмечено, остаётся отмеченным; имена, которых в конфигурации нет, код назовёт.
Нужные = Новый Массив;
{wanted}
Состав = Новый Массив;
Для Каждого Объект Из ПолучитьСоставСтандартногоИнтерфейсаOData() Цикл
\tСостав.Добавить(Объект);
КонецЦикла;
Для Каждого Имя Из Нужные Цикл
\tОбъект = Метаданные.НайтиПоПолномуИмени(Имя);
\tЕсли Объект = Неопределено Тогда
\t\tСообщить("Нет в конфигурации: " + Имя);
\tИначеЕсли Состав.Найти(Объект) = Неопределено Тогда
\t\tСостав.Добавить(Объект);
\tКонецЕсли;
КонецЦикла;
УстановитьСоставСтандартногоИнтерфейсаOData(Состав);
"""


def needed_sets(profile: ProfileFile) -> list[str]:
    """Return the sets of objects that a profile reads, follows and writes, each once, by kind and name.

    Of names of which one is published (`A|B`) the first is meant; what `$metadata` alone tells is not known.
    """
    found = {name for name in _sets(profile) if name.partition("_")[0] in KINDS}
    kinds = list(KINDS)
    return sorted(found, key=lambda name: (kinds.index(name.partition("_")[0]), name))


def code(title: str, sets: list[str]) -> str:
    """Return the snippet of the built-in language that adds the sets to the composition."""
    wanted = "\n".join(f'Нужные.Добавить("{object_name(name)}");' for name in sets)
    return _CODE.format(title=title, wanted=wanted)


def _sets(profile: ProfileFile) -> Iterator[str]:
    for table in profile.tables.values():
        yield from names(table.set)[:1]
        for join in table.joins.values():
            yield from names(join.set)[:1]
        for cell in _cells(table):
            yield from _followed(profile, cell)
    for name, bridge in profile.bridges.items():
        yield from (name, bridge.to)
    for target in profile.writes.values():
        yield from names(target.set)[:1]
        for column in (*target.line.values(), *target.columns.values(), *target.named, *target.closed_named):
            if column in {PROPERTY, VALUE} or column in target.named or column in target.closed_named:
                yield from profile.references.get(column, ())


def _cells(table: TableFile) -> Iterator[CellFile]:
    parts: tuple[TableFile | JoinFile, ...] = (table, *table.joins.values())
    for part in parts:
        for cells in part.fields.values():
            yield from cells
    for cells in table.custom.values():
        yield from cells


def _followed(profile: ProfileFile, cell: CellFile) -> Iterator[str]:
    """Yield the sets that the way of a cell passes through."""
    if cell.attribute:
        yield from (*profile.references.get(PROPERTY, ()), *profile.references.get(VALUE, ()))
    for step in cell.column.split(STEP)[:-1]:
        for name in names(step):
            yield from profile.references.get(name, ())
