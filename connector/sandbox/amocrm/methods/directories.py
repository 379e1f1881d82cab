"""Pipelines with their statuses, reasons of losses, tags, and what this account does not have."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import NO_CONTENT, Call
from connector.sandbox.amocrm.entities import pipelines as shapes
from connector.sandbox.amocrm.entities.pipelines import Pipeline
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.paging import counted, page_of
from connector.sandbox.amocrm.query import listed, mapping, whole
from connector.sandbox.amocrm.validation import Checked, batch


def pipelines(call: Call) -> Any:
    """Return all pipelines but the archived one; the list is not paged."""
    known = call.account.pipelines.known.values()
    archived = call.account.faults.number("archived_pipeline")
    return counted(call, "pipelines", [shown(call, one) for one in known if one.id != archived])


def shown(call: Call, one: Pipeline) -> dict[str, Any]:
    """Show a pipeline."""
    pipelines, archived = call.account.pipelines, call.account.faults.number("archived_pipeline")
    return shapes.shown(one, call.base, main=one is pipelines.main, archived=one.id == archived)


def known(call: Call) -> Pipeline:
    """Return the pipeline of the path; 404 if there is none."""
    found = call.account.pipelines.known.get(call.number())
    if found is None:
        raise AmoError(404, "Pipeline not found")
    return found


def pipeline(call: Call) -> Any:
    """Return a pipeline, an archived one too."""
    return shown(call, known(call))


def statuses(call: Call) -> Any:
    """Return the statuses of a pipeline."""
    one = known(call)
    return counted(call, "statuses", [shapes.status(one, number, call.base) for number in one.statuses])


def status(call: Call) -> Any:
    """Return one status; 404 if the pipeline has none such."""
    one, number = known(call), call.number("status")
    if number not in one.statuses:
        raise AmoError(404, "Status not found")
    return shapes.status(one, number, call.base)


def reasons(call: Call) -> Any:
    """Return the reasons that are not deleted."""
    kept = call.account.reasons
    page = page_of(call, "loss_reasons", kept.listed(), lambda number: kept.shown(number, call.base))
    return page and {"_total_items": len(kept.listed()), **without_page(page)}


def without_page(page: dict[str, Any]) -> dict[str, Any]:
    """Return a page without its number, which this list does not tell."""
    return {key: value for key, value in page.items() if key != "_page"}


def reason(call: Call) -> Any:
    """Return a reason; nothing for a deleted one."""
    number = call.number()
    kept = call.account.reasons
    return kept.shown(number, call.base) if number in kept.listed() else NO_CONTENT


def nothing(call: Call) -> None:
    """Return an empty list: this account has none."""
    del call


def no_customers(call: Call) -> None:
    """Refuse what the tariff leaves out."""
    del call
    raise AmoError(402, "Payment required")


def tags(call: Call) -> Any:
    """Return the tags of one entity."""
    entity = call.args["cards"]
    for record in call.account.cards[entity].records.values():
        call.account.tags.learn(entity, record)
    asked = mapping(call.query.get("filter"))
    wanted = {whole(one, 0) for one in listed(asked["id"])} if "id" in asked else None
    rows = [
        {"id": number, "name": name, "color": None}
        for name, number in call.account.tags.of(entity).items()
        if wanted is None or number in wanted
    ]
    return page_of(call, "tags", rows, lambda row: row)


def add_tags(call: Call) -> Any:
    """Add tags; those that are there already keep their numbers."""
    entity = call.args["cards"]

    def apply(one: Checked) -> dict[str, Any]:
        name = one.item["name"]
        number = call.account.tags.number(entity, name)
        return {"id": number, "name": name, "request_id": one.request_id}

    made = batch(call, lambda one: one.need("name", str, filled=True), apply)
    return {"_total_items": len(made), "_embedded": {"tags": made}}
