"""The format of a folder of tables: every table and column, in English and Russian, and what a cell holds."""

from __future__ import annotations

from collections.abc import Mapping

from connector.tables import cells, words
from connector.tables.shape import Column, Reader, Shape


def _needed(name: str, read: Reader, *russian: str, meaning: str = "") -> Column:
    return Column(name, read, russian, required=True, meaning=meaning)


def _column(name: str, read: Reader, *russian: str, meaning: str = "") -> Column:
    return Column(name, read, russian, meaning=meaning)


EMPLOYEES = Shape(
    "employees",
    (
        _needed("id", cells.text, "Код", "ID"),
        _needed("name", cells.text, "ФИО", "Имя", "Наименование", "Сотрудник"),
        _column("email", cells.text, "Почта", "E-mail", "Электронная почта"),
        _column("phones", cells.several, "Телефоны", "Телефон"),
        _column("active", cells.flag, "Работает", "Активен", meaning="пусто — работает"),
        _column("role", cells.Choice(words.ROLES), "Роль", "Должность"),
        _column("head", cells.text, "Руководитель", meaning="код сотрудника"),
        _column("department", cells.text, "Отдел", "Подразделение"),
        _column("industries", cells.several, "Отрасли"),
        _column("regions", cells.several, "Регионы"),
        _column("capacity", cells.whole, "Контактов в день", "Мощность"),
        _column("accepts_more", cells.flag, "Берёт новых", "Принимает клиентов"),
        _column("active_from", cells.day, "Работает с", "Принят", "Дата приёма"),
        _column("active_to", cells.day, "Работает по", "Уволен", "Дата увольнения",
                meaning="последний рабочий день"),
    ),
    ("id",),
    ("Сотрудники", "Менеджеры"),
)  # fmt: skip

CLIENTS = Shape(
    "clients",
    (
        _needed("id", cells.text, "Код", "ID"),
        _needed("name", cells.text, "Наименование", "Название", "Клиент", "Контрагент"),
        _column("kind", cells.Choice(words.CLIENT_KINDS), "Вид", "Юр/физ лицо", meaning="пусто — компания"),
        _column("inn", cells.text, "ИНН", meaning="неверный остаётся как есть, с пометкой"),
        _column("kpp", cells.text, "КПП"),
        _column("phones", cells.several, "Телефоны", "Телефон"),
        _column("emails", cells.several, "Почта", "E-mail", "Электронная почта"),
        _column("address", cells.text, "Адрес"),
        _column("site", cells.text, "Сайт"),
        _column("industry", cells.text, "Отрасль"),
        _column("region", cells.text, "Регион"),
        _column("status", cells.Choice(words.STATES), "Статус", meaning="пусто — активный"),
        _column("owner", cells.text, "Ответственный", "Менеджер", meaning="код сотрудника"),
        _column("co_owners", cells.several, "Соответственные", "Наблюдатели", meaning="коды сотрудников"),
        _column("key_account", cells.flag, "Ключевой", "Ключевой клиент"),
        _column("tags", cells.several, "Метки", "Теги"),
        _column("created_at", cells.moment, "Создан", "Дата создания"),
        _column("closed_at", cells.moment, "Закрыт", "Дата закрытия"),
        _column("updated_at", cells.moment, "Изменён", "Дата изменения"),
        _column("abc", cells.Choice(words.CLASSES), "Класс", "ABC", "АВС",
                meaning="класс, заданный вами: важнее расчётного"),
    ),
    ("id",),
    ("Клиенты", "Контрагенты"),
)  # fmt: skip

CONTACTS = Shape(
    "contacts",
    (
        _needed("id", cells.text, "Код", "ID"),
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _needed("name", cells.text, "ФИО", "Имя"),
        _column("position", cells.text, "Должность"),
        _column("phones", cells.several, "Телефоны", "Телефон"),
        _column("emails", cells.several, "Почта", "E-mail", "Электронная почта"),
    ),
    ("id",),
    ("Контактные лица", "Контакты"),
)

DEALS = Shape(
    "deals",
    (
        _needed("id", cells.text, "Код", "ID"),
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _column("owner", cells.text, "Ответственный", "Менеджер", meaning="код сотрудника"),
        _column("title", cells.text, "Название", "Сделка"),
        _column("pipeline", cells.text, "Воронка"),
        _needed("stage", cells.text, "Этап", "Стадия"),
        _needed("stage_kind", cells.Choice(words.STAGES), "Итог", "Вид этапа"),
        _column("amount", cells.money, "Сумма"),
        _column("currency", cells.text, "Валюта", meaning="пусто — валюта политики"),
        _column("probability", cells.fraction, "Вероятность", meaning="0–1 или проценты"),
        _column("created_at", cells.moment, "Создана", "Дата создания"),
        _column("expected_close", cells.day, "Ожидается", "Ожидаемая дата"),
        _column("closed_at", cells.moment, "Закрыта", "Дата закрытия"),
        _column("loss_reason", cells.text, "Причина отказа"),
    ),
    ("id",),
    ("Сделки",),
)

