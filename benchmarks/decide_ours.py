"""Runs one step over a store and tells what it took: `python -m benchmarks.decide_ours STEP STORE`.

Steps: `floor` (the frames as they are read, and one count of events by client), `decide` (up to the frames of
decisions), `jsonl` and `storing` (what comes after, measured on its own). Every step has a process of its
own, so that its peak of memory is its own; the store's reader is a child of each and is counted with it.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from benchmarks.figures import UNIT
from benchmarks.large_store import AS_OF, SOURCE
from connector.rules.decide import decide, required_frames
from connector.rules.decision import Decisions
from connector.rules.fact_columns import LOOKED_AT
from connector.rules.facts import Company, Facts
from connector.rules.keeping import kept
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.store.database import open_store
from connector.store.frames import read_frames
from connector.store.place import sqlite_url

ZONE = ZoneInfo("Europe/Moscow")
JUDGED = ("abc", "contact_norm", "no_contact", "next_contact", "withdraw")
PLAIN = {"withdraw": {"warned_days": 0}}
"""Nobody was warned in a made-up store: that guard would keep every client."""


def policies() -> list[Policy]:
    """Return the judged rules with their defaults but for PLAIN."""
    return [
        Policy(name, "1", name, "dry_run", name, RULES[name].params.model_validate(PLAIN.get(name, {})))
        for name in JUDGED
    ]


def frames(store: Path) -> dict[str, pl.DataFrame]:
    """Return the frames that the rules ask for, as `connector decide` reads them."""
    names = sorted({"clients", "employees", *required_frames(policies())})
    return read_frames(sqlite_url(store).render_as_string(), names, LOOKED_AT)


def decided(store: Path) -> Decisions:
    """Return what the policies say."""
    facts = Facts(frames(store), Company(ZONE, (SOURCE,)), distinct=True)
    return decide(facts, policies(), AS_OF)


def floor(store: Path) -> dict[str, Any]:
    """Read, and count the events of each client: nobody judges with less."""
    found = frames(store)
    counted = found["events"].group_by("client").len()
    return {"rows": sum(frame.height for frame in found.values()), "clients": counted.height}


def judging(store: Path) -> dict[str, Any]:
    """Read and decide."""
    found = decided(store)
    answers = found.frame.group_by("rule", "period", "decision").len().sort("rule", "period", "decision")
    return {"rows": len(found), "answers": answers.rows()}


def printing(store: Path) -> Callable[[], dict[str, Any]]:
    """Return what writes the decisions as JSON lines into a file."""
    found = decided(store)

    def write() -> dict[str, Any]:
        with tempfile.TemporaryFile("w", encoding="utf-8", newline="") as file:
            count = sum(file.write(line) and file.write("\n") for line in found.lines())
            return {"rows": count, "bytes": file.tell()}

    return write


def storing(store: Path) -> Callable[[], dict[str, Any]]:
    """Return what keeps the decisions in the store."""
    found = decided(store)

    def keep() -> dict[str, Any]:
        with open_store(sqlite_url(store).render_as_string()) as opened:
            return {"rows": opened.decisions.save(kept(found, ZONE), AS_OF)}

    return keep


def main() -> None:
    step, store = sys.argv[1], Path(sys.argv[2])
    after = {"jsonl": printing, "storing": storing}
    work = after[step](store) if step in after else lambda: {"floor": floor, "decide": judging}[step](store)
    begun, busy = time.monotonic(), _busy()
    figures = work()
    mine, readers = (resource.getrusage(who).ru_maxrss / UNIT for who in _WHO)
    told = {"seconds": time.monotonic() - begun, "cpu": _busy() - busy, "mib": mine, "reader_mib": readers}
    sys.stdout.write(json.dumps(told | figures) + "\n")


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _busy() -> float:
    """Return the seconds of processor time of this process and of its readers."""
    used = [resource.getrusage(who) for who in _WHO]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
