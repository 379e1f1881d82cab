"""Бухгалтерия предприятия 3: counterparties and sales only; nobody owns a client there."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.base import Base, Blueprint, Image, Mirror
from connector.sandbox.onec.declare import catalog, document
from connector.sandbox.onec.edm import NEVER, EntityType, Row, flag, joined, memo, moment, number, ref, text

CLIENTS, SALES, USERS = "Catalog_Контрагенты", "Document_РеализацияТоваровУслуг", "Catalog_Пользователи"
RETURNS, GOODS = "Document_ВозвратТоваровОтПокупателя", "Catalog_Номенклатура"
COLUMNS = {"status": attributes.CLIENT["status"]}


def types() -> list[EntityType]:
    """Return every set of the configuration."""
    client = joined(
        memo("НаименованиеПолное"),
        text("ЮридическоеФизическоеЛицо", 30),
        text("ИНН", 12),
        text("КПП", 9),
        text("РегистрационныйНомер", 15),
        flag("ИндивидуальныйПредприниматель"),
        moment("ДатаСоздания"),
        memo("Комментарий"),
        ref("ОсновноеКонтактноеЛицо", "Catalog_КонтактныеЛица"),
    )
    card = {contactinfo.SECTION: contactinfo.COLUMNS, attributes.SECTION: attributes.COLUMNS}
    sale = joined(
        ref("Контрагент", CLIENTS), ref("Ответственный", USERS), number("СуммаДокумента"), memo("Комментарий")
    )
    goods = {"Товары": joined(ref("Номенклатура", GOODS), number("Количество", "Цена", "Сумма"))}
    return [
        catalog("Номенклатура"),
        contactinfo.KINDS_TYPE,
        *attributes.types((CLIENTS,)),
        catalog("Пользователи", flag("Недействителен")),
        catalog("Контрагенты", client, sections=card, folders=True),
        document("РеализацияТоваровУслуг", sale, sections=goods),
        document("ВозвратТоваровОтПокупателя", sale, sections=goods),
    ]


def user(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show an employee as a user."""
    values = {"Description": row["name"], "Недействителен": row["active"] == "0"}
    yield Image(USERS, base.key("employees", row["id"]), values)


def client(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a client as a counterparty."""
    person = row["kind"] == "person"
    values = {
        "Description": row["name"],
        "НаименованиеПолное": row["name"],
        "ИНН": row["inn"],
        "КПП": row["kpp"],
        "ЮридическоеФизическоеЛицо": "ФизическоеЛицо" if person else "ЮридическоеЛицо",
        "ИндивидуальныйПредприниматель": len(row["inn"]) == 12,
        "ДатаСоздания": base.local(row["created_at"]) or NEVER,
    }
    sections = {
        contactinfo.SECTION: contactinfo.lines(base, row, "контрагента"),
        attributes.SECTION: attributes.lines(base, row, COLUMNS),
    }
    yield Image(CLIENTS, base.key("clients", row["id"]), values, sections)


def sale(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a sale as a document; a negative one is a return."""
    amount = Decimal(row["amount"] or 0)
    values = {
        "Date": f"{row['date'][:10]}T12:00:00",
        "Posted": True,
        "СуммаДокумента": float(abs(amount)),
        "Контрагент": base.ref(CLIENTS, "clients", row["client"]),
    }
    line = {
        "Номенклатура": base.named(GOODS, "Товар"),
        "Количество": 1,
        "Цена": float(abs(amount)),
        "Сумма": float(abs(amount)),
    }
    yield Image(RETURNS if amount < 0 else SALES, base.key("sales", row["id"]), values, {"Товары": [line]})


def client_cells(base: Base, row: Row) -> dict[str, str]:
    """Return what a counterparty says about a client."""
    return {
        "name": row["Description"],
        "inn": row["ИНН"],
        "kpp": row["КПП"],
        "created_at": base.neutral(row["ДатаСоздания"]),
        **contactinfo.neutral_cells(row),
        **attributes.neutral_cells(base, row, COLUMNS),
    }


def furnish(base: Base) -> None:
    """Fill in the one property the firm has added."""
    attributes.property_ref(base, COLUMNS["status"])


BP3 = Blueprint(
    types(),
    {"employees": user, "clients": client, "sales": sale},
    {CLIENTS: Mirror("clients", client_cells)},
    furnish,
)
