"""Doubts the store itself where a CRM or the file beside it knows more; holds what cannot be decided then.

A restored, lost or cloned store, or a second installation, endangers the changes by kind:

A record that is made (task, contact, note) carries its marker, and the marker is the same in every store:
keys are made of the policy, the client's number, the target, the kind and the period, and the number of the
source's name and the record's id. So every create is looked up before it is sent, in doubt or not: what
stands is adopted, and only what is surely absent goes out. Two installations that look at the same moment
both see nothing; each looks once more after its create, and of two records with one marker the younger goes.

A value that is set (owner, flag, field) leaves no marker. When the card does not hold it, either we never set
it or a person took it back since, and only the lost part of the store knew. Nothing may overwrite a newer
decision of a person: such changes are `held` until somebody runs `connector changes adopt`.

The doubt begins with what the file beside the store says (connector.store.witness), with records of ours in
the CRMs that this store never sent, seen by a pull or by a look-up, and ends with `changes adopt`. What was
seen before that raises no doubt again.
"""

from __future__ import annotations

from connector.store.database import Store

UNSURE = "unsure"
"""Opens the reason of every change held by a doubt, so that `adopt` releases these and no others."""

_ADVICE = (
    "a restored copy, or a second installation on the same CRM? `connector changes adopt` takes over"
    " what stands there; stop the other one first, if there is one"
)


def doubt_copies(store: Store) -> None:
    """Begin a doubt where the store is not the one that worked here last; the lock must be held."""
    if reason := store.witness.contradicts():
        begin_doubt(store, f"this is not the store that worked here last: {reason}")


def doubt_strangers(store: Store) -> None:
    """Begin a doubt where the pulled records hold some of ours that this store never sent."""
    strangers = store.strangers(store.halts.last_ended("doubt"))
    if strangers:
        begin_doubt(store, f"the CRMs hold {strangers} records of ours that this store never sent")


def begin_doubt(store: Store, reason: str) -> None:
    """Begin a doubt unless one stands already, whose reason came first."""
    if store.halts.standing("doubt") is None:
        store.halts.begin("doubt", reason)


def why_held(store: Store) -> str | None:
    """Return why changes that a look-up cannot decide are held now; None when nothing is in doubt."""
    doubt = store.halts.standing("doubt")
    return None if doubt is None else f"{UNSURE}: {doubt.reason} — {_ADVICE}"
