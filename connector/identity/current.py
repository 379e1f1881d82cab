"""Keeps the grouping of clients in the store, and makes it anew where the store's one is out of date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from connector.company.folder import CompanyFolder, Entry
from connector.identity.linking import Grouping, grouped
from connector.identity.shares import shares
from connector.identity.verdicts import Said, Verdict
from connector.model import Ref
from connector.store.database import Store
from connector.store.frames import read_frames

NEEDED = ("identity_state", "link_verdicts")
"""The frames by which one sees whether the store's grouping holds."""

VERSION = "1"
"""Changes with the ways of linking, so that a newer program makes the grouping anew."""


def refresh(store: Store, store_url: str, priority: Sequence[str], firm: CompanyFolder) -> Grouping | None:
    """Make the grouping anew and keep it; LockedError without the lock.

    Returns it, None where the store has one source and nobody said a word: each record is a client of its
    own.
    """
    fingerprint = fingerprint_of(firm, priority)
    said = [(*each.one, *each.other, each.said, each.by) for each in store.identities.said()]
    if not store.identities.several_sources() and not said and not firm.links:
        store.identities.save([], [], fingerprint=fingerprint, numbers={})
        return None
    cards = read_frames(store_url, ["identities"])["identities"]
    found = grouped(cards, priority, verdicts(firm, said))
    joined = pl.col("client").is_duplicated() | pl.col("doubt").is_not_null()
    store.identities.save(
        found.records.filter(joined).select("source", "external_id", "client", "doubt").iter_rows(),
        found.links.iter_rows(),
        fingerprint=fingerprint,
        numbers=shares(found, store.identities.turnover()),
    )
    return found


def regrouped(
    frames: Mapping[str, pl.DataFrame], store_url: str, priority: Sequence[str], firm: CompanyFolder
) -> dict[str, pl.DataFrame]:
    """Return the frames with clients as they are grouped now; needs `clients` and NEEDED.

    The store's grouping stands unless clients were written since it was made, or the firm's `links` or the
    order of its sources changed; then it is made anew here, and nothing is written.
    """
    clients, state = frames["clients"], frames["identity_state"]
    current = fingerprint_of(firm, priority)
    if state.height == 1 and state.row(0) == (0, current):
        return dict(frames)
    said = frames["link_verdicts"].rows()
    if clients["source"].n_unique() <= 1 and not said and not firm.links:
        alone = clients.with_columns(client="record", doubt=pl.lit(None, dtype=pl.String))
        return {**frames, "clients": alone}
    cards = read_frames(store_url, ["identities"])["identities"]
    found = grouped(cards, priority, verdicts(firm, said)).records.select("record", "client", "doubt")
    moved = clients.drop("client", "doubt").join(found, on="record", how="left")
    settled = moved.with_columns(pl.coalesce("client", "record").alias("client"))
    return {**frames, "clients": settled.select(clients.columns)}


def verdicts(firm: CompanyFolder, said: Iterable[Sequence[str]]) -> list[Verdict]:
    """Return what people said of records: the firm's files, and what the store keeps of other pairs.

    `said` are source, id, other source, other id, same or different, by whom.
    """
    listed = [one for one in map(_listed, firm.links) if one is not None]
    pairs = {frozenset((each.one, each.other)) for each in listed}
    kept = [Verdict(Ref(a, b), Ref(c, d), _said(what), by) for a, b, c, d, what, by in said]
    return [*listed, *(each for each in kept if frozenset((each.one, each.other)) not in pairs)]


def fingerprint_of(firm: CompanyFolder, priority: Sequence[str]) -> str:
    """Return a digest of what the grouping leans on beside the store."""
    said = sorted((each.one, each.other, each.said) for each in verdicts(firm, ()))
    return hashlib.sha256(repr((VERSION, tuple(priority), said)).encode()).hexdigest()[:16]


def record(text: str) -> Ref | None:
    """Return the record that `source:id` or `client:source:id` names; None for another text."""
    source, colon, external_id = text.strip().removeprefix("client:").partition(":")
    return Ref(source, external_id) if colon and source and external_id else None


def _listed(entry: Entry) -> Verdict | None:
    """Return what a row of the firm's `links` says; None if it names no records."""
    one, other = record(entry["client"]), record(entry["other"])
    return Verdict(one, other, _said(entry["verdict"]), entry.place) if one and other else None


def _said(text: str) -> Said:
    return "same" if text == "same" else "different"
