"""Leads, as deals of a pipeline of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.errors import RecordError
from connector.plugins.base import Cursor

STATUSES = {
    "NEW": ("Не обработан", "open"),
    "IN_PROCESS": ("В работе", "open"),
    "PROCESSED": ("Обработан", "open"),
    "CONVERTED": ("Качественный лид", "won"),
    "JUNK": ("Некачественный лид", "lost"),
}


@pytest.fixture
def portal_with_leads(stand_in, connect):
    sandbox = stand_in(faults=["leads=25"])
    return sandbox, connect(sandbox.url)


def moment(cell: str) -> datetime:
    return datetime.fromisoformat(cell).astimezone(UTC)


def test_every_lead_is_a_deal_of_its_own_pipeline(portal_with_leads):
    sandbox, connection = portal_with_leads
    found = {deal.ref.external_id: deal for deal in connection.read("leads")}
    rows = sandbox.state("vendor")["vendor"]["lead"]
    assert sorted(found) == sorted(f"L_{row['ID']}" for row in rows)
    assert len(rows) == 25

    for row in rows:
        lead, (stage, kind) = found[f"L_{row['ID']}"], STATUSES[row["STATUS_ID"]]
        assert (lead.pipeline, lead.stage, lead.stage_kind) == ("Лиды", stage, kind)
        assert (lead.title, lead.owner) == (row["TITLE"], row["ASSIGNED_BY_ID"])
        assert lead.client == (row["COMPANY_ID"] or None)
        assert lead.created_at == moment(row["DATE_CREATE"])
        assert lead.updated_at == moment(row["DATE_MODIFY"])
        assert (lead.closed_at is None) == (kind == "open")
        assert lead.loss_reason == ("Некачественный лид" if kind == "lost" else None)


def test_a_converted_lead_has_no_money_of_its_own(portal_with_leads):
    """Its deal has it: both together would count one sale twice."""
    leads = portal_with_leads[1].read("leads")
    assert {lead.amount for lead in leads if lead.stage_kind == "won"} == {None}
    assert all(lead.amount for lead in leads if lead.stage_kind != "won")
    assert {lead.client for lead in leads if lead.stage_kind == "won"} > {"4"}


def test_only_changed_leads_are_read_again(portal_with_leads):
    _, connection = portal_with_leads
    page = list(connection.pages("leads"))[-1]
    assert connection.read("leads", Cursor(since=page.watermark)) == []


def test_leads_can_be_left_out(stand_in, connect):
    source = connect(stand_in(faults=["no_stream=lead"]).url, leads=False).source
    assert "leads" not in [stream.name for stream in source.streams()]
    assert [check.name for check in source.check() if check.state != "ok"] == []


def test_a_lead_without_a_status_goes_to_quarantine(stand_in, connect):
    connection = connect(stand_in().url)
    (stream,) = [each for each in connection.source.streams() if each.name == "leads"]
    with pytest.raises(RecordError) as caught:
        stream.parse({"ID": "1", "TITLE": "x", "STATUS_ID": ""})
    assert caught.value.field == "STATUS_ID"
    assert stream.row_id({"ID": "1"}) == "L_1"
