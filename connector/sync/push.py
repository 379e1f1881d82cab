"""The one write path: approved changes go out once, or not at all; each step is committed before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from connector import clock
from connector.changes import AnyChange, Change, CreateTask, PlanContact, SetField, Value
from connector.errors import RefusedError, SourceError, UnknownFateError
from connector.plan.model import Plan
from connector.plugins.base import Source
from connector.store.change_rows import StoredChange
from connector.store.database import Store
from connector.store.states import State

CREATES = (CreateTask, PlanContact)
"""Changes that make a new record: only a look-up by marker may decide on a repeat."""

LOOK_AGAIN_AFTER = (1.0, 3.0, 8.0)
"""Seconds between look-ups after a lost answer: the vendor may still be committing, its index may lag."""


@dataclass(frozen=True)
class Sent:
    """What became of one change."""

    change: Change
    state: str
    note: str = ""
    external_id: str | None = None


Watch = Callable[[Sent], None]


def apply_plan(
    plan: Plan,
    approved: Sequence[AnyChange],
    sources: Mapping[str, Source[Any]],
    store: Store,
    watch: Watch = lambda sent: None,
) -> list[Sent]:
    """Send the approved changes of the plan, source by source; return what became of each.

    Nothing is sent twice: changes known as done are skipped, those whose fate is unknown (a crash, a lost
    answer) are looked up first, and creates of this plan that already stand in the CRM are adopted.
    """
    store.changes.add(approved, plan.fingerprint)
    states = store.changes.known([change.key for change in approved])
    for change in approved:
        if states[change.key] == "planned":
            store.changes.move(change.key, "approved", note="approved with the plan")
    outcome: list[Sent] = []
    ready = {key for key, state in states.items() if state in ("planned", "approved")}
    by_source = sorted(
        (change for change in approved if change.key in ready), key=lambda change: change.source
    )
    for name, changes in groupby(by_source, lambda change: change.source):
        for sent in _Writer(sources[name], store).send_all(list(changes)):
            watch(sent)
            outcome.append(sent)
    return outcome


def recover(sources: Mapping[str, Source[Any]], store: Store, watch: Watch = lambda sent: None) -> list[Sent]:
    """Find out the fate of what a crash or a lost answer left open; send again what surely is absent.

    A create that is not found is surely absent once the vendor's own time for a request has passed.
    """
    outcome: list[Sent] = []
    open_ones = store.changes.by_state("sending", "unknown")
    for name, source in sources.items():
        for sent in _Writer(source, store).settle([each for each in open_ones if each.change.source == name]):
            watch(sent)
            outcome.append(sent)
    return outcome


class _Writer:
    """Sends the changes of one source."""

    def __init__(self, source: Source[Any], store: Store) -> None:
        self._source = source
        self._store = store

    def send_all(self, changes: Sequence[AnyChange]) -> Iterator[Sent]:
        """Adopt what stands in the CRM, then send the rest in chunks of the plugin's size."""
        creates = [change for change in changes if isinstance(change, CREATES)]
        found = self._find(creates)
        for change in creates:
            if change.key in found:
                note = "already in the CRM: adopted by its marker"
                self._store.changes.adopt(change.key, found[change.key], note)
                yield Sent(change, "done", note, found[change.key])
        absent = [change for change in changes if change.key not in found]
        for chunk in _chunks(absent, self._source.batch_size):
            yield from self._send_chunk(chunk)

    def settle(self, unclear: Sequence[StoredChange]) -> Iterator[Sent]:
        """Look up what is unknown: found is done, surely absent is sent again, else it stays unknown."""
        found = self._find([each.change for each in unclear if isinstance(each.change, CREATES)])
        again: list[AnyChange] = []
        for each in unclear:
            change = each.change
            if each.state == "sending":
                self._move(change, "unknown", "the run ended before the answer")
            if change.key in found:
                yield self._done(change, found[change.key], "found in the CRM by its marker")
            elif isinstance(change, CREATES) and (wait := self._seconds_left(each)) > 0:
                yield Sent(
                    change,
                    "unknown",
                    f"not in the CRM yet; it may still come for {wait:.0f} s: run again then",
                )
            else:
                again.append(change)
        for chunk in _chunks(again, self._source.batch_size):
            yield from self._send_chunk(chunk)

    def _seconds_left(self, each: StoredChange) -> float:
        """Return how long the vendor may still be working on the request that was lost."""
        sent_at = max(step.at for step in self._store.changes.log(each.change.key) if step.state == "sending")
        return float(self._source.config.answer_within) - (clock.now() - sent_at).total_seconds()

    def _find(self, creates: Sequence[AnyChange]) -> Mapping[str, str]:
        finder = getattr(self._source, "find_written", None)
        if not creates:
            return {}
        if finder is None:
            raise SourceError(
                f"{self._source.name} cannot look up its own records, so nothing may be created with it",
                hint="the plugin needs find_written()",
            )
        found: Mapping[str, str] = finder(creates)
        return found

    def _send_chunk(self, chunk: Sequence[AnyChange]) -> Iterator[Sent]:
        """Compare with the CRM as it is now, claim, send, record: each a commit of its own."""
        ready, refused = self._compare(chunk)
        yield from refused
        if not ready:
            return
        for change in ready:
            self._store.changes.claim(change.key)
        try:
            answers = self._source.send(ready)
        except UnknownFateError as error:
            answers = {change.key: error for change in ready}
        except SourceError as error:
            yield from (self._move(change, "failed", str(error)) for change in ready)
            return
        unknown = [change for change in ready if isinstance(answers.get(change.key), UnknownFateError)]
        yield from (self._record(change, answers[change.key]) for change in ready if change not in unknown)
        yield from self._after_lost_answer(unknown)

    def _compare(self, chunk: Sequence[AnyChange]) -> tuple[list[AnyChange], list[Sent]]:
        """Split the chunk into what may be written and what moved since the plan was made."""
        names = sorted({name for change in chunk for name in change.expected})
        now = self._source.current_many(sorted({change.target for change in chunk}), names)
        ready: list[AnyChange] = []
        rest: list[Sent] = []
        for change in chunk:
            verdict = _verdict(change, now.get(change.target))
            if verdict is None:
                ready.append(change)
            else:
                rest.append(self._move(change, *verdict))
        return ready, rest

    def _record(self, change: AnyChange, answer: str | SourceError) -> Sent:
        if isinstance(answer, RefusedError):
            return self._move(change, "failed", str(answer))
        if isinstance(answer, SourceError):
            return self._move(change, "unknown", str(answer))
        return self._done(change, answer)

    def _after_lost_answer(self, changes: Sequence[AnyChange]) -> Iterator[Sent]:
        """Look for the markers a few times; what is not found stays `unknown` for the next run."""
        creates = [change for change in changes if isinstance(change, CREATES)]
        for change in changes:
            self._move(change, "unknown", "the answer was lost")
        found: Mapping[str, str] = {}
        for pause in LOOK_AGAIN_AFTER if creates else ():
            clock.sleep(pause)
            found = {**found, **self._find([change for change in creates if change.key not in found])}
            if len(found) == len(creates):
                break
        for change in changes:
            if change.key in found:
                yield self._done(change, found[change.key], "the answer was lost, its marker was found")
            else:
                yield Sent(change, "unknown", "the answer was lost; the next run looks again")

    def _done(self, change: AnyChange, external_id: str, note: str = "") -> Sent:
        return self._move(change, "done", note, external_id)

    def _move(self, change: AnyChange, state: State, note: str = "", external_id: str | None = None) -> Sent:
        self._store.changes.move(change.key, state, note=note, external_id=external_id)
        return Sent(change, state, note, external_id)


