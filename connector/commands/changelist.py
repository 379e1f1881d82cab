"""Changes as rows for people, machines and spreadsheets, and the options that choose them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

import click

from connector.changes import AnyChange, ChangeOwner, SetField, SetFlag
from connector.commands.explain import find_client
from connector.store.change_list import Wanted
from connector.store.change_rows import StoredChange
from connector.store.database import Store
from connector.store.outbox import Step
from connector.store.states import State

F = TypeVar("F", bound=Callable[..., Any])

COLUMNS = (
    "key", "state", "kind", "source", "target", "client", "what", "reason", "note", "policy",
    "policy_version", "period", "mode", "attempts", "external_id", "plan", "run", "created_at", "updated_at",
)  # fmt: skip
"""The keys of a listed change and the columns of an export, in their order."""

_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (owasp.org, CSV Injection)."""


def filters(function: F) -> F:
    """Give a command the options that choose changes."""
    states = click.Choice(get_args(State))
    for option in (
        click.option("--source", multiple=True, help="To be written to this source; may be repeated."),
        click.option("--run", help="Sent last by this run: the first characters of its id."),
        click.option("--client", help="About this client: id, source:id, INN, phone or name."),
        click.option("--kind", multiple=True, help="Of this kind (create_task ...); may be repeated."),
        click.option("--policy", multiple=True, help="Asked for by this policy; may be repeated."),
        click.option("--state", multiple=True, type=states, help="In this state; may be repeated."),
    ):
        function = option(function)
    return function


def wanted(store: Store, asked: Mapping[str, Any]) -> Wanted:
    """Return what the options ask for; ConfigError for a client or a run that is not there."""
    return Wanted(
        states=asked["state"],
        policies=asked["policy"],
        sources=asked["source"],
        kinds=asked["kind"],
        clients=find_client(store, asked["client"])[2] if asked["client"] else None,
        run=store.runs.find(asked["run"]).id if asked["run"] else None,
    )


def document(stored: StoredChange) -> dict[str, Any]:
    """Return a listed change for machines: the COLUMNS, times aware and in UTC."""
    change = stored.change
    row = {**change.model_dump(), **asdict(stored)}
    row |= {"client": change.client_name or change.subject, "what": what(change)}
    row |= {"reason": change.reason, "note": stored.reason}
    return {name: row[name] for name in COLUMNS}


def full_document(stored: StoredChange, steps: Sequence[Step]) -> dict[str, Any]:
    """Return one change whole, with its marker and its log."""
    log = [{"at": step.at, "state": step.state, "note": step.note} for step in steps]
    change = stored.change.model_dump(mode="json")
    return {**document(stored), "marker": stored.change.marker, "change": change, "log": log}


def what(change: AnyChange) -> str:
    """Say in a few words what is written."""
    match change:
        case SetField():
            return f"{change.field}: {_shown(change.old)} → {_shown(change.new)}"
        case SetFlag():
            return f"{change.flag}: {_shown(change.old)} → {_shown(change.new)}"
        case ChangeOwner():
            return f"owner: {_shown(change.old)} → {_shown(change.new)}"
        case _:
            return str(getattr(change, "title", "") or getattr(change, "text", ""))


def line(stored: StoredChange) -> str:
    """Return a listed change as a line for people."""
    row = document(stored)
    note = f" — {row['note']}" if row["note"] else ""
    head = f"{row['key']}  {row['state']:<9} {row['kind']:<13} {row['source']}:{row['target']}"
    return f"{head}  {row['client']}: {row['what']}{note}"


def story(stored: StoredChange, steps: Sequence[Step], zone: ZoneInfo) -> list[str]:
    """Return one change as lines for people: what, why, whence, and its steps in the company's time."""
    row = document(stored)
    written = f", written as {row['external_id']}" if row["external_id"] else ""
    return [
        f"{row['kind']} {stored.change.marker}: {row['state']}{written}",
        f"  {row['client']} ({row['source']}:{row['target']}), {row['period']}",
        f"  {row['what']}",
        f"  why: {row['reason']} (policy {row['policy']}, version {row['policy_version']})",
        f"  plan {row['plan'][:8]}" + (f", sent by run {row['run'][:8]}" if row["run"] else ""),
        *(f"  {_local(step.at, zone)}  {step.state:<9} {step.note}".rstrip() for step in steps),
    ]


def write_csv(path: Path, found: Sequence[StoredChange]) -> None:
    """Write the changes for spreadsheets: a byte order mark, semicolons, no cell that could be a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(COLUMNS)
        for each in found:
            writer.writerow([_cell(value) for value in document(each).values()])


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def _shown(value: Any) -> str:
    return "∅" if value in (None, "") else str(value)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
