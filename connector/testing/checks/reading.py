"""Whole passes: every row once, an end, only what changed, and going on from any page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connector.errors import ConnectorError
from connector.plugins.base import Cursor, Stream
from connector.sync.pull import pull_source
from connector.testing.bench import Bench, Opened, Skipped, jsoned
from connector.testing.checks.promise import promise
from connector.testing.messages import Reply, Request
from connector.testing.standin import StandIn
from connector.testing.wire import Fault


@promise
def every_row_comes_once(bench: Bench) -> None:
    """A full pass brings every record that the stand-in holds, and none twice."""
    with bench.open() as opened:
        for stream in opened.source.streams():
            came = Counter(stream.row_id(row) for row in opened.read(stream).rows)
            twice = sorted(each for each, times in came.items() if times > 1)
            assert not twice, f"{stream.name}: {twice} came twice"
            missing = sorted(opened.crm.ids(stream.name) - set(came))
            assert not missing, f"{stream.name}: {missing} never came; was only the first page read?"


@promise
def a_list_without_end_is_left(bench: Bench) -> None:
    """Where the CRM gives the same page again and again, the plugin gives up instead of asking for ever."""
    for name in bench.streams():
        with bench.open() as opened:
            opened.wire.faults.append(_same_answer())
            try:
                opened.read(opened.stream(name))
            except ConnectorError:
                continue
            # A list of one page has no second one to come twice.


def _same_answer() -> Fault:
    """Return a fault that answers every question as the first of its path was answered."""
    answers: dict[tuple[str, str], Reply] = {}

    def repeat(crm: StandIn, request: Request) -> Reply:
        return answers.setdefault((request.verb, request.path), crm.handle(request))

    return repeat


@promise
def only_changes_are_asked_for(bench: Bench) -> None:
    """The pass after a full one brings what changed since, and hardly anything else."""
    for opened, stream, since, changed in _second_passes(bench):
        if stream.name in opened.crm.undated:
            continue
        came = {stream.row_id(row) for row in opened.read(stream, Cursor(since)).rows}
        old = came - changed
        assert len(old) <= len(opened.crm.ids(stream.name)) // 2, (
            f"{stream.name}: {len(old)} records came again that did not change; is cursor.since sent?"
        )


@promise
def no_change_is_lost(bench: Bench) -> None:
    """What changes during or after a pass is read by the next: `since` is not later than its beginning."""
    for opened, stream, since, changed in _second_passes(bench):
        came = {stream.row_id(row) for row in opened.read(stream, Cursor(since)).rows}
        assert changed <= came, (
            f"{stream.name}: {sorted(changed - came)} changed right after a pass and never came"
        )


def _second_passes(bench: Bench) -> Iterator[tuple[Opened, Stream, str, set[str]]]:
    """Yield each stream after its full pass, built anew: where the next begins, and what changed since."""
    for name in bench.streams():
        crm = bench.crm()
        since = _after_a_full_pass(bench, crm, name)
        if since is None:
            continue
        crm.later(seconds=1)
        changed = sorted(crm.ids(name))[0]
        crm.touch(name, changed)
        crm.later(minutes=10)  # some vendors show a change only after a while
        with bench.open(crm=crm) as opened:
            yield opened, opened.stream(name), since, {changed}


def _after_a_full_pass(bench: Bench, crm: StandIn, name: str) -> str | None:
    """Return where the next pass begins; None where it reads everything anyway, or there is nothing."""
    with bench.open(crm=crm) as opened:
        stream = opened.stream(name)
        if stream.whole or stream.anew_hours == 0:
            return None
        reading = opened.read(stream)
    assert reading.watermark, f"{name}: no page names a watermark, so every pass would read everything"
    return reading.watermark if crm.ids(name) else None


@promise
def reading_goes_on_from_any_page(bench: Bench) -> None:
    """Stopped after any page, the rest comes from the page's position, which goes through JSON."""
    for name in bench.streams():
        with bench.open() as opened:
            stream = opened.stream(name)
            pages = opened.read(stream).pages
        everything = [stream.row_id(row) for page in pages for row in page.rows]
        for number, page in enumerate(pages[:-1], start=1):
            if page.position is None:
                continue
            try:
                position = jsoned(page.position)
            except TypeError as error:
                raise AssertionError(f"{name}: a position must be plain JSON: {error}") from None
            with bench.open() as again:
                stream = again.stream(name)
                rest = {stream.row_id(row) for row in again.read(stream, Cursor(None, position)).rows}
            before = {stream.row_id(row) for page in pages[:number] for row in page.rows}
            missing = sorted(set(everything) - before - rest)
            assert not missing, f"{name}: {missing} never come when the reading goes on after page {number}"


@promise
def an_empty_account_is_no_failure(bench: Bench) -> None:
    """An account without a single record is read to its end."""
    crm = bench.crm()
    crm.empty()
    with bench.open(crm=crm) as opened:
        for stream in opened.source.streams():
            rows = opened.read(stream).rows
            assert not rows, f"{stream.name}: {len(rows)} rows came from an empty account"


@promise
def changes_without_a_stamp_are_seen(bench: Bench) -> None:
    """What the stand-in changes without moving a date is in the store after the next pull."""
    crm = bench.crm()
    if not crm.unstamped:
        raise Skipped("the stand-in names no change without a stamp")
    with bench.store() as store, bench.open(crm=crm) as opened:
        zone = opened.source.context.zone
        pull_source(opened.source, store, zone=zone)
        for name, fields in crm.unstamped.items():
            stream = opened.stream(name)
            record = sorted(crm.ids(name))[0]
            crm.later(days=1)
            crm.slip(name, record, **fields)
            wanted = next(each for each in opened.entities(stream.entity) if each.ref.external_id == record)
            pull_source(opened.source, store, zone=zone)
            held = store.entities.get(stream.entity, opened.source.context.name, record)
            known = held.entity if held else None
            assert known == wanted, f"{name}: {record} changed and the store does not know"


@promise
def what_is_deleted_leaves_the_store(bench: Bench) -> None:
    """A record that the CRM no longer has is marked deleted after two full passes at the latest."""
    crm = bench.crm()
    with bench.store() as store, bench.open(crm=crm) as opened:
        zone, streams = opened.source.context.zone, opened.source.streams()
        pull_source(opened.source, store, zone=zone)
        removed = {stream.name: crm.remove_last(stream.name) for stream in streams}
        for _ in range(2):
            crm.later(seconds=1)
            pull_source(opened.source, store, zone=zone, full=True)
        for stream in streams:
            for record in removed[stream.name]:
                held = store.entities.get(stream.entity, opened.source.context.name, record)
                assert held is None or held.deleted_at, f"{stream.name}: {record} was deleted and stays"
