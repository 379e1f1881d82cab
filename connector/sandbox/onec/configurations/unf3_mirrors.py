"""What written records of Управление нашей фирмой 3 say about the neutral company."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.base import Base, Mirror
from connector.sandbox.onec.configurations import unf3_types as unf
from connector.sandbox.onec.configurations.references import named, number_of
from connector.sandbox.onec.edm import Ref, Row
from connector.sandbox.onec.keys import make_key

TYPES = {
    "call": "ТелефонныйЗвонок",
    "meeting": "ЛичнаяВстреча",
    "email": "ЭлектронноеПисьмо",
    "message": "СообщениеSMS",
}
KINDS = {word: kind for kind, word in TYPES.items()}
WAYS = {"in": "Входящее", "out": "Исходящее"}
DIRECTIONS = {word: way for way, word in WAYS.items()}
STATUSES = {"Завершено": "completed", "Отменено": "cancelled"}


def client_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a counterparty says about a client."""
    titles = {column: title for column, title in attributes.CLIENT.items() if column != "tags"}
    tags = [base.name_of(Ref(unf.TAGS, line["Тег_Key"])) for line in row["Теги"]]
    return {
        "name": row["Description"],
        "inn": row["ИНН"],
        "kpp": row["КПП"],
        "tags": "|".join(tags),
        "owner": number_of(base, row, "Ответственный", "employees", unf.CLIENTS),
        "region": named(base, row, "БизнесРегион", unf.CLIENTS),
        "created_at": base.neutral(row["ДатаСоздания"]),
        **contactinfo.neutral_cells(row),
        **attributes.neutral_cells(base, row, titles),
    }


def person_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a person says about a contact."""
    info = contactinfo.neutral_cells(row)
    client = number_of(base, row, "Owner", "clients", unf.PERSONS)
    return {
        "name": row["Description"],
        "position": row["Должность"],
        "client": client,
        "phones": info["phones"],
        "emails": info["emails"],
    }


def order_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what an order says about a deal."""
    kinds = {"Успешно": "won", "Отменен": "lost"}
    return {
        "title": row["Комментарий"],
        "client": number_of(base, row, "Контрагент", "clients", unf.ORDERS),
        "owner": number_of(base, row, "Ответственный", "employees", unf.ORDERS),
        "amount": str(row["СуммаДокумента"]),
        "stage": named(base, row, "СостояниеЗаказа", unf.ORDERS),
        "pipeline": named(base, row, "ВидЗаказа", unf.ORDERS),
        "stage_kind": kinds.get(row["ВариантЗавершения"], "open"),
        "loss_reason": named(base, row, "ПричинаОтмены", unf.ORDERS),
        "created_at": base.neutral(row["Date"]),
    }


def event_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what Событие says about an event."""
    state = named(base, row, "Состояние", unf.EVENTS)
    status = "cancelled" if row["DeletionMark"] else STATUSES.get(state, "planned")
    at, done = base.neutral(row["НачалоСобытия"]), status == "completed"
    named_first = [str(base.number("clients", line["Контакт"]) or "") for line in row["Участники"]]
    return {
        "kind": KINDS.get(row["ТипСобытия"], "other"),
        "status": status,
        "subject": row["Тема"],
        "result": row["Содержание"],
        "client": next(filter(None, named_first), ""),
        "employee": number_of(base, row, "Ответственный", "employees", unf.EVENTS),
        "direction": DIRECTIONS.get(row["ВходящееИсходящееСобытие"], ""),
        "planned_at": "" if done else at,
        "completed_at": at if done else "",
        "logged_at": base.neutral(row["Date"]),
        "deal": number_of(base, row, "ДокументОснование", "deals", unf.EVENTS),
        **attributes.neutral_cells(base, row, attributes.EVENT),
    }


def task_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a task says about an event."""
    done, users = (
        row["Executed"],
        {make_key("user", number): number for number in base.truth.rows["employees"]},
    )
    return {
        "kind": "task",
        "subject": row["Description"],
        "result": row["РезультатВыполнения"],
        "client": number_of(base, row, "Предмет", "clients", unf.TASKS),
        "employee": str(users.get(row["Исполнитель"], "")),
        "status": "completed" if done else "cancelled" if row["DeletionMark"] else "planned",
        "planned_at": base.neutral(row["СрокИсполнения"]),
        "logged_at": base.neutral(row["Date"]),
        "completed_at": base.neutral(row["ДатаИсполнения"]) if done else "",
    }


MIRRORS: Mapping[str, Mirror] = {
    unf.CLIENTS: Mirror("clients", client_cells),
    unf.PERSONS: Mirror("contacts", person_cells),
    unf.ORDERS: Mirror("deals", order_cells),
    unf.EVENTS: Mirror("events", event_cells),
    unf.TASKS: Mirror("events", task_cells),
}
