"""Runs are written down when they begin and when they end."""

from __future__ import annotations

import os

import pytest

from connector.errors import ConfigError
from connector.store.database import Store
from connector.store.runs import StreamRun


def test_a_run_begins_and_ends(store: Store) -> None:
    run = store.runs.start("pull")
    going = store.runs.find(run[:8])
    assert (going.id, going.command, going.ended_at, going.outcome) == (run, "pull", None, None)
    assert (going.pid, going.numbers) == (os.getpid(), {})
    store.runs.end(run, "done", {"read": 10, "new": 3}, note="ok")
    ended = store.runs.find(run[:8])
    assert (ended.outcome, ended.numbers, ended.note) == ("done", {"read": 10, "new": 3}, "ok")
    assert ended.ended_at is not None
    assert ended.ended_at >= ended.started_at


def test_the_latest_come_first(store: Store) -> None:
    runs = [store.runs.start(command) for command in ("pull", "plan", "apply")]
    assert [run.id for run in store.runs.latest(2)] == [runs[2], runs[1]]


def test_what_it_did_with_each_stream(store: Store) -> None:
    run = store.runs.start("pull")
    clients = StreamRun("amo", "clients", "done", read=5, new=4, changed=1)
    failed = StreamRun("amo", "calls", "failed", refused=2, error="the token is not accepted")
    for one in (clients, StreamRun("amo", "calls", "going"), failed):
        store.runs.save_stream(run, one)
    assert store.runs.streams(run) == [failed, clients]
    assert store.runs.streams("other") == []


def test_none_and_several_are_said(store: Store) -> None:
    with pytest.raises(ConfigError, match="no run begins with 'zz'"):
        store.runs.find("zz")
    store.runs.start("pull")
    store.runs.start("pull")
    with pytest.raises(ConfigError, match="several runs begin with ''"):
        store.runs.find("")


def test_the_last_read_of_each_stream(store: Store) -> None:
    """A run of one stream alone leaves what an earlier run said of the others."""
    first, second = store.runs.start("pull"), store.runs.start("pull")
    clients = StreamRun("amo", "clients", "ok", read=5, visibility="full")
    old, new = StreamRun("amo", "calls", "failed", error="no right"), StreamRun("amo", "calls", "ok", read=7)
    store.runs.save_stream(second, new)
    store.runs.save_stream(first, clients)
    store.runs.save_stream(first, old)
    assert store.runs.last_reads() == {("amo", "clients"): clients, ("amo", "calls"): new}


def test_the_first_run_that_read_a_source_to_its_end(store: Store) -> None:
    """One that failed with a stream does not count, nor one that goes on; a later one changes nothing."""
    failed, going, good, later = (store.runs.start("pull") for _ in range(4))
    for run, status in ((failed, "failed"), (going, "ok"), (good, "ok"), (later, "ok")):
        store.runs.save_stream(run, StreamRun("amo", "clients", "ok"))
        store.runs.save_stream(run, StreamRun("amo", "calls", status))
    store.runs.save_stream(failed, StreamRun("firm", "events", "ok"))
    for run in (failed, good, later):
        store.runs.end(run, "done", {})
    ended = {run: store.runs.find(run).ended_at for run in (failed, good)}
    assert store.runs.first_pulls() == {"amo": ended[good], "firm": ended[failed]}
