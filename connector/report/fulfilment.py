"""Both measures of how norms were kept (features C2): each manager by month, for people and machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.locale import Texts
from connector.rules.contact_norm import ContactNorm, fulfilment
from connector.store.guarded_polars import pl


def fulfilments(decisions: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a document for each policy of norms, month and employee, in that order.

    Keys: policy, period, and the columns of `contact_norm.fulfilment`. Shares are fractions.
    """
    norms = decisions.filter(rule=ContactNorm.name)
    parts = norms.partition_by("policy", "period", as_dict=True, maintain_order=True)
    return [
        {"policy": policy, "period": period, **row}
        for (policy, period), frame in sorted(parts.items())
        for row in fulfilment(frame).to_dicts()
    ]


def fulfilment_lines(
    documents: list[dict[str, Any]], names: Mapping[str, str], words: Texts
) -> Iterator[str]:
    """Yield a title for each month and a line for each manager in it; shares as percent."""
    title = None
    for one in documents:
        if title != (title := (one["policy"], one["period"])):
            yield ""
            yield words.say("fulfilment.title", policy=one["policy"], period=one["period"])
        yield words.say(
            "fulfilment.manager",
            name=names.get(one["employee"], one["employee"]),
            met=one["met"],
            clients=one["clients"],
            met_share=f"{one['met_share']:.1%}",
            done=one["done"],
            required=one["required"],
            contacts_share=f"{one['contact_fulfilment']:.1%}",
        )
