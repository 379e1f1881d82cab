"""Управление торговлей 11: which neutral rows show where, and what written records say about them."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.base import Base, Blueprint, Image, Mirror
from connector.sandbox.onec.configurations import deals, talks, trade
from connector.sandbox.onec.configurations import ut11_types as ut
from connector.sandbox.onec.configurations.nodes import furnish_nodes
from connector.sandbox.onec.configurations.references import named, number_of
from connector.sandbox.onec.edm import Row

RATES = {"RUB": 1.0, "USD": 80.5, "EUR": 93.25}


def client_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a partner says about a client."""
    return {
        "name": row["Description"],
        "owner": number_of(base, row, "ОсновнойМенеджер", "employees", ut.PARTNERS),
        "region": named(base, row, "БизнесРегион", ut.PARTNERS),
        "created_at": base.neutral(row["ДатаРегистрации"]),
        **contactinfo.neutral_cells(row),
        **attributes.neutral_cells(base, row, attributes.CLIENT),
    }


def person_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a person says about a contact."""
    info = contactinfo.neutral_cells(row)
    return {
        "name": row["Description"],
        "position": row["ДолжностьПоВизитке"],
        "phones": info["phones"],
        "emails": info["emails"],
        "client": number_of(base, row, "Owner", "clients", ut.PERSONS),
    }


def deal_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a deal of 1C says about a neutral one."""
    kinds = {status: kind for kind, status in deals.STATUSES.items()}
    return {
        "title": row["Description"],
        "client": number_of(base, row, "Партнер", "clients", ut.DEALS),
        "owner": number_of(base, row, "Ответственный", "employees", ut.DEALS),
        "stage_kind": kinds.get(row["Статус"], "open"),
        "amount": str(row["ПотенциальнаяСуммаСделки"]),
        "stage": named(base, row, "СостояниеПроцесса", ut.DEALS),
        "pipeline": named(base, row, "ВидСделки", ut.DEALS),
        "loss_reason": named(base, row, "ПричинаПроигрышаСделки", ut.DEALS),
        "created_at": base.neutral(row["ДатаНачала"]),
    }


def task_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a task says about an event."""
    done, gone = row["Executed"], row["DeletionMark"]
    return {
        "kind": "task",
        "subject": row["Description"],
        "result": row["РезультатВыполнения"],
        "client": number_of(base, row, "Предмет", "clients", ut.TASKS),
        "employee": number_of(base, row, "Исполнитель", "employees", ut.TASKS),
        "status": "completed" if done else "cancelled" if gone else "planned",
        "planned_at": base.neutral(row["СрокИсполнения"]),
        "logged_at": base.neutral(row["Date"]),
        "completed_at": base.neutral(row["ДатаИсполнения"]) if done else "",
    }


def talk_cells(kind: str, entity: str) -> Mirror:
    """Return the mirror of one kind of interaction."""

    def cells(base: Base, row: Row) -> dict[str, str]:
        done, at = row["Рассмотрено"], base.neutral(row["Date"])
        status = "cancelled" if row["DeletionMark"] else "completed" if done else "planned"
        return {
            "kind": kind,
            "subject": row["Тема"],
            "result": row["Описание"],
            "status": status,
            "client": partner_number(base, row),
            "employee": number_of(base, row, "Ответственный", "employees", entity),
            "planned_at": base.neutral(row["РассмотретьПосле"]) if done else at,
            "completed_at": at if done else "",
            "deal": number_of(base, row, "Предмет", "deals", entity),
            **attributes.neutral_cells(base, row, TITLES.get(entity, {})),
            **direction(row, entity),
        }

    return Mirror("events", cells)


def direction(row: Row, entity: str) -> dict[str, str]:
    """Return which way a call or a letter went, nothing for what tells it otherwise or not at all."""
    if "Входящий" in row:
        return {"direction": "in" if row["Входящий"] else "out"}
    return (
        {"direction": {ut.SENT: "out", ut.RECEIVED: "in"}[entity]} if entity in (ut.SENT, ut.RECEIVED) else {}
    )


def partner_number(base: Base, row: Row) -> str:
    """Return the number of the first client an interaction names."""
    named = [row.get("АбонентКонтакт"), row.get("ОтправительКонтакт"), row.get("Предмет")]
    for section in ("Участники", "ПолучателиПисьма", "Адресаты"):
        named += [line.get("Контакт") for line in row.get(section, [])]
    return next((str(found) for one in named if one and (found := base.number("clients", one))), "")


def furnish(base: Base) -> None:
    """Fill in what every base has: rates of currencies, properties, nodes of the exchange plan."""
    for currency, rate in RATES.items():
        key = base.named(ut.CURRENCIES, currency)
        assert key is not None
        period = "2026-01-01T00:00:00"
        base.place(
            Image(
                ut.RATES, (period, key.key), {"Period": period, "Валюта": key, "Курс": rate, "Кратность": 1}
            )
        )
    for title in (*attributes.CLIENT.values(), *attributes.EVENT.values()):
        attributes.property_ref(base, title)
    furnish_nodes(base, ut.NODES)


TALKS = {
    ut.CALLS: "call",
    ut.MEETINGS: "meeting",
    ut.PLANNED: "other",
    ut.SENT: "email",
    ut.RECEIVED: "email",
    ut.SMS: "message",
}
TITLES = {
    ut.CALLS: attributes.EVENT,
    ut.MEETINGS: attributes.EVENT,
    ut.PLANNED: attributes.EVENT,
    ut.SMS: attributes.MESSAGE,
}
MIRRORS: Mapping[str, Mirror] = {
    ut.PARTNERS: Mirror("clients", client_cells),
    ut.PERSONS: Mirror("contacts", person_cells),
    ut.DEALS: Mirror("deals", deal_cells),
    ut.TASKS: Mirror("events", task_cells),
    **{entity: talk_cells(kind, entity) for entity, kind in TALKS.items()},
}
UT11 = Blueprint(
    ut.types(),
    {
        "employees": trade.user,
        "clients": trade.partner,
        "contacts": trade.person,
        "deals": deals.deal,
        "events": talks.event,
        "sales": trade.sale,
    },
    MIRRORS,
    furnish,
)
