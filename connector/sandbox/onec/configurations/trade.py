"""How people, clients and sales of the neutral company show in УТ 11 and those like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.base import Base, Image
from connector.sandbox.onec.configurations import ut11_types as ut
from connector.sandbox.onec.edm import SPACE, Ref
from connector.sandbox.onec.keys import make_key

VAT = Decimal("1.2")
KINDS = {"company": "Компания", "person": "ЧастноеЛицо"}


def user(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show an employee as a user."""
    values = {
        "Description": row["name"],
        "Недействителен": row["active"] == "0",
        "Подразделение": base.named(ut.DEPARTMENTS, row["department"]),
    }
    yield Image(ut.USERS, base.key("employees", row["id"]), values, card(base, row, "пользователя"))


def card(base: Base, row: NeutralRow, owner: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return the contact information of a card as its section."""
    return {contactinfo.SECTION: contactinfo.lines(base, row, owner)}


def partner(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a client as a partner with its counterparty, and the key of analytics of the two."""
    key = base.key("clients", row["id"])
    created = base.local(row["created_at"])
    values = {
        "Description": row["name"],
        "НаименованиеПолное": row["name"],
        "Клиент": True,
        "ЮрФизЛицо": KINDS.get(row["kind"], "Компания"),
        "БизнесРегион": base.named(ut.REGIONS, row["region"]),
        "ОсновнойМенеджер": base.ref(ut.USERS, "employees", row["owner"]),
        "ДатаРегистрации": f"{created[:10]}T00:00:00" if created else "0001-01-01T00:00:00",
    }
    extra = {attributes.SECTION: attributes.lines(base, row, attributes.CLIENT)}
    yield Image(ut.PARTNERS, key, values, card(base, row, "партнера") | extra)
    yield from counterparties(base, row, Ref(ut.PARTNERS, key))


def counterparties(base: Base, row: NeutralRow, owner: Ref) -> Iterable[Image]:
    """Show the legal side of a client: one counterparty, or three with the fault `many_counterparties`."""
    every, number = base.faults.number("many_counterparties"), int(row["id"])
    for place in range(3 if every and number % every == 0 else 1):
        key = make_key(f"counterparty {place}", number)
        name = row["name"] if not place else f"{row['name']} (филиал {place})"
        values = {
            "Description": name,
            "НаименованиеПолное": name,
            "Партнер": owner,
            "ЮрФизЛицо": legal_form(row),
            "ИНН": other_inn(row["inn"], place),
            "КПП": row["kpp"],
        }
        yield Image(ut.COUNTERPARTIES, key, values)
        analytics = {"Description": name, "Партнер": owner, "Контрагент": Ref(ut.COUNTERPARTIES, key)}
        yield Image(ut.ANALYTICS, make_key(f"analytics {place}", number), analytics)


def legal_form(row: NeutralRow) -> str:
    """Return what a counterparty is: a firm, a sole trader (12 digits of INN) or a person."""
    if row["kind"] == "person" and not row["inn"]:
        return "ФизЛицо"
    return "ИндивидуальныйПредприниматель" if len(row["inn"]) == 12 else "ЮрЛицо"


def other_inn(inn: str, place: int) -> str:
    """Return the client's INN for its first counterparty and different ones for the others."""
    return inn if not place else f"{(int(inn or 0) + 7_919 * place) % 10**10:010d}"


def person(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a contact as a person at a partner."""
    values = {
        "Description": row["name"],
        "Owner": base.ref(ut.PARTNERS, "clients", row["client"]),
        "ДолжностьПоВизитке": row["position"],
    }
    sections = card(base, row, "контактного лица")
    yield Image(ut.PERSONS, base.key("contacts", row["id"]), values, sections)


def sale(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a sale as a document with what it records; a negative one is a return."""
    amount, margin = Decimal(row["amount"] or 0), Decimal(row["margin"] or 0)
    entity = ut.RETURNS if amount < 0 else ut.SALES
    at, key = f"{row['date'][:10]}T12:00:00", base.key("sales", row["id"])
    manager = base.ref(ut.USERS, "employees", owner_of(base, row["client"]))
    values = sale_values(base, row["client"], manager) | {
        "Date": at,
        "Posted": True,
        "СуммаДокумента": float(abs(amount)),
    }
    yield Image(entity, key, values, {"Товары": [goods(base, abs(amount))]})
    if row["client"].isdigit():
        yield from recorded(base, row, Ref(entity, key), at, manager, amount, margin)


def recorded(
    base: Base, row: NeutralRow, recorder: Ref, at: str, manager: Ref | None, amount: Decimal, margin: Decimal
) -> Iterable[Image]:
    """Show what a sale leaves in the register of revenue; a young one leaves a debt too."""
    analytics = Ref(ut.ANALYTICS, make_key("analytics 0", int(row["client"])))
    record = {"Period": at, "Active": True, "АналитикаУчетаПоПартнерам": analytics}
    sums = {
        "Менеджер": manager,
        "Подразделение": department_of(base, manager),
        "Количество": -1 if amount < 0 else 1,
        "СуммаВыручки": float(amount),
        "СуммаВыручкиБезНДС": float(round(amount / VAT, 2)),
        "Стоимость": float(amount - margin),
    }
    place = (recorder.key, SPACE + recorder.set)
    yield Image(ut.REVENUE, place, {"Recorder": recorder}, {"RecordSet": [record | sums]})
    if base.now()[:7] == at[:7]:
        debt = {"RecordType": "Receipt", "Долг": float(amount)}
        yield Image(ut.DEBT, place, {"Recorder": recorder}, {"RecordSet": [record | debt]})


def sale_values(base: Base, client: str, manager: Ref | None) -> dict[str, Any]:
    """Return the head of an order or a sale."""
    legal = Ref(ut.COUNTERPARTIES, make_key("counterparty 0", int(client))) if client.isdigit() else None
    return {"Партнер": base.ref(ut.PARTNERS, "clients", client), "Контрагент": legal, "Менеджер": manager}


def goods(base: Base, amount: Decimal) -> dict[str, Any]:
    """Return one line of goods with the whole sum."""
    item = base.named(ut.GOODS, "Товар")
    return {"Номенклатура": item, "Количество": 1, "Цена": float(amount), "СуммаСНДС": float(amount)}


def owner_of(base: Base, client: str) -> str:
    """Return the number of the client's owner, empty if there is none."""
    row = base.truth.rows["clients"].get(int(client)) if client.isdigit() else None
    return row["owner"] if row else ""


def department_of(base: Base, manager: Ref | None) -> Ref | None:
    """Return the department of a user."""
    record = base.get(ut.USERS, manager.key) if manager else None
    return Ref(ut.DEPARTMENTS, record.row["Подразделение_Key"]) if record else None
