"""Refresh tokens that work once: one refresher, saved before use, and what is left after a crash."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from connector.errors import AccessError
from connector.plugins.amocrm import moved, oauth
from connector.plugins.amocrm.moved import MovedError
from connector.plugins.amocrm.oauth import OAuth

from .refresher import connector

ROOT = Path(__file__).parents[3]
ROUNDS = 3
SECONDS = 60
PROCESSES = 2


def exchanges(sandbox) -> int:
    """Return how often tokens were asked for."""
    received = requests.get(f"{sandbox.url}sandbox/state?requests=1", timeout=10).json()["received"]
    return sum(each["path"] == "/oauth2/access_token" for each in received)


def let_in(sandbox) -> str:
    return str(sandbox.act("consent")["code"])


@pytest.mark.parametrize("faults", [["token_life=60"], ["token_life=60", "grace"]], ids=["strict", "grace"])
def test_eight_refreshers_in_two_processes_make_one_refresh_each_time(faults, stand_in, tmp_path):
    sandbox = stand_in(faults=faults)
    script = Path(__file__).with_name("refresher.py")
    order = [sys.executable, str(script), sandbox.url, let_in(sandbox), str(tmp_path / "kept"), str(ROUNDS)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    running = [subprocess.Popen(order, **pipes) for _ in range(PROCESSES)]
    answered = []
    for _ in range(ROUNDS):
        for process in running:
            process.stdin.write("\n")
            process.stdin.flush()
        answered += [process.stdout.readline().strip() for process in running]
        sandbox.stand_in.clock.advance(SECONDS + 1)
    for process in running:
        process.communicate(timeout=60)

    assert answered == ["4"] * ROUNDS * PROCESSES
    assert exchanges(sandbox) == ROUNDS


def test_a_token_is_renewed_before_it_ends(stand_in, tmp_path, monkeypatch):
    sandbox = stand_in(faults=["token_life=60"])
    source = connector(sandbox.url, let_in(sandbox), tmp_path / "kept")
    source.api.get("account")
    now = oauth._unix
    monkeypatch.setattr(oauth, "_unix", lambda: now() + 55)

    assert source.api.get("account") is not None
    assert exchanges(sandbox) == 2


def lose_the_disk(monkeypatch) -> None:
    """Die between the endpoint's answer and the disk, once."""
    whole = OAuth._refreshed

    def dies(self, kept):
        whole(self, kept)
        raise KeyboardInterrupt

    monkeypatch.setattr(OAuth, "_refreshed", dies)


def test_a_crash_before_the_disk_costs_nothing_where_the_old_token_still_works(stand_in, tmp_path):
    sandbox = stand_in(faults=["token_life=60", "grace"])
    code = let_in(sandbox)
    connector(sandbox.url, code, tmp_path / "kept").api.get("account")
    sandbox.stand_in.clock.advance(SECONDS + 1)
    with pytest.MonkeyPatch.context() as crash:
        lose_the_disk(crash)
        with pytest.raises(KeyboardInterrupt):
            connector(sandbox.url, code, tmp_path / "kept").api.get("account")

    assert connector(sandbox.url, code, tmp_path / "kept").api.get("account") is not None


def test_a_crash_before_the_disk_asks_for_a_new_consent_where_tokens_are_revoked_at_once(stand_in, tmp_path):
    sandbox = stand_in(faults=["token_life=60"])
    code = let_in(sandbox)
    connector(sandbox.url, code, tmp_path / "kept").api.get("account")
    sandbox.stand_in.clock.advance(SECONDS + 1)
    with pytest.MonkeyPatch.context() as crash:
        lose_the_disk(crash)
        with pytest.raises(KeyboardInterrupt):
            connector(sandbox.url, code, tmp_path / "kept").api.get("account")

    with pytest.raises(AccessError, match="Token has been revoked") as caught:
        connector(sandbox.url, code, tmp_path / "kept").api.get("account")
    assert "let the integration in again" in caught.value.hint

    assert connector(sandbox.url, let_in(sandbox), tmp_path / "kept").api.get("account") is not None