def _verdict(change: AnyChange, now: Mapping[str, Value] | None) -> tuple[State, str] | None:
    """Return the state and the reason when the change may not be written; None when all is as expected."""
    if now is None:
        return "conflict", "stale_plan: the client is gone from the CRM"
    if isinstance(change, SetField) and now.get(change.field) == change.new:
        return "skipped", "the CRM already holds this value"
    for name, expected in change.expected.items():
        if now.get(name) != expected:
            return "conflict", f"stale_plan: {name} is {now.get(name)!r}, the plan expects {expected!r}"
    return None


def _chunks(changes: Sequence[AnyChange], size: int) -> Iterator[Sequence[AnyChange]]:
    """Cut into chunks of one kind each, at most `size` long, in the plan's order within a kind."""
    for _, same in groupby(sorted(changes, key=lambda change: change.kind), lambda change: change.kind):
        group = list(same)
        yield from (group[start : start + size] for start in range(0, len(group), size))


def summary(sent: Sequence[Sent]) -> dict[str, int]:
    """Count the outcomes by state, in the order of the state's name."""
    counts: dict[str, int] = {}
    for each in sent:
        counts[each.state] = counts.get(each.state, 0) + 1
    return dict(sorted(counts.items()))


def problems(sent: Sequence[Sent]) -> list[Sent]:
    """Return what a person should look at: everything neither done nor skipped."""
    return [each for each in sent if each.state not in ("done", "skipped")]
