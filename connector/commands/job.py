"""The steps of the main job as the commands share them: pull, judge, plan, send."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from connector.changes import Change
from connector.commands.app import App
from connector.commands.watch import PullWatch, PushWatch, bars
from connector.config import Settings
from connector.errors import LockedError, StoreError
from connector.plan.build import Ability, asked, build_plan
from connector.plan.model import Plan
from connector.plan.standing import standing
from connector.plugins.base import Source
from connector.rules.calendar import read_calendar
from connector.rules.decide import decide, required_frames
from connector.rules.decision import Decision, Decisions
from connector.rules.facts import Company, Facts
from connector.rules.policy import Policy, load_policies
from connector.store.database import Store
from connector.store.frames import read_frames
from connector.store.runs import StreamRun
from connector.sync.pull import StreamOutcome, pull_source
from connector.sync.push import Sent, apply_plan, problems, recover, summary


def pull_all(
    app: App,
    settings: Settings,
    store: Store,
    sources: Mapping[str, Source[Any]],
    *,
    full: bool = False,
    only: Collection[str] = (),
    accept_missing: bool = False,
) -> list[StreamOutcome]:
    """Read every given source and return the outcome of each stream.

    Of a source that cannot be reached no stream is tried: all fail with the same line.
    """
    outcomes: list[StreamOutcome] = []
    with bars(app) as progress:
        for name, source in sources.items():
            if error := unreachable(source):
                names = [stream.name for stream in source.streams() if not only or stream.name in only]
                outcomes += [StreamOutcome(name, stream, error=error) for stream in names]
            else:
                outcomes += pull_source(
                    source,
                    store,
                    zone=settings.zone,
                    full=full,
                    only=only,
                    accept_missing=accept_missing,
                    watch=PullWatch(progress),
                )
    # Scrubbed here, since they are kept too, and shown by commands that know no secret
    return [replace(one, error=app.scrubber.scrub(one.error)) for one in outcomes]


def unreachable(source: Source[Any]) -> str:
    """Return why nothing of the source can be read, in one line; "" when its vital checks hold."""
    with suppress(Exception):  # a plugin whose look fails may still read: its streams will tell
        for check in takewhile(lambda check: check.vital, source.check()):
            if check.state == "failed":
                return f"{check.detail or check.name} — {check.fix}"
    return ""


@dataclass(frozen=True)
class Judged:
    """The decisions of a moment and the policies that made them."""

    policies: Sequence[Policy]
    decisions: Decisions


def judge(settings: Settings, as_of: datetime) -> Judged:
    """Read the frames that the policies need and decide; nothing is written.

    StoreError where no client was ever pulled: an empty answer would look as if all were well.
    """
    policies = load_policies(settings.policies_folder)
    frames = read_frames(settings.store_url, sorted({"clients", *required_frames(policies)}))
    if frames["clients"].is_empty():
        raise StoreError(
            "the store holds no clients yet",
            hint="run `connector pull` first",
            where=str(settings.store_path),
        )
    company = Company(
        zone=settings.zone,
        sources=settings.priority,
        language=settings.project.company.language,
        calendar=read_calendar(
            settings.folder / given if (given := settings.project.company.calendar) else None
        ),
    )
    return Judged(policies, decide(Facts(frames, company), policies, as_of.astimezone(settings.zone)))


def make_plan(settings: Settings, store: Store, judged: Judged) -> Plan:
    """Build the plan of the decisions, as the store and the permissions stand."""
    acting = list(judged.decisions.acting())
    keys, targets = asked(acting)
    plan = build_plan(
        acting,
        policies=judged.policies,
        standing=standing(store, targets, keys),
        abilities=abilities(settings),
        as_of=judged.decisions.as_of,
        zone=settings.zone,
        language=settings.project.company.language,
    )
    store.plans.save(plan.fingerprint, plan.as_of, plan.document().decode())
    return plan


def abilities(settings: Settings) -> dict[str, Ability]:
    """Return what each source may be asked to write."""
    found = {}
    for source in settings.sources:
        kinds = settings.registry.source(source.plugin).writers()
        found[source.name] = Ability(frozenset(source.write), frozenset(kind_of(change) for change in kinds))
    return found


def kind_of(change: type[Change]) -> str:
    """Return the kind's name, as it stands in plans."""
    return str(change.model_fields["kind"].default)


def send(
    app: App,
    settings: Settings,
    store: Store,
    sources: Mapping[str, Source[Any]],
    plan: Plan,
    keys: frozenset[str],
) -> list[Sent]:
    """Settle what earlier runs left open, then send the plan's changes that are among the keys."""
    approved = [change for change in plan.sendable if change.key in keys]
    with bars(app) as progress:
        watch = PushWatch(progress, len(approved))
        settled = recover(sources, store, watch)
        known = {sent.change.key for sent in settled}
        approved = [change for change in approved if change.key not in known]
        return settled + apply_plan(plan, approved, sources, store, watch)


def of_client(decisions: Decisions, number: int) -> list[Decision]:
    """Return the decisions about one client."""
    return list(Decisions(decisions.as_of, decisions.frame.filter(decisions.frame["client"] == number)))


class Work:
    """A run under way: collects its numbers for the ledger."""

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._run = run
        self.numbers: dict[str, Any] = {}
        self.outcome = "ok"

    def streams(self, outcomes: Sequence[StreamOutcome]) -> None:
        """Write down what was read of each stream."""
        for one in outcomes:
            status = "ok" if one.ok else "failed"
            counts = (one.read, one.new, one.changed, one.deleted, one.quarantined, one.refused)
            error = one.error or one.held
            self._store.runs.save_stream(
                self._run, StreamRun(one.source, one.stream, status, *counts, error, one.visibility)
            )
        if bad := sum(not one.ok for one in outcomes):
            self.outcome = "failed" if bad == len(outcomes) else "partial"
        self.numbers["read"] = sum(one.read for one in outcomes)

    def sent(self, sent: Sequence[Sent]) -> None:
        """Write down what was sent."""
        self.numbers["sent"] = summary(sent)
        if problems(sent):
            self.outcome = "partial"


@contextmanager
def working(app: App, store: Store, command: str) -> Iterator[Work]:
    """Hold the store's lock for a run and keep its outcome and numbers in the ledger, however it ends."""
    run = store.runs.start(command)
    work = Work(store, run)
    try:
        with store.lock.acquire(command, run):
            yield work
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        outcome = "locked" if isinstance(error, LockedError) else "stopped" if stopped else "failed"
        store.runs.end(run, outcome, work.numbers, note="" if stopped else app.scrubber.scrub(str(error)))
        raise
    store.runs.end(run, work.outcome, work.numbers)
