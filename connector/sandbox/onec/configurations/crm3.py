"""1С:CRM 3 inside УТ: its partners and sales, with interests for deals and interactions for events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec import attributes
from connector.sandbox.onec.base import Base, Blueprint, Image, Mirror
from connector.sandbox.onec.configurations import crm3_types as crm
from connector.sandbox.onec.configurations import talks, trade, ut11
from connector.sandbox.onec.configurations import ut11_types as ut
from connector.sandbox.onec.configurations.references import named, number_of
from connector.sandbox.onec.edm import (
    NEVER,
    Ref,
    Row,
)

WORDS = {"call": "Звонок", "meeting": "Встреча", "email": "Письмо", "message": "Сообщение", "other": "Прочее"}


def interest(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a deal as an interest, and its stages as records of the register of states."""
    key = base.key("deals", row["id"])
    values = {
        "Наименование": row["title"],
        "Тема": row["title"],
        "Date": base.local(row["created_at"]) or NEVER,
        "Posted": True,
        "Партнер": base.ref(ut.PARTNERS, "clients", row["client"]),
        "ВидИнтереса": base.named(crm.FUNNELS, row["pipeline"]),
        "Ответственный": base.ref(ut.USERS, "employees", row["owner"]),
        "Потенциал": float(row["amount"] or 0),
        "Состояние": base.named(crm.STATES, row["stage"]),
        "ПричинаОтказа": base.named(crm.REASONS, row["loss_reason"]),
        "ДатаЗакрытия": base.local(row["closed_at"]) or NEVER,
        "ПлановаяДатаЗакрытия": base.local(row["expected_close"]) or NEVER,
    }
    yield Image(crm.INTERESTS, key, values)


def stage(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show one stage of a deal as a record of the register of states."""
    state, at = base.named(crm.STATES, row["stage"]), base.local(row["entered_at"])
    if row["deal"].isdigit() and at and state:
        of = Ref(crm.INTERESTS, base.key("deals", row["deal"]))
        yield Image(crm.HISTORY, (at, of.key), {"Period": at, "Интерес": of, "Состояние": state})


def talk(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show an event as an interaction of CRM, a task as a task."""
    if row["kind"] == "task":
        yield from talks.event(base, row)
        return
    head = talks.about(base, row)
    done = row["status"] == "completed"
    values: dict[str, Any] = {
        name: head[name] for name in ("Date", "Posted", "DeletionMark", "Тема", "Автор", "Ответственный")
    }
    values |= {
        "Партнер": talks.client_of(base, row),
        "Результат": row["result"],
        "ДатаНачала": head["Date"],
        "ВидВзаимодействия": base.named(crm.KINDS, WORDS[row["kind"]]),
        "Статус": "Выполнено" if done else "Запланировано",
        "ДатаОкончания": head["Date"] if done else NEVER,
        "Направление": {"in": "Входящее", "out": "Исходящее"}.get(row["direction"], ""),
        "ДокументОснование": base.ref(crm.INTERESTS, "deals", row["deal"]),
    }
    extra: Mapping[str, Any] = {attributes.SECTION: attributes.lines(base, row, attributes.EVENT)}
    yield Image(crm.TALKS, base.key("events", row["id"]), values, extra)


def interest_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what an interest says about a deal."""
    return {
        "title": row["Наименование"],
        "client": number_of(base, row, "Партнер", "clients", crm.INTERESTS),
        "owner": number_of(base, row, "Ответственный", "employees", crm.INTERESTS),
        "amount": str(row["Потенциал"]),
        "stage": named(base, row, "Состояние", crm.INTERESTS),
        "loss_reason": named(base, row, "ПричинаОтказа", crm.INTERESTS),
        "pipeline": named(base, row, "ВидИнтереса", crm.INTERESTS),
        "created_at": base.neutral(row["Date"]),
    }


def talk_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what an interaction says about an event."""
    kinds = {word: kind for kind, word in WORDS.items()}
    done, at = row["Статус"] == "Выполнено", base.neutral(row["Date"])
    return {
        "kind": kinds.get(named(base, row, "ВидВзаимодействия", crm.TALKS), "other"),
        "subject": row["Тема"],
        "result": row["Результат"],
        "client": number_of(base, row, "Партнер", "clients", crm.TALKS),
        "employee": number_of(base, row, "Ответственный", "employees", crm.TALKS),
        "status": "cancelled" if row["DeletionMark"] else "completed" if done else "planned",
        "planned_at": "" if done else at,
        "completed_at": at if done else "",
        "deal": number_of(base, row, "ДокументОснование", "deals", crm.TALKS),
        **attributes.neutral_cells(base, row, attributes.EVENT),
    }


def furnish(base: Base) -> None:
    """Fill in what УТ has, and the kinds of interactions."""
    ut11.furnish(base)
    for word in WORDS.values():
        base.named(crm.KINDS, word)


MIRRORS = {
    name: mirror for name, mirror in ut11.MIRRORS.items() if name in (ut.PARTNERS, ut.PERSONS, ut.TASKS)
}
CRM3 = Blueprint(
    crm.types(),
    {
        "employees": trade.user,
        "clients": trade.partner,
        "contacts": trade.person,
        "deals": interest,
        "stage_history": stage,
        "events": talk,
        "sales": trade.sale,
    },
    {**MIRRORS, crm.INTERESTS: Mirror("deals", interest_cells), crm.TALKS: Mirror("events", talk_cells)},
    furnish,
)
