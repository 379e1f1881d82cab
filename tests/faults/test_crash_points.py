"""Killed at steps of the store and at every request of an apply: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sync.making import Maker, markers, ours, plan_of

from connector.changes import AnyChange, change_key
from connector.sandbox.exchange import Reply, Request
from connector.sandbox.server import Sandbox
from connector.store.database import open_store

from .conftest import Office, OpenOffice
from .nursery import Child
from .vendors import VENDORS, Vendor

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the children are forked")

CHANGES = 6
A_REQUEST = 2
"""Changes sent by one request: a first, a middle and a last one; more would only repeat the same steps."""
AT_ONCE = 20
KILLS, KILLS_AGAIN = 48, 16
"""Kills with the first CRM, and with each other: the store is the same for all, so together they count."""
WITHIN = 0.02
MANY = 70
"""Changes, each a request of its own, of which every 20th reply is lost."""
QUIET = 5
"""Runs after which nothing may be left to do."""


class Ward:
    """One office whose `apply` is killed again and again, each time with a plan of new tasks."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._make = Maker(office.portal)
        self._rounds = 0
        self.words = office.project.folder / "last-words"
        self.doubled = 0

    @property
    def a_request(self) -> int:
        """Return how many changes one request sends."""
        return A_REQUEST if self._office.vendor.batches else 1

    def plan(self, changes: int = CHANGES) -> list[AnyChange]:
        """Write a plan of tasks that no earlier plan had."""
        self._rounds += 1
        tasks = [self._task(number) for number in range(changes)]
        self._office.plan.write_bytes(plan_of(*tasks).document())
        return tasks

    def _task(self, number: int) -> AnyChange:
        client, period = number % 8 + 1, f"{self._rounds}-{number}"
        key = change_key("norm", client, f"portal:{client}", "create_task", period)
        return self._make.task(client, key=key, period=period)

    def requests(self) -> int:
        """Return how many requests the portal was sent by now."""
        return int(self._office.portal.state("requests")["requests"])

    def apply(self, **environment: str) -> int:
        """Run `apply` in a child; return its exit code."""
        return ended(self.start(**environment))

    def start(self, **environment: str) -> Child:
        """Begin `apply` in a child."""
        self.words.unlink(missing_ok=True)
        given = {
            "BATCH_SIZE": str(self.a_request),
            "LAST_WORDS": str(self.words),
            "NO_WAITS": "1",
            **environment,
        }
        child: Child = self._office.start(**given)
        return child

    def until_quiet(self, tasks: list[AnyChange], **environment: str) -> None:
        """Apply until nothing is left to do; then all of the plan is done, and none of its tasks lost."""
        for _ in range(QUIET):
            time.sleep(WITHIN)
            if self.apply(**environment) == 0:
                break
        with open_store(f"sqlite:///{self._office.project.folder / 'connector.db'}") as store:
            states = store.changes.known([task.key for task in tasks])
        assert Counter(states.values()) == {"done": len(tasks)}
        found = Counter(markers(self._office.portal))
        assert set(found) == {task.marker for task in tasks}
        self.doubled += found.total() - len(tasks)
        self._clear()

    def _clear(self) -> None:
        """Take our tasks out of the portal, so that the next round is as quick as the first."""
        for number in ours(self._office.portal):
            self._office.portal.act("delete", entity=self._office.vendor.task, id=number)


@pytest.fixture
def ward(office: OpenOffice) -> Ward:
    return Ward(office(1, answer_within=WITHIN))


def ended(child: Child) -> int:
    """Return how the child ended, negative for a signal."""
    child.communicate()
    assert child.returncode is not None
    return child.returncode


def killed(code: int) -> bool:
    return code == -signal.SIGKILL


def steps(ward: Ward, changes: int = CHANGES, **environment: str) -> int:
    """Return how many steps the store takes in an apply that nobody kills."""
    ward.until_quiet(ward.plan())  # makes the store, which takes steps of its own
    tasks = ward.plan(changes)
    assert ward.apply(DIE_IN_STORE="never", **environment) == 0
    taken = int(ward.words.read_text(encoding="utf-8").split()[0])
    ward.until_quiet(tasks)
    return taken


def spread(most: int, count: int) -> list[int]:
    """Return so many numbers from 1 to `most`, as far from each other as can be."""
    return sorted({1 + round(place * (most - 1) / (count - 1)) for place in range(count)})


