"""A project on a portal whose replies a test can hold, and a connector that can be told where to die."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ConnectedTo, Project, firm
from sync.making import Maker, markers, plan_of, writes

from connector import clock
from connector.changes import AnyChange
from connector.sandbox.exchange import Reply, Request
from connector.sandbox.server import Sandbox, running
from connector.store.database import open_store

from .nursery import Nursery
from .reading import Leaping, Reading
from .vendors import VENDORS, Vendor, told

PATIENCE = 60.0
"""Seconds after which a test gives up on another process."""

MORTAL = '''
"""A connector to some CRM that dies, or sees nothing, where the environment says."""

import os
import re
import signal

from requests import Session
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from connector import hookimpl
from connector.plugins.{package} import {connector}
from connector.store.lock import Lock
from connector.sync import writer

CALLS = {{}}


def die():
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def die_at(name):
    CALLS[name] = CALLS.get(name, 0) + 1
    if os.environ.get("DIE_AT") == f"{{name}}:{{CALLS[name]}}":
        die()


def freeze_at(name):
    if os.environ.get("FREEZE_AT") == name:
        os.kill(os.getpid(), signal.SIGSTOP)


def step_of_store(what):
    """Count one step of the store; die at the one that is told, and leave word of what it was."""
    CALLS["store"] = CALLS.get("store", 0) + 1
    last = str(CALLS["store"]) == os.environ.get("DIE_IN_STORE")
    if last or os.environ.get("DIE_IN_STORE") == "never":
        with open(os.environ["LAST_WORDS"], "w", encoding="utf-8") as words:
            words.write(f"{{CALLS['store']}} {{what}}")
    if last:
        die()


@event.listens_for(Engine, "before_cursor_execute")
def before_statement(connection, cursor, statement, parameters, context, many):
    step_of_store("statement")


commit = DefaultDialect.do_commit


def do_commit(dialect, connection):
    step_of_store("before commit")
    commit(dialect, connection)
    step_of_store("after commit")


DefaultDialect.do_commit = do_commit
send = Session.send


def send_and_receive(session, request, **options):
    die_at("request")
    body = request.body or b""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    if re.search(r"{makes_tasks}", f"{{request.method}} {{request.url}} {{text}}"):
        freeze_at("wire")
    response = send(session, request, **options)
    die_at("reply")
    return response


Session.send = send_and_receive


if os.environ.get("NO_WAITS"):
    writer.LOOK_AGAIN_AFTER = (0.0, 0.02)


if os.environ.get("NO_LOCK"):
    Lock._is_stale = lambda lock, row: True
    Lock._fence = lambda lock, connection: None
if os.environ.get("NO_FENCE"):
    Lock.confirm = lambda lock: None


class Mortal({connector}):
    name = "mortal"
    batch_size = int(os.environ.get("BATCH_SIZE") or {connector}.batch_size)

    def find_written(self, changes):
        return {{}} if os.environ.get("BLIND") else super().find_written(changes)

    def remove_twins(self, changes, written):
        blind = os.environ.get("BLIND") or os.environ.get("KEEP_TWINS")
        return {{}} if blind else super().remove_twins(changes, written)

    def current_records(self, kind, ids, names):
        die_at("compare")
        return super().current_records(kind, ids, names)

    def send(self, changes):
        die_at("send")
        freeze_at("send")
        answers = super().send(changes)
        die_at("sent")
        return answers


@hookimpl
def register_source():
    return Mortal
'''


class Held:
    """Holds requests of a certain pattern: before the portal does them, or after, before it answers."""

    def __init__(self, portal: Sandbox, pattern: str, *, before: bool = False) -> None:
        self._answer, self._pattern, self._before = portal.stand_in.answer, re.compile(pattern), before
        self._released = threading.Event()
        self.reached = threading.Event()
        self.waiting = 0
        setattr(portal.stand_in, "answer", self.answer)  # noqa: B010 - a wrapper around one stand-in

    def answer(self, request: Request) -> Reply:
        """Answer as the portal does, at the moment that the test chooses."""
        if not self._pattern.search(told(request)):
            return self._answer(request)
        if self._before:
            self._wait()
        reply = self._answer(request)
        if not self._before and reply.wrote:
            self._wait()
        return reply

    def _wait(self) -> None:
        self.waiting += 1
        self.reached.set()
        self._released.wait(PATIENCE)

    def let_go(self) -> None:
        """Let everything through from now on."""
        self._released.set()


@dataclass
class Office:
    """A portal, a project on it, and a plan of tasks as a file."""

    vendor: Vendor
    portal: Sandbox
    project: Project
    tasks: list[AnyChange]
    nursery: Nursery | None

    @property
    def plan(self) -> Path:
        return self.project.folder / "plan.json"

    def start(self, **environment: str) -> Any:
        """Begin `connector apply` in a process of its own."""
        return self.process("apply", str(self.plan), "--yes", **environment)

    def process(self, *arguments: str, alone: bool = False, **environment: str) -> Any:
        """Begin a command in a process of its own; with `alone` in one that loads the program itself."""
        if self.nursery is None or alone:
            return self.project.process(*arguments, **environment)
        folder = self.project.folder
        return self.nursery.start(folder, *arguments, "--project", str(folder), **environment)

    def held(self, pattern: str = "", *, before: bool = False) -> Held:
        """Hold requests from now on, by default those that make tasks."""
        return Held(self.portal, pattern or self.vendor.makes_tasks, before=before)

    def apply(self, **environment: str) -> tuple[int, str]:
        """Run `connector apply` in a process of its own; return its exit code and what it printed."""
        process = self.start(**environment)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out + err

    def states(self) -> list[str | None]:
        """Return the state of each task in the store, None for one that it does not know."""
        with open_store(f"sqlite:///{self.project.folder / 'connector.db'}") as store:
            known = store.changes.known([task.key for task in self.tasks])
        return [known.get(task.key) for task in self.tasks]

    def markers(self) -> list[str]:
        return markers(self.portal)

    def expected_markers(self, copies: int = 1) -> list[str]:
        return sorted(task.marker for task in self.tasks for _ in range(copies))

    def answer_within(self, seconds: float) -> None:
        self.project.edit("plugins.toml", r"^#? ?answer_within = [\d.]+", f"answer_within = {seconds}")

    def wait_for_writes(self, count: int) -> None:
        """Wait until the portal has committed so many writes."""
        wait_until(lambda: len(writes(self.portal)) >= count, "the portal was never written")


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait until it happened; fail after a while."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.01)


OpenOffice = Callable[..., Office]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """Return what gives birth to commands; None where the machine cannot fork."""
    if os.name != "posix":
        yield None
        return
    with Nursery() as opened:
        yield opened


@pytest.fixture(params=VENDORS, ids=[vendor.name for vendor in VENDORS])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    """Return each CRM that we write to: what holds for one holds for all."""
    chosen: Vendor = request.param
    return chosen


@pytest.fixture
def office(vendor: Vendor, project: Project, nursery: Nursery | None) -> Iterator[OpenOffice]:
    """Return a function that makes a project with a plan of some tasks; its connector is `Mortal`."""
    with ExitStack() as stack:

        def build(tasks: int = 3, answer_within: float = 0.2) -> Office:
            company = firm(clients=8, events=2)
            stand_in = stack.enter_context(
                running(vendor.name, company=company, limits="off", faults=vendor.faults)
            )
            made = Office(vendor, stand_in, mortal(vendor.connect(project, stand_in), vendor), [], nursery)
            make = Maker(stand_in)
            made.tasks.extend(make.task(number) for number in range(1, tasks + 1))
            made.plan.write_bytes(plan_of(*made.tasks).document())
            made.answer_within(answer_within)
            return made

        yield build


def mortal(project: Project, vendor: Vendor) -> Project:
    """Let the project's connector be `Mortal`, which may write tasks."""
    project.allow("task")
    text = MORTAL.format(package=vendor.name, connector=vendor.connector, makes_tasks=vendor.makes_tasks)
    (project.folder / f"mortal_{vendor.name}.py").write_text(text, encoding="utf-8")
    project.edit("plugins.toml", r"^# modules = .*$", f'modules = ["mortal_{vendor.name}"]')
    project.edit("plugins.toml", rf'^plugin = "{vendor.name}"', 'plugin = "mortal"')
    return project


OpenReading = Callable[..., Reading]


@pytest.fixture
def reading(portal: Callable[..., Sandbox], connected: ConnectedTo) -> OpenReading:
    """Return a function that makes a project on a portal, whose every pull looks for deletions."""

    def build(clients: int = 60, events: float = 8.0, **options: Any) -> Reading:
        stand_in = portal(firm(clients=clients, events=events), **options)
        project = connected(stand_in)
        project.edit("plugins.toml", r"^# sweep_hours = .*$", "sweep_hours = 0")
        return Reading(stand_in, project)

    return build


@pytest.fixture
def leaping(monkeypatch: pytest.MonkeyPatch) -> Leaping:
    """Let all waits pass at once; return the clock, which tells how long they were."""
    leap = Leaping()
    monkeypatch.setattr(clock, "time", leap)
    return leap
