"""The account's events: newest first, at most 100 a page, with filters of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from connector.sandbox.amocrm.account import Account
from connector.sandbox.amocrm.calling import NO_CONTENT, Call
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.happenings import COLLECTIONS, Happening
from connector.sandbox.amocrm.paging import MOST_EVENTS, page_of
from connector.sandbox.amocrm.query import listed, mapping, whole

Test = Callable[[Happening], bool]
MOST_VALUES = 10
"""How many users and cards one question may name (documented)."""
ANY_FIELD = "custom_field_value_changed"
CHATS = frozenset({"incoming_chat_message", "outgoing_chat_message"})
TYPES = {
    "lead_added": "Новая сделка", "lead_deleted": "Сделка удалена", "lead_restored": "Сделка восстановлена",
    "lead_status_changed": "Изменение этапа продажи", "contact_added": "Новый контакт",
    "contact_deleted": "Контакт удалён", "contact_restored": "Контакт восстановлен",
    "company_added": "Новая компания", "company_deleted": "Компания удалена",
    "company_restored": "Компания восстановлена", "entity_linked": "Прикрепление",
    "entity_unlinked": "Открепление", "task_added": "Новая задача", "task_deleted": "Задача удалена",
    "task_completed": "Завершение задачи", "task_type_changed": "Изменение типа задачи",
    "task_text_changed": "Изменение текста задачи", "task_deadline_changed": "Изменение даты задачи",
    "task_result_added": "Результат по задаче", "incoming_call": "Входящий звонок",
    "outgoing_call": "Исходящий звонок", "incoming_chat_message": "Входящее сообщение",
    "outgoing_chat_message": "Исходящее сообщение", "incoming_mail": "Входящее письмо",
    "outgoing_mail": "Исходящее письмо", "incoming_sms": "Входящее SMS", "outgoing_sms": "Исходящее SMS",
    "entity_tag_added": "Теги добавлены", "entity_tag_deleted": "Теги убраны",
    "entity_responsible_changed": "Ответственный изменён", "entity_merged": "Выполнено объединение",
    "sale_field_changed": "Изменение бюджета", "name_field_changed": "Изменение названия",
    "common_note_added": "Новое примечание", "attachment_note_added": "Новый файл",
    "service_note_added": "Новое системное примечание", "geo_note_added": "Новая геолокация",
    "message_to_cashier_note_added": "Сообщение кассиру", ANY_FIELD: "Изменение поля",
}  # fmt: skip


def listing(call: Call) -> Any:
    """Return a page of events; 400 for a question the vendor refuses."""
    return page_of(call, "events", places(call), lambda place: shown(call, place), MOST_EVENTS)


def places(call: Call) -> list[int]:
    """Return the places of all events asked for, newest first."""
    account, raw = call.account, mapping(call.query.get("filter"))
    question = repr((call.request.path, raw, account.faults.text("view_rights"), account.sight.user))
    known = account.remembered.get(account.revision, question)
    if known is not None:
        return known
    listed, passing = account.happenings.listed, list(tests(raw))
    if account.faults.on("view_rights"):
        passing.append(lambda one: visible(account, one))
    found = [place for place, one in enumerate(listed) if all(test(one) for test in passing)]
    return account.remembered.keep(question, found[::-1])


def visible(account: Account, one: Happening) -> bool:
    """Tell whether the token's user sees the card an event is about."""
    if one.kind != "task":
        return account.sight.sees_card(COLLECTIONS[one.kind], one.number)
    task = account.tasks.get(one.number)
    return task is None or account.sight.sees_card(*account.tasks.card(task))


def shown(call: Call, place: int) -> dict[str, Any]:
    """Show an event, with the name of its card if that is asked for and the card is still there."""
    one = call.account.happenings.listed[place]
    cards = call.account.cards.get(COLLECTIONS[one.kind])
    record = cards.get(one.number) if cards and f"{one.kind}_name" in call.wanted else None
    name = str(record.row.get("name") or record.row.get("title")) if record else None
    return call.account.happenings.shown(place, call.base, name)


def one(call: Call) -> Any:
    """Return one event; nothing if there is none."""
    place = call.account.happenings.place(call.args["event"])
    return NO_CONTENT if place is None else shown(call, place)


def types(call: Call) -> Any:
    """Return the types of events with their names."""
    rows = [{"key": key, "type": place, "lang": name} for place, (key, name) in enumerate(TYPES.items(), 1)]
    links = {"self": {"href": call.asked}}
    return {"_total_items": len(rows), "_links": links, "_embedded": {"events_types": rows}}


def tests(raw: dict[str, Any]) -> Iterator[Test]:
    """Return the tests an event must pass."""
    if "created_at" in raw:
        yield at(raw["created_at"])
    if "created_by" in raw:
        yield within(raw["created_by"], lambda one: one.by)
    if "type" in raw:
        yield of_types(listed_types(raw["type"]))
    if "entity" in raw:
        yield of_kinds(listed_types(raw["entity"]))
    if "entity_id" in raw:
        if len(listed_types(raw.get("entity", {}))) != 1:
            raise AmoError(400, "Filter by entity_id needs exactly one entity")
        yield within(raw["entity_id"], lambda one: one.talk or one.number)


def listed_types(value: Any) -> list[str]:
    """Return words given as a list or separated by commas."""
    return [word for one in listed(value) for word in one.split(",") if word]


def at(value: Any) -> Test:
    """Keep events of a time: from and to, both written in one with a comma, or "since" where there is one."""
    given = mapping(value)
    if not given:
        begin, _, end = str(value).partition(",")
        given = {"from": begin} | ({"to": end} if end else {})
    first, last = whole(given.get("from"), 0), whole(given.get("to"), 1 << 60)
    return lambda one: first <= one.at <= last


def within(value: Any, getter: Callable[[Happening], int]) -> Test:
    """Keep events that name one of a few users or cards; 400 for too many of them."""
    asked = {whole(one, -1) for one in listed_types(value)}
    if len(asked) > MOST_VALUES:
        raise AmoError(400, f"No more than {MOST_VALUES} values are allowed")
    return lambda one: getter(one) in asked


def of_types(names: list[str]) -> Test:
    """Keep events of some types; the changes of one field must be asked for alone."""
    alone = [name for name in names if name.startswith("custom_field_") and name != ANY_FIELD]
    if alone and len(names) > 1:
        raise AmoError(400, f"{alone[0]} must be the only type")
    wanted = frozenset(names)
    if ANY_FIELD in wanted:
        return lambda one: one.type in wanted or one.type.startswith("custom_field_")
    return lambda one: one.type in wanted


def of_kinds(names: list[str]) -> Test:
    """Keep events of some kinds of cards; chats with a talk count as events of its contact alone."""
    wanted = frozenset(names)
    return lambda one: ("contact" if one.type in CHATS and one.talk else one.kind) in wanted
