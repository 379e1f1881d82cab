"""How much of the sources is linked, as numbers and as lines; `links`, `status` and the plan share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from connector.commands.app import App
from connector.commands.job import group_clients, working
from connector.company.folder import read_company
from connector.config import Settings
from connector.errors import LockedError
from connector.identity.current import fingerprint_of
from connector.identity.strangers import Unmatched, unmatched
from connector.model import Ref
from connector.rules.company import lay_over
from connector.store.database import Store
from connector.store.frame_schemas import FRAMES
from connector.store.frames import read_frames
from connector.store.guarded_polars import pl

MOST_NAMED = 20


def bring_up_to_date(app: App, settings: Settings, store: Store) -> None:
    """Group the clients anew where they, or the firm's files, changed; a run under way does that itself."""
    firm = read_company(settings.company_folder, settings.zone)
    made = store.identities.made()
    if made.stale or made.fingerprint != fingerprint_of(firm, settings.priority):
        with suppress(LockedError), working(app, store, "links"):
            group_clients(settings, store)


def linked(settings: Settings, store: Store) -> dict[str, Any]:
    """Return the shares of each source, the doubtful records, and the employees whom nothing matched."""
    numbers = store.identities.made().numbers
    return {
        "sources": numbers.get("sources", {}),
        "doubtful": numbers.get("doubtful", 0),
        "unmatched_employees": [asdict(one) for one in _strangers(settings, store)],
    }


def share_lines(sources: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each source: how many of its clients another one has, too, and how much they buy."""
    for source, one in sources.items():
        sold = one["turnover_share"]
        turnover = "" if sold is None else f", {sold:.1%} of its turnover"
        counted = f"{one['linked']} of {one['clients']} clients linked"
        yield f"{source:<14} {counted} ({one['share']:.1%}{turnover})"


def lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield the numbers of `linked` for people."""
    yield from share_lines(document["sources"])
    if document["doubtful"]:
        yield f"{document['doubtful']} records may be doubles: see `connector links --unmatched`"
    owning = [one for one in document["unmatched_employees"] if one["clients"]]
    for one in owning[:MOST_NAMED]:
        who = f"{one['source']}:{one['id']} {one['name']}"
        yield f"unmatched employee: {who}, {one['clients']} clients: name them in company/people"
    if len(owning) > MOST_NAMED:
        yield f"and {len(owning) - MOST_NAMED} more employees whom nothing matched"


def reasons(store: Store, refs: list[Ref]) -> dict[str, Any]:
    """Return why these records are one client: the links, people's words, and what is in doubt."""
    said = [one for one in store.identities.said() if {one.one, one.other} & set(refs)]
    return {
        "records": [str(ref) for ref in sorted(refs)],
        "links": [
            {"record": str(one.one), "other": str(one.other), "way": one.way, "value": one.value}
            for one in store.identities.links_of(refs)
        ],
        "said": [
            {"record": str(one.one), "other": str(one.other), "verdict": one.said, "by": one.by}
            for one in said
        ],
        "doubts": {str(ref): doubt for ref, doubt in store.identities.doubtful(refs).items()},
    }


def reason_lines(document: dict[str, Any]) -> list[str]:
    """Return the document of `reasons` for people."""
    found = [f"  {one['record']} = {one['other']}: {one['way']} {one['value']}" for one in document["links"]]
    found += [
        f"  {one['record']}, {one['other']}: {one['verdict']}, says {one['by']}" for one in document["said"]
    ]
    found += [f"  {ref}: {doubt}" for ref, doubt in document["doubts"].items()]
    return found or ["  one record, linked with nothing"]


def _strangers(settings: Settings, store: Store) -> list[Unmatched]:
    if not store.identities.several_sources():
        return []
    firm = read_company(settings.company_folder, settings.zone)
    frames = read_frames(settings.store_url, ["employees"]) | {
        "clients": pl.DataFrame(schema=FRAMES["clients"])
    }
    laid, _ = lay_over(frames, replace(firm, pins=(), links=(), approved_moves=(), absences=()))
    return unmatched(laid["employees"], settings.priority, store.identities.owned())
