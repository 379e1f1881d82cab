"""Leads: adding and converting; lists, reads and updates are those of every classic entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.bitrix24.entities.lead import CONVERTED, enter
from connector.sandbox.bitrix24.fields import text
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.params import as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Record
from connector.sandbox.bitrix24.saving import save, write_all


def new_lead(portal: Portal, fields: Mapping[str, Any]) -> Record:
    """Make a lead with these vendor fields; it begins in the status NEW unless another is given."""
    now = portal.now()
    extra = {"STATUS_ID": "NEW", "DATE_CREATE": now, "DATE_MODIFY": now, "MOVED_TIME": now, "DATE_CLOSED": ""}
    record = Record(portal.lead.next_id(), {"phones": "", "emails": ""}, extra)
    known = portal.lead.fields
    write_all(record, [(known[name], value) for name, value in fields.items() if name in known])
    portal.lead.add(record.row, record.extra, record.id)
    enter(portal.lead_history, record, text(record.extra["STATUS_ID"]), now)
    return portal.lead.records[record.id]


def convert(portal: Portal, lead: Record, company: str, deal: str) -> None:
    """Convert a lead: it is closed and names the company, which and whose deal name the lead."""
    save(portal, portal.lead, lead, {"STATUS_ID": CONVERTED, "COMPANY_ID": company})
    for entity, number in ((portal.company, company), (portal.deal, deal)):
        record = entity.get(int(number or 0))
        if record:
            record.put("LEAD_ID", str(lead.id))
            portal.touch(entity, record)


def add(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.lead.add with the new number."""
    record = new_lead(portal, as_map(params.get("fields"), "fields"))
    portal.wrote("crm.lead.add", "lead", record.id, record.extra.get("ORIGIN_ID"), params)
    return Answer(record.id)


METHODS: dict[str, Method] = {"crm.lead.add": add}
