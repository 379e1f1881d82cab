"""What people and other programs do to the companies while a client is half-way through its pull."""

from __future__ import annotations

from connector.sandbox.bitrix24.deletions import delete_company
from connector.sandbox.bitrix24.insertions import add_row
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.query import PAGE, Page
from connector.sandbox.bitrix24.saving import save


def disturb(portal: Portal, page: Page) -> None:
    """Delete, insert and change companies as soon as a client has taken its first full page of them; once."""
    gone, come, moved = (portal.faults.number(f"{name}_mid_pull") for name in ("delete", "insert", "change"))
    if portal.disturbed or len(page.records) < PAGE or not any((gone, come, moved)):
        return
    if portal.company.get(page.records[0].id) is not page.records[0]:
        return
    portal.disturbed = True
    for number in portal.company.ids[:gone]:
        delete_company(portal, number)
    for number in portal.company.ids[:moved]:
        save(portal, portal.company, portal.company.records[number], {"COMMENTS": "Изменён посреди выгрузки"})
    for place in range(come):
        add_row(portal, "clients", {"name": f"Пришёл посреди выгрузки {place + 1}"})
