"""Hand-made firms for the tests of stand-ins: every cell is written out here, nothing is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.sandbox.company.tables import COLUMNS, Company, Row

AS_OF = datetime.fromisoformat("2026-10-01T09:00:00+03:00")

EMPLOYEES = [
    {"id": "1", "name": "Орлов Юрий Борисович", "email": "orlov@firma.example",
     "phones": "+74950000001|+79160000001",
     "active": "1", "role": "director", "department": "Дирекция", "active_from": "2020-01-13"},
    {"id": "2", "name": "Соколова Вера Ивановна", "email": "sokolova@firma.example", "active": "1",
     "role": "head",
     "head": "1", "department": "Отдел продаж"},
    {"id": "3", "name": "Гусева Ирина Андреевна", "email": "guseva@firma.example", "active": "1",
     "role": "seller",
     "head": "2", "department": "Отдел продаж"},
    {"id": "4", "name": "Крылов Дмитрий Григорьевич", "email": "krylov@firma.example", "active": "0",
     "role": "seller", "head": "2", "department": "Отдел продаж", "active_to": "2026-06-30"},
]  # fmt: skip
CLIENTS = [
    {"id": "1", "name": "ООО «Ромашка»", "kind": "company", "inn": "7727406574", "kpp": "772701001",
     "phones": "+74951112233|+79161112233", "emails": "info@romashka.example",
     "address": "г. Москва, ул. Мира, д. 1",
     "site": "https://romashka.example", "industry": "металлургия", "region": "Москва", "status": "active",
     "owner": "3", "co_owners": "2", "key_account": "1", "tags": "опт|экспорт",
     "created_at": "2024-03-11T16:36:46+03:00", "updated_at": "2026-08-01T16:08:08+03:00", "abc": "A"},
    {"id": "2", "name": "ИП Петров", "kind": "person", "inn": "770912345678", "phones": "+79162223344",
     "industry": "торговля", "status": "closed", "owner": "", "key_account": "0",
     "created_at": "2025-01-10T10:00:00+03:00", "closed_at": "2026-05-05T12:00:00+03:00",
     "updated_at": "2026-05-05T12:00:00+03:00"},
    {"id": "3", "name": "АО «Вега»", "kind": "company", "inn": "6623049238", "kpp": "662301001",
     "status": "active",
     "industry": "металлургия", "region": "Урал", "owner": "4", "created_at": "2025-06-01T09:00:00+03:00",
     "updated_at": "2026-09-30T18:00:00+03:00"},
]  # fmt: skip
CONTACTS = [
    {"id": "1", "client": "1", "name": "Коваленко Мария Максимовна", "position": "Закупки",
     "phones": "+79038355492", "emails": "m.kovalenko@romashka.example"},
    {"id": "2", "client": "1", "name": "Бирюкова Юлия Романовна"},
    {"id": "3", "client": "3", "name": "Рогов Пётр Ильич", "phones": "+79035550000"},
]  # fmt: skip
EVENTS = [
    {"id": "1", "client": "1", "employee": "3", "kind": "call", "direction": "out", "status": "completed",
     "completed_at": "2026-09-10T12:05:58+03:00", "logged_at": "2026-09-10T12:37:31+03:00",
     "duration_s": "128",
     "successful": "1", "subject": "Обсудить КП", "result": "Ждём ответа"},
    {"id": "2", "client": "1", "employee": "3", "kind": "meeting", "status": "planned",
     "planned_at": "2026-10-02T11:00:00+03:00", "logged_at": "2026-09-20T10:00:00+03:00",
     "subject": "Встреча"},
    {"id": "3", "client": "1", "employee": "3", "kind": "call", "direction": "in", "status": "completed",
     "planned_at": "2026-09-15T09:00:00+03:00", "completed_at": "2026-09-15T10:30:00+03:00",
     "logged_at": "2026-09-15T10:31:00+03:00", "duration_s": "0", "successful": "0",
     "subject": "Звонок клиента"},
    {"id": "4", "client": "3", "employee": "2", "kind": "email", "direction": "out", "status": "completed",
     "completed_at": "2026-09-18T15:00:00+03:00", "logged_at": "2026-09-18T15:00:10+03:00",
     "subject": "Прайс",
     "deal": "2"},
    {"id": "5", "client": "3", "employee": "2", "kind": "call", "direction": "out", "status": "cancelled",
     "planned_at": "2026-09-19T15:00:00+03:00", "logged_at": "2026-09-18T15:00:10+03:00",
     "subject": "Отменён"},
    {"id": "6", "client": "3", "employee": "3", "kind": "task", "status": "planned",
     "planned_at": "2026-10-05T18:00:00+03:00", "logged_at": "2026-09-25T09:00:00+03:00",
     "subject": "Выслать образцы"},
    {"id": "7", "client": "1", "employee": "3", "kind": "call", "direction": "out", "status": "planned",
     "planned_at": "2026-10-03T10:00:00+03:00", "logged_at": "2026-09-26T09:00:00+03:00",
     "subject": "Перезвонить"},
    {"id": "8", "client": "2", "employee": "3", "kind": "message", "direction": "in", "status": "completed",
     "completed_at": "2026-09-27T09:00:00+03:00", "logged_at": "2026-09-27T09:00:00+03:00",
     "subject": "Вопрос"},
]  # fmt: skip
DEALS = [
    {"id": "1", "client": "1", "owner": "3", "title": "Пробная партия", "pipeline": "Новые продажи",
     "stage": "Переговоры", "stage_kind": "open", "amount": "19999.99", "currency": "RUB",
     "probability": "50",
     "created_at": "2026-09-01T10:00:00+03:00", "expected_close": "2026-10-15"},
    {"id": "2", "client": "3", "owner": "2", "title": "Годовой контракт", "pipeline": "Повторные продажи",
     "stage": "Отказ", "stage_kind": "lost", "amount": "20000", "currency": "RUB", "probability": "0",
     "created_at": "2026-08-01T10:00:00+03:00", "expected_close": "2026-09-15",
     "closed_at": "2026-09-20T12:00:00+03:00", "loss_reason": "Дорого"},
]  # fmt: skip
HISTORY = [
    {"deal": "1", "stage": "Новая", "entered_at": "2026-09-01T10:00:00+03:00"},
    {"deal": "1", "stage": "Переговоры", "entered_at": "2026-09-08T12:00:00+03:00"},
    {"deal": "2", "stage": "Новая", "entered_at": "2026-08-01T10:00:00+03:00"},
    {"deal": "2", "stage": "Отказ", "entered_at": "2026-09-20T12:00:00+03:00"},
]
OWNERSHIP = [
    {"client": "1", "employee": "4", "valid_from": "2024-03-11", "valid_to": "2025-12-31"},
    {"client": "1", "employee": "3", "valid_from": "2026-01-01"},
    {"client": "3", "employee": "4", "valid_from": "2025-06-01"},
]


def rows(table: str, given: list[Mapping[str, str]]) -> list[Row]:
    """Fill rows up with empty cells to every column of the table."""
    return [{column: row.get(column, "") for column in COLUMNS[table]} for row in given]


def firm(**tables: list[Mapping[str, str]]) -> Company:
    """Return the small firm, with some tables replaced."""
    given: dict[str, Any] = {
        "employees": EMPLOYEES, "clients": CLIENTS, "contacts": CONTACTS, "events": EVENTS, "deals": DEALS,
        "stage_history": HISTORY, "ownership": OWNERSHIP, **tables,
    }  # fmt: skip
    return Company(AS_OF, tables={name: rows(name, given.get(name, [])) for name in COLUMNS})


def many_clients(count: int) -> Company:
    """Return the small firm with that many plain clients, all owned by employee 3, created a minute apart."""
    first = datetime.fromisoformat("2026-01-01T00:00:00+03:00")
    plain = {"kind": "company", "status": "active", "owner": "3"}
    clients = []
    for number in range(1, count + 1):
        moment = (first + timedelta(minutes=number)).isoformat()
        named = {"id": str(number), "name": f"Клиент {number}", "created_at": moment, "updated_at": moment}
        clients.append(plain | named)
    return firm(clients=clients, contacts=[], events=[], deals=[], stage_history=[], ownership=[])
