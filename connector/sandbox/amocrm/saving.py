"""Changes cards and tasks as the account does: the neutral row, the stamps, the events that tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm import tags
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.entities.pipelines import CLOSING
from connector.sandbox.amocrm.entities.tasks import KINDS
from connector.sandbox.amocrm.fields import CustomField, Item
from connector.sandbox.amocrm.happenings import Happening, status, user
from connector.sandbox.amocrm.history import field_changed
from connector.sandbox.amocrm.records import Record

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account


def stamp(account: Account, cards: Cards, record: Record, by: int, at: int | None = None) -> None:
    """Mark a card as changed by a user, now or at a given second."""
    moment = account.now() if at is None else at
    record.put("updated_by", by)
    if cards is account.companies:
        record.row["updated_at"] = account.stamp(moment)
    else:
        record.put("changed", moment)
    account.changed()


def give(account: Account, cards: Cards, record: Record, owner: int, by: int) -> None:
    """Hand a card to another user; the same user is no change."""
    old = cards.responsible(record)
    if old == owner:
        return
    reference = str(owner) if owner else ""
    keep_author(record, old)
    if cards is account.contacts:
        record.put("responsible", owner)
    else:
        record.row["owner"] = reference
    if cards is account.companies:
        account.truth.owned(record.id, reference, account.today())
    tell_owner(account, cards.singular, record.id, old, owner, by)


def keep_author(record: Record, old: int) -> None:
    """Let what was made by its first owner stay so when it goes to another."""
    if "created_by" not in record.extra:
        record.put("created_by", old)


def tell_owner(account: Account, kind: str, number: int, old: int, new: int, by: int) -> None:
    """Tell that something went from one user to another."""
    name = "entity_responsible_changed"
    account.happened(Happening(name, kind, number, by, account.now(), user(new), user(old)))


def move(account: Account, record: Record, pipeline: int, number: int, by: int) -> None:
    """Move a lead to a status; closing stamps it, reopening takes the stamp and the reason away."""
    old = account.leads.stage(record)
    if old == (pipeline, number):
        return
    known = account.pipelines.known[pipeline]
    kind = CLOSING.get(number, "open")
    record.row |= {"pipeline": known.name, "stage": known.statuses[number], "stage_kind": kind}
    record.row["closed_at"] = "" if kind == "open" else account.stamp()
    if kind != "lost":
        record.row["loss_reason"] = ""
    entered = {"deal": record.row["id"], "stage": record.row["stage"], "entered_at": account.stamp()}
    account.truth.add("stage_history", entered)
    after, before = status(pipeline, number), status(*old)
    account.happened(Happening("lead_status_changed", "lead", record.id, by, account.now(), after, before))


def rename(account: Account, cards: Cards, record: Record, name: str, by: int) -> None:
    """Give a card another name."""
    column = "title" if cards is account.leads else "name"
    old = record.row[column]
    record.row[column] = name
    if old != name:
        after, before = [{"name_field_value": {"name": name}}], [{"name_field_value": {"name": old}}]
        happening = Happening(
            "name_field_changed", cards.singular, record.id, by, account.now(), after, before
        )
        account.happened(happening)


def reprice(account: Account, record: Record, price: float, by: int) -> None:
    """Give a lead another price."""
    old = float(record.row["amount"] or 0)
    record.row["amount"] = f"{price:.2f}".removesuffix(".00")
    if old != price:
        after, before = [{"sale_field_value": {"sale": price}}], [{"sale_field_value": {"sale": old}}]
        account.happened(Happening("sale_field_changed", "lead", record.id, by, account.now(), after, before))


def fill(
    account: Account, cards: Cards, record: Record, one: CustomField, items: list[Item], by: int
) -> None:
    """Replace the values of a custom field."""
    old = texts(one.read(record))
    one.write(record, items)
    new = texts(one.read(record))
    if old != new:
        told = {"old": old, "new": new}
        account.happened(field_changed(account, cards.singular, record.id, one.id, by, account.now(), told))


def texts(items: list[Item]) -> str:
    """Return the values of a field as one text."""
    return "|".join(str(item.get("value")) for item in items)


def mark(account: Account, cards: Cards, record: Record, names: list[str], by: int) -> None:
    """Give a card exactly these tags."""
    old = cards.tag_names(record)
    tags.replace(cards.name, record, names)
    new = cards.tag_names(record)
    account.changed()
    for name, gone, come in (("entity_tag_deleted", old, new), ("entity_tag_added", new, old)):
        touched: list[dict[str, Any]] = [{"tag": {"name": tag}} for tag in gone if tag not in come]
        if touched:
            shown = (touched, []) if name == "entity_tag_added" else ([], touched)
            account.happened(Happening(name, cards.singular, record.id, by, account.now(), *shown))


def change_task(account: Account, record: Record, by: int, event: str, *values: Any) -> None:
    """Mark a task as changed now, and tell what changed: the values after and before, if they are shown."""
    record.put("updated_by", by)
    record.put("changed", account.now())
    after, before = values or ([], [])
    account.happened(Happening(event, "task", record.id, by, account.now(), after, before))


def complete(account: Account, record: Record, by: int, result: str = "", at: int | None = None) -> None:
    """Complete a task now, or at a given second.

    A finished meeting is a meeting; any other finished task is a task done, and no call of its own.
    """
    if account.tasks.is_done(record):
        return
    moment = account.now() if at is None else at
    record.put("type", account.tasks.type_of(record))
    record.row |= {"status": "completed", "completed_at": account.stamp(moment)}
    if record.row["kind"] != "meeting":
        record.row["kind"] = "task"
    if result:
        record.row["result"] = result
    change_task(account, record, by, "task_completed")
    record.put("changed", moment)


def reopen(account: Account, record: Record, by: int) -> None:
    """Take the completion of a task back; there is no event for that."""
    if account.tasks.is_done(record):
        kind = KINDS.get(account.tasks.type_of(record), "other")
        record.row |= {"status": "planned", "completed_at": "", "kind": kind}
        record.put("updated_by", by)
        record.put("changed", account.now())
        account.changed()
