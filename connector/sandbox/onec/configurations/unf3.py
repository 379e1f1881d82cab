"""Управление нашей фирмой 3: one catalogue of clients, one document for every event, orders that are deals.

A deal shows as an order: what is closed has the variant of its end, a refused one its reason. Employees are
Сотрудники; each has a Пользователь of the same name beside it, who is whom tasks are given to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.base import Base, Blueprint, Image
from connector.sandbox.onec.configurations import unf3_types as unf
from connector.sandbox.onec.configurations.nodes import furnish_nodes
from connector.sandbox.onec.configurations.unf3_mirrors import MIRRORS, TYPES, WAYS
from connector.sandbox.onec.edm import NEVER, SPACE, Ref
from connector.sandbox.onec.keys import make_key

ATTRIBUTES = {column: title for column, title in attributes.CLIENT.items() if column != "tags"}
STATES = {"planned": "Запланировано", "completed": "Завершено", "cancelled": "Отменено"}
Sections = dict[str, list[Mapping[str, Any]]]
ENDS = {"won": "Успешно", "lost": "Отменен", "open": ""}


def worker(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show an employee, and the user of the base that goes with one."""
    gone = row["active"] == "0"
    values = {"Description": row["name"], "Недействителен": gone}
    more = {"ВАрхиве": gone, "Подразделение": base.named(unf.DEPARTMENTS, row["department"])}
    card = {contactinfo.SECTION: contactinfo.lines(base, row, "сотрудника")}
    yield Image(unf.STAFF, base.key("employees", row["id"]), values | more, card)
    yield Image(unf.USERS, make_key("user", int(row["id"])), values)


