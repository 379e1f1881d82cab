"""A small firm in a Tryton database, made through the server's own interface."""

from __future__ import annotations

from dataclasses import dataclass

from tryton_server import Api


@dataclass(frozen=True)
class Firm:
    """Ids of what was made, in the order of making; Anna has left, Boris works."""

    anna: int
    boris: int
    clients: tuple[int, ...]
    supplier: int
    deals: tuple[int, ...]
    notes: tuple[int, ...]


def found(api: Api) -> Firm:
    """Make a company with two employees, three clients, a supplier, an opportunity a client, and notes."""
    euro = api.make("currency.currency", name="Euro", symbol="€", code="EUR", digits=2)
    company = api.make("company.company", party=api.make("party.party", name="Our firm"), currency=euro)
    anna, boris = (
        api.make("company.employee", party=api.make("party.party", name=name), company=company)
        for name in ("Anna", "Boris")
    )
    mine = {"companies": [["add", [company]]], "company": company, "employees": [["add", [anna, boris]]]}
    api.ask("PUT", "res.user/1", **mine, employee=boris)
    client, _ = (api.make("party.category", name=name) for name in ("Client", "Key account"))
    clients = tuple(
        api.make(
            "party.party", name=f"Company {number}", categories=[["add", [client]]],
            contact_mechanisms=[["create", [{"type": "phone", "value": f"+7495123456{number}"}]]],
        )
        for number in range(3)
    )  # fmt: skip
    supplier = api.make("party.party", name="A supplier")
    deals = tuple(
        api.make("sale.opportunity", party=party, employee=employee, company=company, currency=euro)
        for party, employee in zip(clients, (boris, boris, anna), strict=True)
    )
    api.ask("PUT", f"sale.opportunity/{deals[0]}", amount={"__class__": "Decimal", "decimal": "1250.50"})
    notes = (api.make("ir.note", resource=f"party.party,{clients[0]}", message="Called, wants an offer"),)
    return Firm(anna, boris, clients, supplier, deals, notes)
