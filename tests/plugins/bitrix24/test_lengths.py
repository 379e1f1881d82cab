"""Batches get shorter where the portal is slow, and longer again; every command is answered all the same."""

from __future__ import annotations

import time

import pytest

from connector.plugins.bitrix24 import lengths
from connector.plugins.bitrix24 import portal as portal_module
from connector.plugins.bitrix24.lengths import BatchLength
from connector.plugins.bitrix24.portal import Command, Portal

TIME = {"date_start": "2026-10-01T09:00:00+03:00"}


def test_a_slow_batch_is_halved_and_a_quick_one_doubled():
    length = BatchLength()
    steps = []
    for seconds in (31, 31, 20, 9, 9, 9):
        length.took(length.now, seconds)
        steps.append(length.now)
    assert steps == [25, 12, 12, 24, 48, 50]


def test_a_short_batch_says_nothing_about_long_ones():
    length = BatchLength()
    length.failed(50)
    length.took(3, 0.1)
    assert length.now == 25


def test_there_is_always_one_command():
    length = BatchLength()
    for _ in range(9):
        length.failed(length.now)
    assert length.now == 1


@pytest.fixture
def scaled(monkeypatch):
    """A portal's minute becomes 0.2 s."""
    for module in (lengths, portal_module):
        monkeypatch.setattr(module, "SLOW_SECONDS", 0.1)
    monkeypatch.setattr(lengths, "QUICK_SECONDS", 0.05)


@pytest.fixture
def steady(monkeypatch):
    """A portal's minute becomes 1.2 s: long enough that a busy machine does not look like a slow portal."""
    for module in (lengths, portal_module):
        monkeypatch.setattr(module, "SLOW_SECONDS", 0.6)
    monkeypatch.setattr(lengths, "QUICK_SECONDS", 0.3)


def test_a_batch_that_the_portal_cuts_off_is_asked_in_parts(portal, connect, steady):
    """More than 10 commands at once do not end in time; later everything is quick."""
    sizes = []

    def answer(method, given):
        sizes.append(len(given["cmd"]))
        if len(given["cmd"]) > 10 and len(sizes) < 5:
            time.sleep(0.8)
            return 504, b"<html>Gateway Time-out</html>", {}
        return {"result": {"result": given["cmd"]}, "time": TIME}

    way = Portal(connect(portal(answer).url).http)
    found = way.batch([Command("x", {"n": number}) for number in range(100)]).result

    assert found == [f"x?n={number}" for number in range(100)]
    assert sizes == [50, 25, 12, 6, 12, 24, 48, 10]


def test_a_portal_that_answers_slowly_gets_shorter_batches(portal, connect, steady):
    def answer(method, given):
        return {"result": {"result": given["cmd"]}, "time": TIME | {"duration": len(given["cmd"]) * 0.03}}

    served = portal(answer)
    way = Portal(connect(served.url).http)
    found = way.batch([Command("x", {"n": number}) for number in range(120)]).result

    assert found == [f"x?n={number}" for number in range(120)]
    assert [len(given["cmd"]) for _, given in served.asked] == [50, 25, 12, 12, 12, 9]


def test_an_outage_is_not_taken_for_slowness(portal, connect):
    sizes = []

    def answer(method, given):
        sizes.append(len(given["cmd"]))
        return (502, b"", {}) if len(sizes) < 4 else {"result": {"result": given["cmd"]}, "time": TIME}

    way = Portal(connect(portal(answer).url).http)
    assert len(way.batch([Command("x", {})] * 50).result) == 50
    assert sizes == [50, 50, 50, 50]


def test_every_row_comes_from_a_portal_of_slow_commands(stand_in, connect, scaled):
    """Ten milliseconds a command: a batch of fifty takes five times what it may."""
    sandbox = stand_in(faults=["slow_command=*:10"])
    assert sorted(connect(sandbox.url).ids("activities")) == sorted(
        int(row["ID"]) for row in sandbox.state("vendor")["vendor"]["activity"]
    )