def test_killed_at_any_step_of_the_store(ward: Ward, vendor: Vendor) -> None:
    kills = KILLS if vendor is VENDORS[0] else KILLS_AGAIN
    most, fell = steps(ward), Counter[str]()
    for step in spread(most, kills):
        tasks = ward.plan()
        code = ward.apply(DIE_IN_STORE=str(step))
        if killed(code):  # else it took a step less than the apply that was counted
            fell[ward.words.read_text(encoding="utf-8").partition(" ")[2]] += 1
        ward.until_quiet(tasks)
    print(f"{most} steps of the store, killed at {fell.total()} of them: {dict(fell)}")
    assert fell.total() >= kills - 4
    assert set(fell) == {"statement", "before commit", "after commit"}
    assert ward.doubled == 0


def test_control_without_the_look_up_such_kills_leave_doubles(ward: Ward) -> None:
    """All in one request: most steps of the store come between its answer and the last record of it."""
    one = {"BATCH_SIZE": str(AT_ONCE), "BLIND": "1"}
    most = steps(ward, AT_ONCE, **one)
    for step in spread(most, 5)[1:-1]:
        tasks = ward.plan(AT_ONCE)
        assert killed(ward.apply(DIE_IN_STORE=str(step), **one))
        ward.until_quiet(tasks, **one)
    assert ward.doubled > 0


def boundaries(ward: Ward) -> int:
    """Return how many requests an apply makes."""
    ward.until_quiet(ward.plan())  # makes what the first run has to ask for and keeps
    before = ward.requests()
    tasks = ward.plan()
    assert ward.apply() == 0
    made = ward.requests() - before
    ward.until_quiet(tasks)
    return made


def test_killed_before_and_after_every_request(ward: Ward, vendor: Vendor) -> None:
    """Every one with the first CRM; with the others some, as far from each other as can be."""
    requests = boundaries(ward)
    numbers = spread(requests, requests if vendor is VENDORS[0] else KILLS_AGAIN // 2)
    for moment in ("request", "reply"):
        for number in numbers:
            tasks = ward.plan()
            assert killed(ward.apply(DIE_AT=f"{moment}:{number}"))
            ward.until_quiet(tasks)
    print(f"{requests} requests, killed before and after the reply of {len(numbers)}")
    assert requests >= 3 * CHANGES / ward.a_request, "a compare, a write and a look for twins each"
    assert ward.doubled == 0


@contextmanager
def executioner(portal: Sandbox, nth: int) -> Iterator[list[int]]:
    """Kill the process in the list when the portal has committed its nth write, before it answers."""
    answer, committed, victims = portal.stand_in.answer, [0], list[int]()

    def kill(request: Request) -> Reply:
        reply = answer(request)
        committed[0] += reply.wrote
        if reply.wrote and committed[0] == nth:
            os.kill(victims[0], signal.SIGKILL)
        return reply

    setattr(portal.stand_in, "answer", kill)  # noqa: B010 - a wrapper around one stand-in
    yield victims
    setattr(portal.stand_in, "answer", answer)  # noqa: B010


@pytest.mark.parametrize("blind", ["", "1"], ids=["looks", "control: blind"])
def test_killed_when_the_portal_has_committed_and_not_yet_answered(office: OpenOffice, blind: str) -> None:
    ours = office(1, answer_within=WITHIN)
    ward = Ward(ours)
    kills = CHANGES // A_REQUEST
    for nth in range(1, kills + 1):
        tasks = ward.plan()
        with executioner(ours.portal, nth) as victims:
            child = ward.start(BLIND=blind)
            victims.append(child.pid)
            assert killed(ended(child))
        ward.until_quiet(tasks, BLIND=blind)
    assert ward.doubled == (kills * ward.a_request if blind else 0)


class Losing:
    """Loses every 20th reply of the portal to writes, and to reads: 5 %."""

    def __init__(self, portal: Sandbox) -> None:
        self._answer, self._count = portal.stand_in.answer, Counter[bool]()
        self.lost = Counter[bool]()
        setattr(portal.stand_in, "answer", self.answer)  # noqa: B010 - a wrapper around one stand-in

    def answer(self, request: Request) -> Reply:
        reply = self._answer(request)
        self._count[reply.wrote] += 1
        if self._count[reply.wrote] % 20:
            return reply
        self.lost[reply.wrote] += 1
        return Reply(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}, wrote=reply.wrote)


@pytest.mark.parametrize("blind", ["", "1"], ids=["looks", "control: blind"])
def test_five_percent_of_the_replies_are_lost(office: OpenOffice, blind: str) -> None:
    ours = office(1, answer_within=WITHIN)
    ward = Ward(ours)
    losing = Losing(ours.portal)
    tasks = ward.plan(MANY)
    ward.apply(BATCH_SIZE="1", BLIND=blind)
    ward.until_quiet(tasks, BATCH_SIZE="1", BLIND=blind)
    print(f"lost replies to writes: {losing.lost[True]}, to reads: {losing.lost[False]}")
    assert losing.lost[True] >= 3
    assert (ward.doubled > 0) == bool(blind)