def test_a_lost_answer_is_asked_for_once_more(stand_in, tmp_path):
    sandbox = stand_in(faults=["token_life=60", "grace"])
    source = connector(sandbox.url, let_in(sandbox), tmp_path / "kept")
    source.api.get("account")
    sandbox.stand_in.clock.advance(SECONDS + 1)
    sandbox.stand_in.faults.add("lost_reply=oauth.token:1")

    assert source.api.get("account") is not None
    assert exchanges(sandbox) == 3


def test_a_renamed_account_is_told_with_its_new_address_and_costs_no_token(stand_in, tmp_path):
    sandbox = stand_in(faults=["token_life=60"])
    code = let_in(sandbox)
    connector(sandbox.url, code, tmp_path / "kept").api.get("account")
    sandbox.stand_in.clock.advance(SECONDS + 1)
    sandbox.stand_in.faults.add("renamed=localhost")
    port = sandbox.base.rpartition(":")[2]

    with pytest.raises(MovedError, match=f"the account was renamed: it is localhost:{port} now") as caught:
        connector(sandbox.url, code, tmp_path / "kept").api.get("account")
    assert caught.value.hint == f'write url = "http://localhost:{port}" into the [[source]]'

    there = connector(f"http://localhost:{port}/", code, tmp_path / "kept")
    assert there.api.get("account") is not None


@pytest.mark.parametrize(
    ("claims", "asked"),
    [
        ({"api_domain": "api-b.amocrm.ru"}, True),
        ({"api_domain": "kommo.com.example"}, False),
        ({"api_domain": "evil-amocrm.ru"}, False),
        ({}, False),
    ],
)
def test_a_refresh_token_is_sent_to_nobody_but_the_vendor(claims, asked):
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert moved._may_ask(moved._api_domain(f"head.{part}.tail"), "firm.amocrm.ru") is asked


class Unlocked:
    """The file of tokens as it would be without its lock: whoever comes reads and writes at once."""

    def __init__(self, file) -> None:
        self._file = file

    @contextmanager
    def turn(self):
        with self._file._guard:
            rows = self._file._connection
        yield rows


def rounds(sandbox, tmp_path, unlocked: bool) -> list[bool]:
    """Let four threads with a connector of their own meet an ended token; tell who was answered."""
    code, kept = let_in(sandbox), tmp_path / "kept"
    sources = [connector(sandbox.url, code, kept) for _ in range(4)]
    sources[0].api.get("account")
    sandbox.stand_in.clock.advance(SECONDS + 1)
    gate = threading.Barrier(len(sources))

    def ask(source) -> bool:
        if unlocked:
            source.api._tokens._file = Unlocked(source.api._tokens._file)
            exchanged = source.api._tokens._refreshed

            def together(pair):
                gate.wait(10)  # all have read the same refresh token by now
                return exchanged(pair)

            source.api._tokens._refreshed = together
        try:
            return source.api.get("account") is not None
        except AccessError:
            return False

    with ThreadPoolExecutor(len(sources)) as pool:
        return [each.result() for each in [pool.submit(ask, source) for source in sources]]


@pytest.mark.parametrize("unlocked", [False, True], ids=["one refresher", "control: no lock"])
def test_without_the_lock_some_refreshers_are_left_without_a_token(unlocked, stand_in, tmp_path):
    sandbox = stand_in(faults=["token_life=60"])
    answered = rounds(sandbox, tmp_path, unlocked)
    assert answered.count(True) == (1 if unlocked else 4)
    assert exchanges(sandbox) == (5 if unlocked else 2)


def test_what_is_kept_is_for_its_owner_alone(stand_in, tmp_path):
    sandbox = stand_in()
    connector(sandbox.url, let_in(sandbox), tmp_path / "kept").api.get("account")
    if sys.platform != "win32":
        assert (tmp_path / "kept-main").stat().st_mode & 0o077 == 0
