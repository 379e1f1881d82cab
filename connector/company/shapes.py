"""The tables of the `company/` folder: every column, in English and Russian."""

from __future__ import annotations

from connector.tables import cells, words
from connector.tables.shape import Column, Reader, Shape

VERDICTS = {"same": "same", "один": "same", "да": "same", "different": "different", "разные": "different",
            "нет": "different"}  # fmt: skip


def _needed(name: str, read: Reader, *russian: str, meaning: str = "") -> Column:
    return Column(name, read, russian, required=True, meaning=meaning)


def _column(name: str, read: Reader, *russian: str, meaning: str = "") -> Column:
    return Column(name, read, russian, meaning=meaning)


PEOPLE = Shape(
    "people",
    (
        _needed("person", cells.text, "Человек", "Код", meaning="ваше имя для него во всех файлах"),
        _column("name", cells.text, "ФИО", "Имя"),
        _column("email", cells.text, "Почта", "E-mail"),
        _column("role", cells.Choice(words.ROLES), "Роль", "Должность"),
        _column("head", cells.text, "Руководитель", meaning="человек"),
        _column("department", cells.text, "Отдел", "Подразделение"),
        _column("industries", cells.several, "Отрасли"),
        _column("regions", cells.several, "Регионы"),
        _column("skills", cells.several, "Навыки"),
        _column("capacity", cells.whole, "Контактов в день", "Мощность"),
        _column("accepts_more", cells.flag, "Берёт новых", "Принимает клиентов"),
        _column("ramp_until", cells.day, "Ввод в должность до"),
        _column("active_from", cells.day, "Работает с", "Принят"),
        _column("active_to", cells.day, "Работает по", "Уволен", meaning="последний рабочий день"),
    ),
    ("person",),
    ("Люди", "Сотрудники"),
)

ABSENCES = Shape(
    "absences",
    (
        _needed("person", cells.text, "Человек", "Сотрудник"),
        _needed("from_date", cells.day, "С", "Начало"),
        _needed("to_date", cells.day, "По", "Окончание", meaning="включительно"),
        _column("deputy", cells.text, "Замещает", "Заместитель", meaning="человек"),
        _column("kind", cells.text, "Вид"),
        _column("entered", cells.day, "Внесено", meaning="день, когда об этом стало известно"),
    ),
    ("person", "from_date", "to_date"),
    ("Отсутствия", "Отпуска"),
    span=("from_date", "to_date"),
)

PINS = Shape(
    "pins",
    (
        _needed("client", cells.text, "Клиент", meaning="источник:код, код, ИНН или название"),
        _column("until", cells.day, "До", meaning="включительно; пусто — бессрочно"),
        _column("by", cells.text, "Кто", "Кем"),
        _column("why", cells.text, "Почему", "Причина"),
    ),
    ("client",),
    ("Закрепления", "Закреплённые"),
)

LINKS = Shape(
    "links",
    (
        _needed("client", cells.text, "Клиент", meaning="источник:код"),
        _needed("other", cells.text, "Другой", "Второй", meaning="источник:код"),
        _needed("verdict", cells.Choice(VERDICTS), "Вывод", meaning="same — один клиент, different — разные"),
    ),
    ("client", "other"),
    ("Связи",),
)

APPROVED_MOVES = Shape(
    "approved_moves",
    (
        _needed("client", cells.text, "Клиент", meaning="источник:код, код, ИНН или название"),
        _needed("to", cells.text, "Кому", meaning="человек"),
        _column("by", cells.text, "Кто", "Кем"),
        _needed("date", cells.day, "Дата"),
    ),
    ("client", "to", "date"),
    ("Согласованные передачи", "Передачи"),
)

SHAPES: tuple[Shape, ...] = (PEOPLE, ABSENCES, PINS, LINKS, APPROVED_MOVES)
