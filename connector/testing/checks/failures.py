"""What goes wrong on the way: limits, broken servers, lost rights; and that no secret is ever told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime

import requests

from connector.errors import AccessError, ConnectorError, SourceError
from connector.sync.parsing import parse_rows
from connector.sync.pull import pull_source
from connector.testing.bench import Bench, Opened, Skipped
from connector.testing.checks.outset import secrets_of
from connector.testing.checks.promise import promise
from connector.testing.messages import Reply, Request
from connector.testing.standin import StandIn
from connector.testing.wire import Fault, always, once

SECONDS = 7
PAGE_OF_A_PROXY = Reply(200, b"<html><body>Please sign in</body></html>", {"Content-Type": "text/html"})


@promise
def a_full_limit_is_waited_for(bench: Bench) -> None:
    """A 429 is waited out as long as Retry-After says, in seconds or as a date, and the pass goes on."""
    for asked in (_in_seconds, _as_date):
        for name in bench.streams():
            usual = _usual_rows(bench, name)
            with bench.open() as opened:
                opened.wire.faults.append(once(asked))
                _same_rows(opened, name, usual, "a 429")
                waited = sum(opened.waits)
                assert waited >= SECONDS, f"{name}: waited {waited:.0f} s, the CRM asked for {SECONDS}"


def _in_seconds(crm: StandIn, request: Request) -> Reply:
    return Reply(429, {}, {"Retry-After": str(SECONDS)})


def _as_date(crm: StandIn, request: Request) -> Reply:
    until = crm.now + timedelta(seconds=SECONDS)
    stamps = [format_datetime(moment, usegmt=True) for moment in (crm.now, until)]
    return Reply(429, {}, {"Date": stamps[0], "Retry-After": stamps[1]})


@promise
def a_passing_failure_passes(bench: Bench) -> None:
    """A 503, a lost connection and a timeout cost a repeat and no row."""
    troubles: Sequence[Reply | Exception] = (
        Reply(503), requests.ConnectionError("connection broken"), requests.ReadTimeout("timed out"),
    )  # fmt: skip
    for trouble in troubles:
        for name in bench.streams():
            usual = _usual_rows(bench, name)
            with bench.open() as opened:
                opened.wire.faults.append(once(_gives(trouble)))
                _same_rows(opened, name, usual, _called(trouble))


def _gives(trouble: Reply | Exception) -> Fault:
    return lambda crm, request: trouble


def _called(trouble: Reply | Exception) -> str:
    return f"a {trouble.status}" if isinstance(trouble, Reply) else type(trouble).__name__


def _usual_rows(bench: Bench, name: str) -> set[str]:
    with bench.open() as opened:
        stream = opened.stream(name)
        return {stream.row_id(row) for row in opened.read(stream).rows}


def _same_rows(opened: Opened, name: str, usual: set[str], after: str) -> None:
    try:
        stream = opened.stream(name)
        came = {stream.row_id(row) for row in opened.read(stream).rows}
    except ConnectorError as error:
        raise AssertionError(f"{name}: {after} ends the pass: {error}") from error
    missing = sorted(usual - came)
    assert not missing, f"{name}: {missing} did not come after {after}"


@promise
def what_is_no_answer_is_an_error(bench: Bench) -> None:
    """A page of a proxy instead of JSON is no empty list and no bug, but an error of the CRM."""
    for name in bench.streams():
        with bench.open() as opened:
            opened.wire.faults.append(always(PAGE_OF_A_PROXY))
            _raises(opened, name, SourceError, "a page of HTML")


@promise
def a_refusal_with_200_is_an_error(bench: Bench) -> None:
    """Where the CRM answers 200 and says in the body that it refused, that is no empty list and no bug."""
    refusal = bench.crm().refusal_with_200
    if refusal is None:
        raise Skipped("the stand-in says that its vendor does not refuse with 200")
    for name in bench.streams():
        with bench.open() as opened:
            opened.wire.faults.append(always(refusal))
            _raises(opened, name, SourceError, "a refusal with 200")


@promise
def a_wrong_token_is_told(bench: Bench) -> None:
    """A 401 is an AccessError that says what to do, so that nobody takes it for an empty account."""
    for name in bench.streams():
        with bench.open() as opened:
            opened.wire.faults.append(always(Reply(401, {"error": "unknown token"})))
            error = _raises(opened, name, AccessError, "a 401")
            assert error.hint, f"{name}: the error says nothing about what to do: {error}"


def _raises(opened: Opened, name: str, kind: type[SourceError], after: str) -> SourceError:
    try:
        rows = opened.read(opened.stream(name)).rows
    except kind as error:
        return error
    except Exception as error:
        raise AssertionError(
            f"{name}: {after} gives {type(error).__name__}, not {kind.__name__}: {error}"
        ) from error
    raise AssertionError(f"{name}: {after} was read as {len(rows)} rows and the end")


@promise
def one_forbidden_list_stops_no_other(bench: Bench) -> None:
    """Where one list is forbidden, the others are read to their end."""
    paths = _own_paths(bench)
    if len(paths) < 2:
        raise Skipped("fewer than two streams have requests of their own")
    for name, own in paths.items():
        with bench.store() as store, bench.open() as opened:
            opened.wire.faults.append(_forbidden(own))
            outcomes = pull_source(opened.source, store, zone=opened.source.context.zone)
            failed = {outcome.stream: outcome.error for outcome in outcomes if not outcome.ok}
            assert name in failed, f"{name}: a forbidden list was read without an error"
            others = sorted(set(failed) - {name})
            assert not others, f"{others} fail when {name} is forbidden: {failed[others[0]]}"


@promise
def doctor_names_the_missing_right(bench: Bench) -> None:
    """`check()` says that all is well when it is, and which list cannot be read when one is forbidden."""
    with bench.open() as opened:
        bad = _failed_checks(opened)
        assert not bad, f"doctor fails on a sound account: {bad[0]}"
        assert not opened.crm.writes, "check() changes the CRM"
    for name, own in _own_paths(bench).items():
        with bench.open() as opened:
            opened.wire.faults.append(_forbidden(own))
            assert _failed_checks(opened), f"doctor says nothing where {name} is forbidden"


def _failed_checks(opened: Opened) -> list[str]:
    try:
        return [f"{each.name}: {each.detail}" for each in opened.source.check() if each.state == "failed"]
    except ConnectorError as error:  # doctor makes a line of it
        return [str(error)]


def _own_paths(bench: Bench) -> dict[str, set[tuple[str, str]]]:
    """Return, by stream, the requests that no other stream sends."""
    asked: dict[str, set[tuple[str, str]]] = {}
    for name in bench.streams():
        with bench.open() as opened:
            stream = opened.stream(name)
            opened.crm.requests.clear()
            parse_rows(stream, opened.read(stream).rows)  # names of stages or fields may be asked for here
            asked[name] = {(request.verb, request.path) for request in opened.crm.requests}
    return {
        name: own
        for name, mine in asked.items()
        if (own := mine - set().union(*(theirs for other, theirs in asked.items() if other != name)))
    }


def _forbidden(paths: set[tuple[str, str]]) -> Fault:
    refusal = Reply(403, {"error": "forbidden"})
    return lambda crm, request: refusal if (request.verb, request.path) in paths else None


@promise
def secrets_are_never_told(bench: Bench) -> None:
    """No error, no log line and no printed setting holds a secret, whatever goes wrong."""
    secrets = secrets_of(bench)
    if not secrets:
        raise Skipped("no setting is a secret")
    told: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]  # a listener of one line
    root, before = logging.getLogger(), logging.getLogger("connector").propagate
    logging.getLogger("connector").propagate = True
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        told += _everything_said(bench)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        logging.getLogger("connector").propagate = before
    leaks = [line for line in told if any(secret in line for secret in secrets)]
    assert not leaks, "a secret is told: " + leaks[0].replace(
        next(s for s in secrets if s in leaks[0]), "***"
    )


def _everything_said(bench: Bench) -> list[str]:
    told: list[str] = []
    troubles = (Reply(400), Reply(401), Reply(403), Reply(500), PAGE_OF_A_PROXY)
    for trouble in (*troubles, requests.ConnectionError("connection broken")):
        for name in bench.streams():
            with bench.open() as opened:
                opened.wire.faults.append(_gives(trouble))
                told += [repr(opened.source.config), repr(opened.source.context)]
                try:
                    opened.read(opened.stream(name))
                except Exception as error:  # whatever it is, it must not tell
                    told.append(f"{error} {error!r}")
    return told
