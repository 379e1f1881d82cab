"""Writes: each once, under our marker, found again after a lost answer, and only what the admin allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from connector.changes import ChangeOwner, aim
from connector.errors import ConnectorError, MissingRecordError, RefusedError, SourceError
from connector.model import Client
from connector.plan.model import Plan
from connector.sync.compare import CREATES, holds
from connector.sync.push import apply_plan
from connector.testing.bench import ALL, NAME, Bench, Opened, Skipped
from connector.testing.checks.promise import promise
from connector.testing.messages import Reply, Request
from connector.testing.standin import StandIn

_MOMENT = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOBODY = "987654321"
"""The id of a record that no stand-in has."""
AS_A_READ = "the write is sent as a read: a_lost_answer_is_never_a_second_write tells"


def _kinds(bench: Bench, *, creates: bool | None = None) -> list[str]:
    kinds = [name for name, kind in bench.kinds().items() if creates in (None, issubclass(kind, CREATES))]
    if not kinds:
        raise Skipped("the plugin writes nothing of the kind")
    return kinds


def _samples(bench: Bench, *, creates: bool | None = None) -> Iterator[tuple[str, Opened, Any]]:
    """Yield each kind with the plugin on a stand-in of its own and a change to send."""
    tried, why = 0, ""
    for kind in _kinds(bench, creates=creates):
        with bench.open() as opened:
            try:
                change = bench.change(opened, kind)
            except Skipped as reason:
                why = str(reason)
                continue
            tried += 1
            yield kind, opened, change
    if not tried:
        raise Skipped(why)


@promise
def a_write_is_sent_once(bench: Bench) -> None:
    """Each kind of change that is declared changes the CRM by one request at most, and gives an id."""
    for kind, opened, change in _samples(bench):
        answer = opened.source.send([change])[change.key]
        assert isinstance(answer, str), f"{kind}: a sound change is answered with {answer!r}"
        assert answer, f"{kind}: the id of what was written is empty"
        count = len(opened.crm.writes)
        assert count <= 1, f"{kind}: {count} requests changed the CRM for one change"


@promise
def what_was_set_is_read_again(bench: Bench) -> None:
    """After an owner, a flag or a field was written, `current_records` tells the new value."""
    for kind, opened, change in _samples(bench, creates=False):
        opened.source.send([change])
        place, named = change.place, aim(change)
        now = opened.source.current_records(place[0], [place[1]], [named[0]] if named else [])
        assert holds(change, now.get(place[1], {})), f"{kind}: {named} was sent, the CRM tells {now}"


@promise
def what_was_made_is_found_by_its_marker(bench: Bench) -> None:
    """`find_written` finds what was made, under the id that was returned, and nothing that was not made."""
    for kind, opened, change in _samples(bench, creates=True):
        finder = getattr(opened.source, "find_written", None)
        assert finder is not None, f"{kind}: without find_written() nothing may be created"
        before = dict(finder([change]))
        assert not before, f"{kind}: found {before} before anything was made"
        written = opened.source.send([change])[change.key]
        found = dict(finder([change, bench.change(opened, kind, number=2)]))
        assert found == {change.key: written}, f"{kind}: {written!r} was made, find_written gives {found}"


@promise
def a_lost_answer_is_never_a_second_write(bench: Bench) -> None:
    """Where a write was made and its answer was lost, nothing is sent again and nothing called failed."""
    for kind, opened, change in _samples(bench):
        opened.wire.faults.append(_answer_lost)
        with bench.store() as store:
            sent = apply_plan(_plan(change), [change], {NAME: opened.source}, store)
        count = len(opened.crm.writes)
        assert count <= 1, f"{kind}: after a lost answer it was written {count} times"
        for each in sent:
            assert each.state != "failed", f"{kind}: made, and told as failed: {each.note}"


def _answer_lost(crm: StandIn, request: Request) -> Reply | None:
    """Answer, and lose the answer where the request changed something."""
    before = len(crm.writes)
    reply = crm.handle(request)
    return Reply(502) if len(crm.writes) > before else reply


@promise
def only_what_is_listed_is_written(bench: Bench) -> None:
    """A kind that `write` does not list never reaches the CRM, whoever asks for it."""
    for kind in _kinds(bench):
        with bench.open() as opened:
            try:
                change = bench.change(opened, kind)
            except Skipped:
                continue
            if not _goes_by_write(opened, change):
                raise Skipped(AS_A_READ)
        listed = [each for each in ALL if each != change.needs]
        with bench.open(listed) as opened, _raising_nothing():
            opened.source.send([change])
        assert not opened.crm.writes, (
            f'{kind}: written although write does not list "{change.needs}"; give needs='
        )


def _goes_by_write(opened: Opened, change: Any) -> bool:
    before = len(opened.left)
    opened.source.send([change])
    return len(opened.left) > before


@promise
def a_moved_record_is_a_conflict(bench: Bench) -> None:
    """`current` tells what the record holds now: a change that expects another owner is not sent."""
    if ChangeOwner not in bench.plugin.writers():
        raise Skipped("the plugin changes no owner")
    with bench.open() as opened, bench.store() as store:
        change = bench.change(opened, "change_owner")
        told = opened.source.current(change.target, ["owner"])["owner"]
        assert told == change.old, f"the list says that the owner is {change.old!r}, current says {told!r}"
        stale = change.model_copy(update={"old": NOBODY, "expected": {"owner": NOBODY}})
        (sent,) = apply_plan(_plan(stale), [stale], {NAME: opened.source}, store)
        assert sent.state == "conflict", f"a plan that expects another owner ends as {sent.state}"
        assert not opened.crm.writes, "a plan that expects another owner was sent"


@promise
def what_a_plan_expects_is_told(bench: Bench) -> None:
    """`current` tells a client's status as the list does: every plan expects it as it was."""
    if not bench.plugin.writers():
        raise Skipped("the plugin writes nothing")
    with bench.open() as opened:
        for client in opened.entities(Client)[:1]:
            told = opened.source.current(client.ref.external_id, ["status"]).get("status")
            assert told == client.status, f"the list says {client.status!r}, current says {told!r}"


