"""Which columns of the store's frames facts are made of, and how a client's records come together."""

from __future__ import annotations

RECORD = ("source", "external_id")

TOLD = ("client_name", "owner", "abc", "created_at", "created_on", "industry", "region")
"""What the next record of a client says where the leading one is silent."""

MARKED = ("key", "pinned", "doubtful", "bad_inn")
"""What is true of a client as soon as one of its records says so."""

LOOKED_AT = {
    "events": (
        *("source", "external_id", "client", "employee", "kind", "status", "planned_at", "completed_at"),
        *("logged_at", "seen_at", "duration_s", "successful", "by_us", "key"),
    ),
    "deals": (
        *("source", "external_id", "client", "stage_kind", "amount", "currency", "created_at", "closed_at"),
    ),
}
"""The columns that anybody here asks of the frames with millions of rows; no others need be read."""

RESOLVED = ("record", "closed_at", "flags", "doubt", "key_account")
"""Columns of clients that nobody asks for once the marks are made of them."""

PINNED = "pinned"
"""The tag by which a client stays with its owner."""

BAD_INN = "invalid:inn"
"""Flag of a record whose INN cannot be one: it tells nothing of who the client is."""

DOUBTS = ["identity_conflict", "possible_duplicate"]
"""Flags of a record of which it is not settled whose it is (features E, two CRMs)."""