def client(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a client."""
    lines = contactinfo.lines(base, row, "контрагента")
    values = {
        "Description": row["name"],
        "НаименованиеПолное": row["name"],
        "ИНН": row["inn"],
        "КПП": row["kpp"],
        "ВидКонтрагента": "ФизическоеЛицо" if row["kind"] == "person" else "ЮридическоеЛицо",
        "Покупатель": True,
        "Ответственный": base.ref(unf.STAFF, "employees", row["owner"]),
        "ДатаСоздания": base.local(row["created_at"]) or NEVER,
        "БизнесРегион": base.named(unf.REGIONS, row["region"]),
        **searched(lines),
    }
    tags: list[Mapping[str, Any]] = [
        {"Тег": base.named(unf.TAGS, tag)} for tag in row["tags"].split("|") if tag
    ]
    extra: Sections = {attributes.SECTION: attributes.lines(base, row, ATTRIBUTES), "Теги": tags}
    yield Image(unf.CLIENTS, base.key("clients", row["id"]), values, {contactinfo.SECTION: lines, **extra})


def searched(lines: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return the fields of the head that a card is found by."""
    return {
        "НомерТелефонаДляПоиска": ";".join(one["НомерТелефона"] for one in lines if "НомерТелефона" in one),
        "АдресЭПДляПоиска": ";".join(one["АдресЭП"] for one in lines if "АдресЭП" in one),
    }


def person(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a person at a client."""
    values = {
        "Description": row["name"],
        "Owner": base.ref(unf.CLIENTS, "clients", row["client"]),
        "Должность": row["position"],
    }
    card = {contactinfo.SECTION: contactinfo.lines(base, row, "контактного лица")}
    yield Image(unf.PERSONS, base.key("contacts", row["id"]), values, card)


def event(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show an event as Событие, a task as a task."""
    if row["kind"] == "task":
        yield job(base, row)
        return
    done = row["status"] == "completed"
    at = base.local(row["completed_at"] if done else row["planned_at"] or row["logged_at"]) or NEVER
    values = {
        "Date": base.local(row["logged_at"]) or at,
        "Posted": row["status"] != "cancelled",
        "НачалоСобытия": at,
        "ОкончаниеСобытия": at,
        "DeletionMark": row["status"] == "cancelled",
        "ТипСобытия": TYPES.get(row["kind"], "Прочее"),
        "Тема": row["subject"],
        "Содержание": row["result"],
        "Ответственный": base.ref(unf.STAFF, "employees", row["employee"]),
        "Состояние": base.named(unf.EVENT_STATES, STATES[row["status"]]),
        "ВходящееИсходящееСобытие": WAYS.get(row["direction"], ""),
        "ДокументОснование": base.ref(unf.ORDERS, "deals", row["deal"]),
    }
    whom = base.ref(unf.CLIENTS, "clients", row["client"])
    sections: Sections = {"Участники": [{"Контакт": whom}] if whom else []}
    extra = attributes.lines(base, row, attributes.EVENT)
    yield Image(unf.EVENTS, base.key("events", row["id"]), values, {**sections, attributes.SECTION: extra})


def job(base: Base, row: NeutralRow) -> Image:
    """Show a task, given to the user of the employee."""
    done, begun = row["status"] == "completed", base.local(row["logged_at"]) or NEVER
    user = Ref(unf.USERS, make_key("user", int(row["employee"]))) if row["employee"].isdigit() else None
    whom = base.ref(unf.CLIENTS, "clients", row["client"])
    values = {
        "Date": begun,
        "ДатаНачала": begun,
        "Executed": done,
        "DeletionMark": row["status"] == "cancelled",
        "Description": row["subject"],
        "Описание": row["subject"],
        "Предмет": whom,
        "ПредметСтрокой": base.name_of(whom),
        "Исполнитель": user,
        "Автор": user,
        "Важность": "Обычная",
        "РезультатВыполнения": row["result"],
        "СостояниеБизнесПроцесса": "Завершен" if done else "Активен",
        "СрокИсполнения": base.local(row["planned_at"]) or NEVER,
        "ДатаИсполнения": base.local(row["completed_at"]) or NEVER,
    }
    return Image(unf.TASKS, base.key("events", row["id"]), values)


def order(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a deal as an order."""
    amount = Decimal(row["amount"] or 0)
    values = {
        "Date": base.local(row["created_at"]) or NEVER,
        "Posted": True,
        "Контрагент": base.ref(unf.CLIENTS, "clients", row["client"]),
        "Ответственный": base.ref(unf.STAFF, "employees", row["owner"]),
        "СуммаДокумента": float(amount),
        "СостояниеЗаказа": base.named(unf.ORDER_STATES, row["stage"]),
        "ВидЗаказа": base.named(unf.KINDS, row["pipeline"]),
        "ВариантЗавершения": ENDS[row["stage_kind"]],
        "ПричинаОтмены": base.named(unf.REASONS, row["loss_reason"]),
        "ДатаИзменения": base.local(row["closed_at"] or row["created_at"]) or NEVER,
        "ДатаОтгрузки": base.local(row["closed_at"] or row["expected_close"]) or NEVER,
        "Комментарий": row["title"],
    }
    fat = base.faults.number("fat_order")
    lines = [stock(base, amount)] * (fat if fat and not base.records[unf.ORDERS] else 1)
    yield Image(unf.ORDERS, base.key("deals", row["id"]), values, {"Запасы": lines})


def stock(base: Base, amount: Decimal) -> Mapping[str, Any]:
    """Return one line of goods with the whole sum."""
    item = base.named(unf.GOODS, "Товар")
    return {"Номенклатура": item, "Количество": 1, "Цена": float(amount), "Сумма": float(amount)}


def sale(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a sale as an invoice with what it records; a negative one is a return."""
    amount, margin = Decimal(row["amount"] or 0), Decimal(row["margin"] or 0)
    at, key = f"{row['date'][:10]}T12:00:00", base.key("sales", row["id"])
    whom = base.ref(unf.CLIENTS, "clients", row["client"])
    found = base.get(unf.CLIENTS, whom.key) if whom else None
    seller = (
        Ref(unf.STAFF, found.row["Ответственный_Key"]) if found and "Ответственный_Key" in found.row else None
    )
    head = {
        "Date": at,
        "Posted": True,
        "Контрагент": whom,
        "Ответственный": seller,
        "СуммаДокумента": float(abs(amount)),
        "ВидОперации": "ВозвратОтПокупателя" if amount < 0 else "ПродажаПокупателю",
    }
    yield Image(unf.SALES, key, head, {"Запасы": [stock(base, abs(amount))]})
    record = {
        "Period": at,
        "Active": True,
        "Контрагент": whom,
        "Ответственный": seller,
        "Количество": -1 if amount < 0 else 1,
        "Сумма": float(amount),
        "Себестоимость": float(amount - margin),
    }
    recorder = Ref(unf.SALES, key)
    yield Image(unf.REVENUE, (key, SPACE + unf.SALES), {"Recorder": recorder}, {"RecordSet": [record]})


def furnish(base: Base) -> None:
    """Fill in the properties of the firm, states of events, and the nodes of the exchange plan."""
    for title in (*ATTRIBUTES.values(), *attributes.EVENT.values()):
        attributes.property_ref(base, title)
    for state in STATES.values():
        base.named(unf.EVENT_STATES, state)
    furnish_nodes(base, unf.NODES)


UNF3 = Blueprint(
    unf.types(),
    {
        "employees": worker,
        "clients": client,
        "contacts": person,
        "deals": order,
        "events": event,
        "sales": sale,
    },
    MIRRORS,
    furnish,
)
