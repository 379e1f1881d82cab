"""Sends the changes of one source: look, compare, claim, send, record, each step a commit of its own."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from typing import Any

from connector import clock
from connector.changes import AnyChange
from connector.errors import (
    AccessError,
    BlockedError,
    ChangedBackError,
    ConfigError,
    ConnectorError,
    ForbiddenError,
    RefusedError,
    SourceError,
    UnknownFateError,
)
from connector.http.retry import NothingDoneError
from connector.plugins.base import Source
from connector.store.change_rows import StoredChange
from connector.store.database import Store
from connector.store.states import State
from connector.sync.compare import CREATES, stands
from connector.sync.doubt import begin_doubt, why_held
from connector.sync.look import Look
from connector.sync.outcome import Sent

NOTHING_WRITTEN = (AccessError, BlockedError, NothingDoneError, ConfigError)
"""Errors of a write that by their meaning left nothing behind: the change waits on as `approved`."""

LOOK_AGAIN_AFTER = (1.0, 3.0, 8.0)
"""Seconds between look-ups after a lost answer: the vendor may still be committing, its index may lag."""

REPEAT_AFTER = (1.0, 5.0)
"""Seconds before a request that surely did nothing is tried anew, unless the vendor names a longer time."""
LONGEST_WAIT = 60.0
"""Seconds that a run waits for a vendor's limit; beyond that the next run goes on."""

LOG = logging.getLogger("connector.push")
CHANGED_BACK = "changed back at once: "
"""Begins the note of a change whose value did not stand when it was read again."""

Answers = Mapping[str, str | SourceError]


