"""Each source: the way to it, what it says of token, tariff and rights, its people, its limit, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.commands.checks.lines import failures
from connector.commands.checks.storage import SET_CLOCK, is_large
from connector.commands.checks.way import way_to
from connector.config import Settings
from connector.errors import ConnectorError
from connector.http.client import Http
from connector.plugins.base import Check, Source, SourceConfig
from connector.store.database import open_store
from connector.sync.sources import network_of, open_sources

PATIENCE_SECONDS = 5.0
"""How long a question is repeated: a person waits for the answer."""
SKEW_WARN, SKEW_FAIL = 60.0, 300.0
"""Seconds between two clocks; from five minutes on tokens and certificates are refused too early or late."""
NAMED = 3
"""People whose ids a line shows."""


def look_at(
    settings: Settings, config: SourceConfig, *, write_probe: bool, deep: bool = False
) -> Iterator[Check]:
    """Yield the lines of one source; after a vital one that failed only why the rest is skipped."""
    try:
        with open_sources(settings, config.name, patience=PATIENCE_SECONDS) as opened:
            yield from _asked(settings, opened[config.name], write_probe=write_probe)
    except ConnectorError as error:
        yield from failures("opening", error, vital=True)
    yield from _people(settings, config.name, deep=deep)


def _asked(settings: Settings, source: Source[Any], *, write_probe: bool) -> Iterator[Check]:
    base = source.http.base_url
    gone = ""
    for check in way_to(base, network_of(settings)) if base else ():
        yield check
        gone = gone or (check.name if check.vital and check.state == "failed" else "")
    if gone:
        yield Check("rights", "skipped", f"not asked: {gone} failed")
        yield Check("clock", "skipped", "no answer to read the time from")
    else:
        yield from _says(source, write_probe=write_probe)
        yield from clock_lines(source.http.clock_ahead) if base else ()


def _says(source: Source[Any], *, write_probe: bool) -> Iterator[Check]:
    """Yield what the connector finds out; whatever it raises becomes a line."""
    name = "access"
    try:
        for check in source.check():
            yield check
            if check.vital and check.state == "failed":
                yield Check("rights", "skipped", f"not asked: {check.name} failed")
                return
            name = "rights"
        yield from limit_lines(source.http, source.config)
        if write_probe:
            yield from source.probe_writes()
    except ConnectorError as error:
        yield from failures(name, error, vital=name == "access")
    except Exception as error:
        said = f"the connector failed: {type(error).__name__}: {error}"
        yield Check(name, "failed", said, "report it to the connector's author", vital=name == "access")


def limit_lines(http: Http, config: SourceConfig) -> Iterator[Check]:
    """Yield how many requests may go by now, and our share of the vendor's limit."""
    limit, left = config.limit(), http.left()
    if limit is None or left is None:
        yield Check("requests", "ok", "no limit is kept")
        return
    said = f"{left:.0f} of {limit.burst:.0f} left, {limit.rate:g} a second more (share = {config.share:g})"
    if left < 1:
        yield Check("requests", "warn", said, "wait a minute: other runs of ours use them up")
    else:
        yield Check("requests", "ok", said)


def clock_lines(ahead: float | None) -> Iterator[Check]:
    """Yield how far apart the source's clock and this machine's are."""
    if ahead is None:
        yield Check("clock", "skipped", "no answer told the time")
        return
    apart = abs(ahead)
    if apart <= SKEW_WARN:
        yield Check("clock", "ok", "as this machine's")
        return
    said = f"{apart / 60:.0f} min {'ahead of' if ahead > 0 else 'behind'} this machine's"
    yield Check("clock", "failed" if apart > SKEW_FAIL else "warn", said, SET_CLOCK)


def _people(settings: Settings, name: str, *, deep: bool) -> Iterator[Check]:
    path = settings.store_path
    if path is None or not path.exists():
        yield Check("employees", "skipped", "nothing was pulled yet")
        return
    everything = deep or not is_large(path)
    try:
        with open_store(settings.store_url) as store:
            found = store.directory.unexplained(name, events=everything)
    except ConnectorError:
        yield Check("employees", "skipped", "the store cannot be read")
        return
    if not found:
        who = "every owner and every caller is" if everything else "every owner is"
        yield Check("employees", "ok", f"{who} known")
        return
    ids = ", ".join(each.id for each in found[:NAMED]) + (", ..." if len(found) > NAMED else "")
    clients, events = sum(each.clients for each in found), sum(each.events for each in found)
    said = f"{len(found)} unknown (id {ids}) with {clients} clients and {events} events"
    fix = "give their clients to somebody in the CRM, or let the account see them; then pull again"
    yield Check("employees", "warn", said, fix)