STAGE_HISTORY = Shape(
    "stage_history",
    (
        _needed("deal", cells.text, "Сделка", "Код сделки"),
        _needed("stage", cells.text, "Этап", "Стадия"),
        _needed("entered_at", cells.moment, "Вошла", "Дата входа"),
    ),
    ("deal", "stage", "entered_at"),
    ("История этапов", "История стадий"),
)

EVENTS = Shape(
    "events",
    (
        _needed("id", cells.text, "Код", "ID"),
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _column("employee", cells.text, "Сотрудник", "Менеджер", "Код сотрудника"),
        _needed("kind", cells.Choice(words.KINDS), "Вид", "Тип"),
        _column("direction", cells.Choice(words.DIRECTIONS), "Направление"),
        _needed("status", cells.Choice(words.STATUSES), "Статус", "Состояние"),
        _column("planned_at", cells.moment, "Запланировано на", "План", "Дата плана"),
        _column("completed_at", cells.moment, "Состоялось в", "Факт", "Дата факта", "Дата"),
        _column("logged_at", cells.moment, "Внесено", "Дата внесения"),
        _column("duration_s", cells.whole, "Длительность, с", "Длительность", meaning="секунды"),
        _column("successful", cells.flag, "Успешно", "Дозвонились", meaning="нет — никто не ответил"),
        _column("subject", cells.text, "Тема"),
        _column("result", cells.text, "Результат"),
        _column("deal", cells.text, "Сделка", "Код сделки"),
    ),
    ("id",),
    ("События", "Контакты с клиентами"),
)

SALES = Shape(
    "sales",
    (
        _needed("id", cells.text, "Код", "ID", "Номер"),
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _needed("date", cells.day, "Дата"),
        _needed("amount", cells.money, "Сумма", "Выручка", meaning="возврат — с минусом"),
        _column("margin", cells.money, "Маржа", "Валовая прибыль"),
        _column("currency", cells.text, "Валюта", meaning="пусто — валюта политики"),
    ),
    ("id",),
    ("Продажи", "Реализация"),
)

OWNERSHIP = Shape(
    "ownership",
    (
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _needed("employee", cells.text, "Сотрудник", "Менеджер", "Ответственный"),
        _needed("valid_from", cells.day, "С", "Действует с", meaning="первый день"),
        _column("valid_to", cells.day, "По", "Действует по", meaning="последний день; пусто — до сих пор"),
        _column("reason", cells.text, "Причина"),
    ),
    ("client", "employee", "valid_from"),
    ("История ответственных", "Ответственные"),
)

ABSENCES = Shape(
    "absences",
    (
        _needed("employee", cells.text, "Сотрудник", "Менеджер"),
        _needed("from_date", cells.day, "С", "Начало"),
        _needed("to_date", cells.day, "По", "Окончание", meaning="включительно"),
        _column("deputy", cells.text, "Замещает", "Заместитель"),
        _column("kind", cells.text, "Вид"),
    ),
    ("employee", "from_date", "to_date"),
    ("Отсутствия", "Отпуска"),
    span=("from_date", "to_date"),
)

FIELD_CHANGES = Shape(
    "field_changes",
    (
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _needed("field", cells.text, "Поле"),
        _needed("at", cells.moment, "Когда", "Дата"),
        _column("by", cells.text, "Кто", "Сотрудник"),
        _column("old", cells.text, "Было"),
        _column("new", cells.text, "Стало"),
    ),
    ("client", "field", "at", "new"),
    ("Изменения полей", "История изменений"),
)

ANSWERS = Shape(
    "answers",
    (
        _needed("client", cells.text, "Клиент", "Код клиента"),
        _needed("criterion", cells.text, "Критерий"),
        _needed("answer", cells.Choice(words.ANSWERS), "Ответ"),
        _column("at", cells.moment, "Когда", "Дата"),
        _column("by", cells.text, "Кто", "Сотрудник"),
    ),
    ("client", "criterion", "at"),
    ("Ответы", "Ответы по критериям"),
)

SHAPES: tuple[Shape, ...] = (
    EMPLOYEES,
    CLIENTS,
    CONTACTS,
    DEALS,
    STAGE_HISTORY,
    EVENTS,
    SALES,
    OWNERSHIP,
    ABSENCES,
    FIELD_CHANGES,
    ANSWERS,
)
"""Every table, in the order in which they are read."""

BY_NAME: Mapping[str, Shape] = {shape.name: shape for shape in SHAPES}
