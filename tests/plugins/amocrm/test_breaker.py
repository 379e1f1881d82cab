"""A block by the vendor: told once, kept over restarts, shared by processes, lifted by a person's look."""

from __future__ import annotations

import pytest

from connector.errors import BlockedError


@pytest.fixture
def blocked(stand_in):
    return stand_in(faults=["block_after=1", "too_many=1"])


def test_after_a_block_nothing_is_asked_any_more(blocked, connect, tmp_path):
    first = connect(blocked.url, kept=tmp_path / "kept")
    with pytest.raises(BlockedError, match="the vendor blocks this address or account"):
        first.read("companies")
    asked = blocked.state("requests")["requests"]

    for connection in (first, connect(blocked.url, kept=tmp_path / "kept")):
        with pytest.raises(BlockedError, match="nothing is asked before"):
            connection.read("companies")

    assert blocked.state("requests")["requests"] == asked


def test_without_the_file_another_process_would_ask_again(blocked, connect, tmp_path):
    with pytest.raises(BlockedError):
        connect(blocked.url, kept=tmp_path / "kept").read("companies")
    asked = blocked.state("requests")["requests"]

    with pytest.raises(BlockedError):
        connect(blocked.url, kept=tmp_path / "elsewhere").read("companies")

    assert blocked.state("requests")["requests"] == asked + 1


def test_doctor_finds_out_that_the_block_was_lifted(blocked, connect, tmp_path):
    connection = connect(blocked.url, kept=tmp_path / "kept")
    with pytest.raises(BlockedError):
        connection.read("companies")
    assert [check.name for check in connection.source.check()] == ["answer", "block"]

    blocked.act("unblock")

    assert "block" not in [check.name for check in connection.source.check()]
    assert len(connect(blocked.url, kept=tmp_path / "kept").read("companies")) == 60


def test_a_pull_leaves_a_blocked_source_at_once(blocked, connect, pull, tmp_path):
    outcomes = pull(connect(blocked.url, kept=tmp_path / "kept"))

    assert {"blocks this address" in outcome.error for outcome in outcomes.values()} == {True}
