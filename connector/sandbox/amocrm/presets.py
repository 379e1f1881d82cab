"""The custom fields this account was set up with: each shows columns of the neutral company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm import bindings
from connector.sandbox.amocrm.bindings import Chosen, Several
from connector.sandbox.amocrm.fields import CONTACT_CODES

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

STATUSES = {"active": "Действующий", "closed": "Закрыт", "blacklisted": "Чёрный список"}


def preset(account: Account) -> None:
    """Add the fields of contacts, companies and leads."""
    add = account.fields.add
    for entity in ("contacts", "companies"):
        several(account, entity, "Телефон", "PHONE", "phones")
        several(account, entity, "Email", "EMAIL", "emails")
    add("contacts", "Должность", "text", bindings.text("position"), code="POSITION", predefined=True)
    add("companies", "Web", "url", bindings.text("site"), code="WEB", predefined=True)
    add("companies", "Адрес", "textarea", bindings.text("address"), code="ADDRESS", predefined=True)
    requisites(account)
    chosen(account, "Отрасль", "industry", None)
    add("companies", "Регион", "text", bindings.text("region"))
    chosen(account, "Статус клиента", "status", STATUSES)
    add("companies", "Ключевой клиент", "checkbox", bindings.flag("key_account"))
    add("companies", "Класс ABC (задан)", "text", bindings.text("abc"))
    add("companies", "Закрыт", "date_time", bindings.moment("closed_at", account.zone))
    add("companies", "Класс ABC (расчёт)", "text", code="ABC_CLASS", api_only=True)
    add("leads", "Ожидаемая дата закрытия", "date", bindings.day("expected_close", account.zone))
    add("leads", "Вероятность, %", "numeric", bindings.numeric("probability"))


def several(account: Account, entity: str, name: str, code: str, column: str) -> None:
    """Add a field of telephone numbers or e-mail addresses."""
    binding = Several(column)
    values = [(value, None) for value in CONTACT_CODES[code]]
    pair = binding.read, binding.write
    binding.field = account.fields.add(entity, name, "multitext", pair, values, code=code, predefined=True)


def chosen(account: Account, name: str, column: str, words: dict[str, str] | None) -> None:
    """Add a choice: of these words, or of those the clients use."""
    binding = Chosen(column, account.fields, words)
    used = dict.fromkeys(row[column] for row in account.truth.all("clients") if row[column])
    values = [(value, None) for value in (words.values() if words else used)]
    binding.field = account.fields.add("companies", name, "select", (binding.read, binding.write), values)


def requisites(account: Account) -> None:
    """Add the requisites as one field of a legal entity, or as two texts where the account keeps them so."""
    plain = account.faults.on("inn_as_text")
    hidden: Any = ((lambda _: []), (lambda *_: None))
    add = account.fields.add
    add("companies", "Реквизиты", "legal_entity", hidden if plain else bindings.legal_entity())
    for name, column in (("ИНН", "inn"), ("КПП", "kpp")):
        if plain:
            add("companies", name, "text", bindings.text(column))
