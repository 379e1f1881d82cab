"""How events of the neutral company show as the interactions and tasks that all BSP configurations share.

A planned one is not `Рассмотрено`, a cancelled one is marked for deletion, the date is when it was held or is
planned for. 1C has no field for when an interaction was entered, nor for the length and success of a call:
these two are additional attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec import attributes
from connector.sandbox.onec.base import Base, Image
from connector.sandbox.onec.configurations import ut11_types as ut
from connector.sandbox.onec.edm import Ref

MEETING = timedelta(hours=1)
SETS = {"call": ut.CALLS, "meeting": ut.MEETINGS, "email": ut.SENT, "message": ut.SMS, "task": ut.TASKS}


def set_of(row: NeutralRow) -> str:
    """Return the set an event shows in."""
    if row["kind"] == "email" and row["direction"] == "in":
        return ut.RECEIVED
    return SETS.get(row["kind"], ut.PLANNED)


def event(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show an event as the document of its kind."""
    entity = set_of(row)
    values, sections = DRAW[entity](base, row)
    titles = attributes.MESSAGE if entity == ut.SMS else attributes.EVENT
    extra = attributes.lines(base, row, titles)
    yield Image(
        entity,
        base.key("events", row["id"]),
        values,
        sections | ({attributes.SECTION: extra} if extra else {}),
    )


def about(base: Base, row: NeutralRow) -> dict[str, Any]:
    """Return the head that every interaction has."""
    user = base.ref(ut.USERS, "employees", row["employee"])
    done = row["status"] == "completed"
    at = base.local(row["completed_at"] if done else row["planned_at"] or row["logged_at"])
    return {
        "Date": at or "0001-01-01T00:00:00",
        "Posted": row["status"] != "cancelled",
        "DeletionMark": row["status"] == "cancelled",
        "Тема": row["subject"],
        "Описание": row["result"],
        "Важность": "Обычная",
        "Автор": user,
        "Ответственный": user,
        "Рассмотрено": done,
        "РассмотретьПосле": base.local(row["planned_at"]) or "0001-01-01T00:00:00",
        "Предмет": deal_of(base, row),
    }


def deal_of(base: Base, row: NeutralRow) -> Ref | None:
    """Return what an event is about: its deal, if it has one."""
    return base.ref(ut.DEALS, "deals", row["deal"])


def client_of(base: Base, row: NeutralRow) -> Ref | None:
    """Return whom an event is with."""
    return base.ref(ut.PARTNERS, "clients", row["client"])


Drawn = tuple[dict[str, Any], dict[str, list[Mapping[str, Any]]]]


def call(base: Base, row: NeutralRow) -> Drawn:
    """Draw a call."""
    client = client_of(base, row)
    caller = {
        "Входящий": row["direction"] == "in",
        "АбонентКонтакт": client,
        "АбонентПредставление": base.name_of(client),
    }
    return about(base, row) | caller, {}


def meeting(base: Base, row: NeutralRow) -> Drawn:
    """Draw a meeting of an hour."""
    values = about(base, row)
    end = datetime.fromisoformat(values["Date"]) + MEETING if values["Date"][:4] != "0001" else None
    values |= {"ДатаНачала": values["Date"]}
    values |= {"ДатаОкончания": end.strftime("%Y-%m-%dT%H:%M:%S")} if end else {}
    return values, {"Участники": partakers(base, row)}


def planned(base: Base, row: NeutralRow) -> Drawn:
    """Draw a planned interaction."""
    return about(base, row), {"Участники": partakers(base, row)}


def message(base: Base, row: NeutralRow) -> Drawn:
    """Draw a short message."""
    return about(base, row) | {"ТекстСообщения": row["subject"]}, {"Адресаты": partakers(base, row)}


def partakers(base: Base, row: NeutralRow) -> list[Mapping[str, Any]]:
    """Return the line of the client in an interaction."""
    client = client_of(base, row)
    return [{"Контакт": client, "ПредставлениеКонтакта": base.name_of(client)}] if client else []


def sent(base: Base, row: NeutralRow) -> Drawn:
    """Draw a letter to a client."""
    values, client = about(base, row), client_of(base, row)
    done = row["status"] == "completed"
    values |= {"ДатаОтправления": values["Date"] if done else "0001-01-01T00:00:00"}
    values |= {"СтатусПисьма": "Отправлено" if done else "Черновик"}
    lines: list[Mapping[str, Any]] = [{"Контакт": client, "Представление": base.name_of(client)}]
    return values, {"ПолучателиПисьма": lines if client else []}


def received(base: Base, row: NeutralRow) -> Drawn:
    """Draw a letter from a client."""
    values = about(base, row)
    return values | {"ДатаПолучения": values["Date"], "ОтправительКонтакт": client_of(base, row)}, {}


def errand(base: Base, row: NeutralRow) -> Drawn:
    """Draw a task."""
    user, client = base.ref(ut.USERS, "employees", row["employee"]), client_of(base, row)
    never = "0001-01-01T00:00:00"
    done, begun = row["status"] == "completed", base.local(row["logged_at"]) or never
    return {
        "Date": begun,
        "DeletionMark": row["status"] == "cancelled",
        "Executed": done,
        "Description": row["subject"],
        "Описание": row["subject"],
        "Предмет": client,
        "ПредметСтрокой": base.name_of(client),
        "Исполнитель": user,
        "Автор": user,
        "Важность": "Обычная",
        "СостояниеБизнесПроцесса": "Завершен" if done else "Активен",
        "ДатаНачала": begun,
        "СрокИсполнения": base.local(row["planned_at"]) or never,
        "ДатаИсполнения": base.local(row["completed_at"]) or never,
        "РезультатВыполнения": row["result"],
    }, {}


DRAW: dict[str, Callable[[Base, NeutralRow], Drawn]] = {
    ut.CALLS: call,
    ut.MEETINGS: meeting,
    ut.PLANNED: planned,
    ut.SMS: message,
    ut.SENT: sent,
    ut.RECEIVED: received,
    ut.TASKS: errand,
}