@promise
def a_client_that_is_gone_is_told(bench: Bench) -> None:
    """`current` of a client that does not exist is a MissingRecordError, and `current_many` leaves it out."""
    if not bench.plugin.writers():
        raise Skipped("the plugin writes nothing")
    with bench.open() as opened:
        client = next((each.ref.external_id for each in opened.entities(Client)), None)
        try:
            told = opened.source.current(NOBODY, ["owner"])
        except MissingRecordError:
            pass
        except SourceError as error:
            raise AssertionError(f"a client that is gone gives {type(error).__name__}: {error}") from error
        else:
            raise AssertionError(f"a client that is gone is told as {dict(told)}")
        if client is not None:
            found = set(opened.source.current_many([client, NOBODY], ["owner"]))
            assert found == {client}, f"current_many of {client} and one that is gone gives {sorted(found)}"


@promise
def a_refusal_concerns_its_change_alone(bench: Bench) -> None:
    """A change that the CRM refuses (400) gives a RefusedError under its key and is not sent again."""
    for kind, opened, change in _samples(bench):
        refused: list[Request] = []
        opened.wire.faults.append(_refusing(opened, refused))
        answer = opened.source.send([change]).get(change.key)
        if len(opened.left) == 0:
            raise Skipped(AS_A_READ)
        assert isinstance(answer, RefusedError), f"{kind}: a refused change is answered with {answer!r}"
        assert len(refused) == 1, f"{kind}: a refused change was sent {len(refused)} times"


def _refusing(opened: Opened, refused: list[Request]) -> Any:
    """Return a fault that refuses what the plugin lets out as a write."""
    before = len(opened.left)

    def refuse(crm: StandIn, request: Request) -> Reply | None:
        if len(opened.left) == before:
            return None
        refused.append(request)
        return Reply(400, {"error": "refused"})

    return refuse


@promise
def every_request_keeps_to_the_limit(bench: Bench) -> None:
    """Each request goes through `self.http`, which keeps the vendor's limit, repeats and hides secrets."""
    with bench.open() as opened:
        for stream in opened.source.streams():
            opened.read(stream)
        for _ in opened.source.check():
            pass
        _ask_for_clients(bench, opened)
        assert opened.wire.sent == opened.limiter.taken, (
            f"{opened.wire.sent} requests reached the CRM, {opened.limiter.taken} went through self.http"
        )
    for kind, opened, change in _samples(bench):
        opened.source.send([change])
        assert opened.wire.sent == opened.limiter.taken, f"{kind}: a request goes past self.http"


def _ask_for_clients(bench: Bench, opened: Opened) -> None:
    clients = [each.ref.external_id for each in opened.entities(Client)]
    if clients and bench.plugin.writers():
        opened.source.current_many(clients, ["owner"])


@contextmanager
def _raising_nothing() -> Iterator[None]:
    try:
        yield
    except ConnectorError:
        return


def _plan(change: Any) -> Plan:
    return Plan(as_of=_MOMENT, zone="Europe/Moscow", policies=(), changes=(change,))