class Writer:
    """Sends the changes of one source; the store's lock must be held.

    What an error of the whole request means is raised after the state of its changes is kept: those of
    NOTHING_WRITTEN are `approved` again, after a plugin's bug they are `unknown`.
    """

    def __init__(self, source: Source[Any], store: Store) -> None:
        self._source = source
        self._store = store
        self._look = Look(source, store)

    def send_all(self, changes: Sequence[AnyChange]) -> Iterator[Sent]:
        """Adopt what stands in the CRM, hold what a doubt concerns, send the rest in chunks."""
        found = self._find(changes)
        for change in changes:
            if change.key in found:
                yield self._adopt(change, found[change.key])
        absent = [change for change in changes if change.key not in found]
        reason = why_held(self._store)
        held = [change for change in absent if reason and not isinstance(change, CREATES)]
        for change in held:
            yield replace(self._move(change, "held", reason or ""), stopped=True)
        yield from self._send_absent([change for change in absent if change not in held])

    def _adopt(self, change: AnyChange, external_id: str) -> Sent:
        """Take over what stands there; that this store never sent it is a reason to doubt the store."""
        note = "already in the CRM: adopted by its marker"
        if not self._store.changes.adopt(change.key, external_id, note):
            begin_doubt(self._store, f"{change.source} holds a record of ours that this store never sent")
        return Sent(change, "done", note, external_id)

    def settle(self, unclear: Sequence[StoredChange]) -> Iterator[Sent]:
        """Look up what is unknown: found is done, surely absent is sent again, else it stays unknown.

        A value that was set is found when the record holds it. What is not found is surely absent once
        `answer_within` has passed since it was last sent: until then the vendor may still be working on it.
        """
        changes = [each.change for each in unclear]
        for each in unclear:
            if each.state == "sending":
                self._move(each.change, "unknown", "the run ended before the answer")
        written = self._single(changes, self.standing(changes))
        reason = why_held(self._store)
        again: list[AnyChange] = []
        for change in changes:
            if change.key in written:
                yield self._done(change, written[change.key], "found in the CRM")
            elif (wait := self._seconds_left(change)) > 0:
                note = f"not in the CRM yet; it may still come for {wait:.0f} s: run again then"
                yield Sent(change, "unknown", note)
            elif reason and not isinstance(change, CREATES):
                yield Sent(change, "unknown", reason, stopped=True)
            else:
                again.append(change)
        yield from self._send_absent(again)

    def _seconds_left(self, change: AnyChange) -> float:
        """Return how long the vendor may still be working on the request that was lost."""
        sent_at = max(step.at for step in self._store.changes.log(change.key) if step.state == "sending")
        return float(self._source.config.answer_within) - (clock.now() - sent_at).total_seconds()

    def _find(self, changes: Sequence[AnyChange]) -> Mapping[str, str]:
        """Return change key -> id of those creates whose marker stands in the CRM."""
        creates = [change for change in changes if isinstance(change, CREATES)]
        if not creates:
            return {}
        finder = getattr(self._source, "find_written", None)
        if finder is None:
            raise SourceError(
                f"{self._source.name} cannot look up its own records, so nothing may be created with it",
                hint="the plugin needs find_written()",
            )
        found: Mapping[str, str] = finder(creates)
        return found

    def standing(self, changes: Sequence[AnyChange]) -> Mapping[str, str]:
        """Return change key -> id of what stands in the CRM: creates by marker, sets by the value held."""
        sets = [change for change in changes if not isinstance(change, CREATES)]
        now = self._look.records(sets)
        held = {change.key: change.place[1] for change in sets if stands(change, now.get(change.place))}
        return {**self._find(changes), **held}

    def _send_absent(self, changes: Sequence[AnyChange]) -> Iterator[Sent]:
        """Send what leads first, then what comes after it: an owner, then what goes along."""
        for stage in (False, True):
            some = [change for change in changes if (change.after is not None) is stage]
            for chunk in _chunks(some, self._source.batch_size):
                yield from self._send_chunk(chunk)

    def _send_chunk(self, chunk: Sequence[AnyChange]) -> Iterator[Sent]:
        """Compare, send and record; when surely nothing was done, compare and send anew a few times."""
        for pause in (*REPEAT_AFTER, None):
            chunk = yield from self._compare(chunk)
            try:
                answers = self._send(chunk) if chunk else {}
            except NothingDoneError as error:
                wait = max(pause or 0.0, error.retry_after or 0.0)
                if pause is None or wait > LONGEST_WAIT:
                    raise
                clock.sleep(wait)
            else:
                yield from self._record(chunk, answers)
                return

    def _compare(self, chunk: Sequence[AnyChange]) -> Generator[Sent, None, list[AnyChange]]:
        """Yield what moved since the plan was made or needs no write; return what may be written."""
        verdicts = self._look.verdicts(chunk)
        for change in chunk:
            if change.key not in verdicts:
                continue
            state, note = verdicts[change.key]
            if state == "approved":
                yield Sent(change, self._store.changes.known([change.key])[change.key], note)
            else:
                yield self._move(change, state, note)
        return [change for change in chunk if change.key not in verdicts]

    def _send(self, changes: Sequence[AnyChange]) -> Answers:
        """Claim the changes and send them, once; what a crash leaves is `sending`."""
        self._store.halts.check()
        self._store.changes.claim_all([change.key for change in changes])
        try:
            with self._fenced():
                answers = self._source.send(changes)
            return {**answers, **self._single(changes, answers)}
        except ForbiddenError as error:
            return {change.key: error for change in changes}
        except NOTHING_WRITTEN as error:
            self._move_all(changes, "approved", f"nothing was sent: {error}")
            raise
        except SourceError as error:
            return {change.key: error for change in changes}
        except ConnectorError:
            raise
        except Exception as error:
            self._move_all(changes, "unknown", f"the plugin failed: {type(error).__name__}: {error}")
            raise

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        """Let nothing leave in the block unless the lock is still ours; what takes twins back may go."""
        http = self._source.http
        before, http.before_write = http.before_write, self._store.lock.confirm
        try:
            yield
        finally:
            http.before_write = before

    def _single(self, changes: Sequence[AnyChange], written: Answers) -> Mapping[str, str]:
        """Leave one record of each that stands there; of two, sent at the same moment, the younger goes."""
        ids = {key: each for key, each in written.items() if isinstance(each, str)}
        made = [change for change in changes if isinstance(change, CREATES) and change.key in ids]
        remove_twins = getattr(self._source, "remove_twins", None)
        if not made or remove_twins is None:
            return ids
        try:
            return {**ids, **remove_twins(made, ids)}
        except SourceError as error:
            LOG.warning(
                "%s: it was not seen whether another installation sent the same: %s",
                self._source.context.name,
                error,
            )
            return ids

    def _record(self, changes: Sequence[AnyChange], answers: Answers) -> Iterator[Sent]:
        """Keep what each answer means; raises BlockedError at the end if one of them says so."""
        silent = UnknownFateError("the plugin gave no answer for it")
        unknown: list[AnyChange] = []
        for change in changes:
            answer = answers.get(change.key, silent)
            if isinstance(answer, str):
                yield self._done(change, answer)
            elif isinstance(answer, ChangedBackError):
                yield self._changed_back(change, answer)
            elif isinstance(answer, RefusedError | ForbiddenError):
                yield self._move(change, "failed", str(answer))
            elif isinstance(answer, NOTHING_WRITTEN):
                yield self._move(change, "approved", f"nothing was sent, it waits: {answer}")
            else:
                self._move(change, "unknown", str(answer))
                unknown.append(change)
        yield from self._look_after(unknown)
        for answer in answers.values():
            if isinstance(answer, BlockedError):
                raise answer

    def _look_after(self, changes: Sequence[AnyChange]) -> Iterator[Sent]:
        """Look a few times for what may have been written; what is not found stays for the next run."""
        found: dict[str, str] = {}
        for pause in LOOK_AGAIN_AFTER if changes else ():
            clock.sleep(pause)
            found |= self.standing([change for change in changes if change.key not in found])
            if len(found) == len(changes):
                break
        for change in changes:
            if change.key in found:
                yield self._done(change, found[change.key], "the answer was lost, it was found in the CRM")
            else:
                yield Sent(change, "unknown", "the answer was lost; the next run looks again")

    def _changed_back(self, change: AnyChange, error: ChangedBackError) -> Sent:
        """Let it fail once; the second time nothing but a person can settle it."""
        note = f"{CHANGED_BACK}{error}"
        before = any(step.note.startswith(CHANGED_BACK) for step in self._store.changes.log(change.key))
        return self._move(change, "contested" if before else "failed", note)

    def _done(self, change: AnyChange, external_id: str, note: str = "") -> Sent:
        return self._move(change, "done", note, external_id)

    def _move_all(self, changes: Sequence[AnyChange], state: State, note: str) -> None:
        for change in changes:
            self._move(change, state, note)

    def _move(self, change: AnyChange, state: State, note: str = "", external_id: str | None = None) -> Sent:
        self._store.changes.move(change.key, state, note=note, external_id=external_id)
        return Sent(change, state, note, external_id)


def _chunks(changes: Sequence[AnyChange], size: int) -> Iterator[Sequence[AnyChange]]:
    """Cut into chunks of one kind each, at most `size` long, in the plan's order within a kind."""
    for _, same in groupby(sorted(changes, key=lambda change: change.kind), lambda change: change.kind):
        group = list(same)
        yield from (group[start : start + size] for start in range(0, len(group), size))
