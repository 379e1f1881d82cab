"""A pull that is stopped, cut off, out of disk or not alone: a clear end, and the next one makes it good."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.exchange import Reply, Request

from .conftest import PATIENCE, Held, OpenReading
from .reading import Leaping, Reading

MIDDLE = "crm.deal.fields"
"""Asked for once in a pull, when employees, companies, contacts and leads are read."""
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a process survives")


@posix
@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        (signal.SIGTERM, 143, "connector: stopped by SIGTERM"),
        (signal.SIGINT, 130, "connector: stopped"),
    ],
    ids=["SIGTERM", "Ctrl+C"],
)
def test_a_stop_gives_the_lock_back_and_is_made_good(
    reading: OpenReading, number: signal.Signals, code: int, line: str
) -> None:
    ours = reading(clients=12)
    held = Held(ours.portal, MIDDLE, before=True)
    process = ours.project.process("pull")
    assert held.reached.wait(PATIENCE)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    held.let_go()
    assert (process.returncode, said.strip()) == (code, line)
    assert ours.project("runs", "--format", "json").json[0]["outcome"] == "stopped"
    assert ours.project("status", "--format", "json").json["working"] is None

    modes = {name: stream["mode"] for name, stream in ours.pull().items()}
    assert (modes["contacts"], modes["deals"]) == ("changes", "full")
    assert ours.unlike() == []


def cut(ours: Reading, first: int, last: int) -> None:
    """Let the portal close the connection instead of answering these requests, counted from now."""
    wire: Any = ours.portal._server.wire
    answer, count = wire._reply, [0]

    def reply(request: Request) -> Reply | None:
        count[0] += 1
        return None if first <= count[0] <= last else answer(request)  # type: ignore[no-any-return]

    wire._reply = reply


def test_connections_that_are_cut_cost_nothing(reading: OpenReading, leaping: Leaping) -> None:
    ours = reading(clients=12)
    cut(ours, 8, 10)
    ours.pull()
    assert ours.unlike() == []


def test_a_portal_that_goes_away_fails_what_is_left_and_comes_back(
    reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(clients=12)
    cut(ours, 12, 500)
    said = ours.pull(code=3)
    assert said["companies"]["ok"]
    assert not said["tasks"]["ok"]
    cut(ours, 0, 0)
    ours.portal._server.wire._reply = type(ours.portal._server.wire)._reply.__get__(ours.portal._server.wire)
    ours.pull()
    assert ours.unlike() == []


def test_on_a_full_disk_the_store_stays_whole_and_the_line_says_what_to_do(reading: OpenReading) -> None:
    ours = reading(clients=40)
    ours.project("status")
    shutil.copy(Path(__file__).with_name("mortal_pull.py"), ours.project.folder)
    ours.project.edit("plugins.toml", r"^# modules = .*$", 'modules = ["mortal_pull"]')
    with ours.project.process("pull", PAGES="150") as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "the disk is full; what was committed before is intact — make room, then repeat" in said
    assert len(said.splitlines()) == 1
    ours.project.edit("plugins.toml", r"^modules = .*$", "modules = []")
    ours.pull()
    assert ours.unlike() == []


def test_two_at_once_the_second_says_who_works(reading: OpenReading) -> None:
    ours = reading(clients=12)
    held = Held(ours.portal, MIDDLE, before=True)
    process = ours.project.process("pull")
    assert held.reached.wait(PATIENCE)
    second = ours.project("pull")
    assert second.code == 5
    assert "`pull` works on this store since" in second.err
    assert f"(pid {process.pid} on" in second.err
    assert ours.project("run").code == 0
    assert ours.project("run", "--detailed-exit").code == 5
    held.let_go()
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert ours.unlike() == []
