"""Lists of cards, tasks and notes: filtered, ordered, remembered until something changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connector.sandbox.amocrm.account import Account
from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.disturbances import disturb
from connector.sandbox.amocrm.entities.cards import CARDS, Cards
from connector.sandbox.amocrm.filters import Test, ordered, tests
from connector.sandbox.amocrm.garbage import spoilt
from connector.sandbox.amocrm.paging import limit_of, page_of
from connector.sandbox.amocrm.query import listed, mapping, whole
from connector.sandbox.amocrm.records import Entity, Record


def list_rows(call: Call, entity: Entity, narrowed: Iterable[int] | None = None) -> Any:
    """Return one page of a collection; `narrowed` are the numbers it is about, None for all."""
    account = call.account
    account.sight.check(entity.name)
    if entity.name in CARDS and "only_deleted" in call.wanted:
        return binned(call, account.cards[entity.name])
    numbers = found(call, entity, None if narrowed is None else list(narrowed))
    show = account_row(call, entity)
    page = page_of(call, entity.name, numbers, show)
    first = whole(call.query.get("page", 1), 1) == 1
    if entity.name in CARDS and first and len(numbers) > limit_of(call):
        disturb(account, account.cards[entity.name])
    return page


def found(call: Call, entity: Entity, narrowed: list[int] | None) -> list[int]:
    """Return the numbers of all rows asked for, in order."""
    account = call.account
    raw, order = mapping(call.query.get("filter")), mapping(call.query.get("order"))
    text = str(call.query.get("query", ""))
    question = repr((call.request.path, entity.name, raw, order, text))
    rights = repr([account.faults.text("view_rights"), account.sight.user, ignores_filters(account)])
    known = account.remembered.get(account.revision, question + rights)
    if known is not None:
        return known
    passing = checks(account, entity, raw, text)
    base = start(entity, raw, account) if narrowed is None else narrowed
    records = entity.records
    chosen = (
        [number for number in base if all(test(records[number]) for test in passing)] if passing else base
    )
    return account.remembered.keep(question + rights, ordered(entity, chosen, order))


def ignores_filters(account: Account) -> bool:
    """Tell whether filters of cards do nothing in this account."""
    return account.faults.on("filter_off") or account.faults.on("filter_lies")


def checks(account: Account, entity: Entity, raw: dict[str, Any], text: str) -> list[Test]:
    """Return every test a row must pass: the filter, the search and the rights."""
    passing: list[Test] = []
    if entity.name not in CARDS or not ignores_filters(account):
        passing += tests(entity, raw, account.fields)
    if text and entity.name in CARDS:
        passing.append(lambda record: holds(account, entity.name, record, text))
    if account.faults.on("view_rights"):
        passing.append(visible(account, entity))
    return passing


def visible(account: Account, entity: Entity) -> Test:
    """Return the test of what the token's user sees: cards by their owner, the rest by its card."""
    if entity.name in CARDS:
        return lambda record: account.sight.sees(entity.name, record)
    return lambda record: account.sight.sees_card(*record.extra.get("card", ("", 0)))


def holds(account: Account, name: str, record: Record, text: str) -> bool:
    """Tell whether a card's name or any of its fields holds a text."""
    cells = [str(record.row.get("name") or record.row.get("title"))]
    for one in account.fields.of(name):
        cells += [str(item.get("value")) for item in one.read(record)]
    return any(text.lower() in cell.lower() for cell in cells)


def start(entity: Entity, raw: dict[str, Any], account: Account) -> list[int]:
    """Return the numbers among which the rows are: tasks of named cards need no walk through all."""
    if entity.name == "tasks" and "entity_id" in raw and "entity_type" in raw:
        kinds = listed(raw["entity_type"])
        cards = [(kind, whole(number, 0)) for kind in kinds for number in listed(raw["entity_id"])]
        return sorted({number for card in cards for number in account.tasks.on(card)})
    if "id" in raw and not (entity.name in CARDS and ignores_filters(account)):
        asked = {whole(number, 0) for number in listed(raw["id"])}
        return [number for number in asked if number in entity.records]
    return entity.ids


def account_row(call: Call, entity: Any) -> Any:
    """Return the function that shows a row of this call, spoilt where the fault says so."""
    every, wanted, base = call.account.faults.number("garbage_rows"), call.wanted, call.base

    def show(number: int) -> dict[str, Any]:
        row: dict[str, Any] = entity.shown(entity.records[number], wanted, base)
        return spoilt(row) if every and number % every == 0 else row

    return show


def binned(call: Call, cards: Cards) -> Any:
    """Return the recycle bin, which knows no filter."""
    base = call.base
    return page_of(call, cards.name, sorted(cards.bin), lambda number: cards.binned(cards.bin[number], base))
