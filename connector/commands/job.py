"""The steps of the main job as the commands share them: pull, judge, plan, send."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from connector.changes import Change
from connector.commands.app import App
from connector.commands.watch import PullWatch, PushWatch, bars
from connector.company.folder import CALENDAR, read_company
from connector.config import Settings
from connector.errors import LockedError, StoreError
from connector.identity.current import NEEDED, refresh, regrouped
from connector.locale import Texts, texts
from connector.model import Ref
from connector.plan.actions import asked, moving
from connector.plan.build import build_plan
from connector.plan.closing import Closing, closings
from connector.plan.holding import PUNITIVE, Views, unlinked_view
from connector.plan.kin import kin
from connector.plan.known import Ability
from connector.plan.model import Plan
from connector.plan.standing import standing, views_of
from connector.plugins.base import Source
from connector.rules.calendar import read_calendar
from connector.rules.company import lay_over
from connector.rules.decide import decide_soundly, required_frames, terms_of
from connector.rules.decision import Decision, Decisions
from connector.rules.fact_columns import LOOKED_AT
from connector.rules.facts import Company, Facts
from connector.rules.policy import Policy, usable_policies
from connector.rules.reasons import clients_now
from connector.rules.rulebook import Rulebook
from connector.rules.sentence import with_rules
from connector.store.database import Store
from connector.store.frames import read_frames
from connector.store.guarded_polars import pl
from connector.store.runs import StreamRun
from connector.sync.brakes import Brakes
from connector.sync.doubt import doubt_copies
from connector.sync.pull import StreamOutcome, pull_source
from connector.sync.push import Sent, apply_plan, problems, recover, summary

LOG = logging.getLogger("connector.company")


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

    Of a source that cannot be reached no stream is tried: all fail with the same line. Afterwards it is told
    anew which records are one client.
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
    group_clients(settings, store)
    # Scrubbed here, since they are kept too, and shown by commands that know no secret
    return [replace(one, error=app.scrubber.scrub(one.error)) for one in outcomes]


def unreachable(source: Source[Any]) -> str:
    """Return why nothing of the source can be read, in one line; "" when its vital checks hold."""
    with suppress(Exception):  # a plugin whose look fails may still read: its streams will tell
        for check in takewhile(lambda check: check.vital, source.check()):
            if check.state == "failed":
                return f"{check.detail or check.name} — {check.fix}"
    return ""


def group_clients(settings: Settings, store: Store) -> None:
    """Tell anew which records are one client, as the store and the firm's files are now."""
    refresh(
        store, settings.store_url, settings.priority, read_company(settings.company_folder, settings.zone)
    )


@dataclass(frozen=True)
class Judged:
    """The decisions of a moment, the policies that made them, and the facts that they lean on."""

    policies: Sequence[Policy]
    decisions: Decisions
    facts: Facts
    failed: Sequence[str] = ()
    """Why policies were left out whose rules are plugins' that do not work, a line each."""

    def words(self, language: str) -> Texts:
        """Return the texts of the language, with those that the policies' rules bring."""
        return with_rules(texts(language), self.policies)


def judge(settings: Settings, as_of: datetime) -> Judged:
    """Read the frames that the policies need and decide; nothing is written.

    StoreError where no client was ever pulled: an empty answer would look as if all were well.
    """
    policies, failed = usable_policies(settings.policies_folder, Rulebook(settings.registry))
    return judged_by(settings, as_of, policies, failed)


def judged_by(
    settings: Settings, as_of: datetime, policies: Sequence[Policy], failed: Sequence[str] = ()
) -> Judged:
    """Decide by these policies; `failed` says why others were left out."""
    facts = Facts(*read_firm(settings, policies), distinct=True)
    decisions, broken = decide_soundly(facts, policies, as_of.astimezone(settings.zone))
    for line in (*failed, *broken.values()):
        LOG.warning("%s", line)
    sound = [policy for policy in policies if policy.id not in broken]
    return Judged(sound, decisions, facts, (*failed, *broken.values()))


def read_firm(settings: Settings, policies: Sequence[Policy]) -> tuple[dict[str, pl.DataFrame], Company]:
    """Read the frames that the policies need, with the firm's own word in them, and what else rules know.

    StoreError where no client was ever pulled.
    """
    wanted = {"clients", "employees", "class_changes", *NEEDED, *required_frames(policies)}
    frames = read_frames(settings.store_url, sorted(wanted), LOOKED_AT)
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
        calendar=read_calendar(calendar_file(settings)),
        accepted=tuple(source.name for source in settings.sources if source.visibility == "accepted"),
        owner_of_record=settings.project.company.owner_of_record,
    )
    firm = read_company(settings.company_folder, settings.zone)
    frames = regrouped(frames, settings.store_url, settings.priority, firm)
    frames, problems = lay_over(frames, firm)
    for problem in problems:
        LOG.warning("%s/%s", settings.company_folder.name, problem)
    return frames, company


def calendar_file(settings: Settings) -> Path | None:
    """Return the firm's calendar: the one that plugins.toml names, else that of the `company/` folder."""
    if settings.project.company.calendar is not None:
        return settings.folder / settings.project.company.calendar
    usual = settings.company_folder / CALENDAR
    return usual if usual.exists() else None


def make_plan(settings: Settings, store: Store, judged: Judged) -> Plan:
    """Build the plan of the decisions, as the store and the permissions stand.

    A value that was changed back for the second time is contested from now on.
    """
    acting = list(judged.decisions.acting())
    related = kin(judged.facts)
    keys, targets = asked(acting, related)
    ending = _closings(settings, store, judged, keys)
    keys = [*keys, *(change.key for _, change in ending)]
    views = _views(settings, store, judged, acting)
    plan = build_plan(
        acting,
        policies=judged.policies,
        standing=replace(
            standing(store, targets, keys, moving(acting), views, related), people=judged.facts.names
        ),
        closings=ending,
        abilities=abilities(settings),
        as_of=judged.decisions.as_of,
        zone=settings.zone,
        language=settings.project.company.language,
        words=judged.words(settings.project.company.language),
    )
    store.plans.save(plan.fingerprint, plan.as_of, plan.document().decode())
    contested = [each.key for each in plan.unsent if each.why == "contested"]
    for key, state in store.changes.known(contested).items():
        if state == "done":
            store.changes.move(key, "contested", note="changed back for the second time")
    return plan


def _views(settings: Settings, store: Store, judged: Judged, acting: Sequence[Decision]) -> Views:
    """Return how the sources were seen, and in which of them the clients of punitive decisions stand."""
    numbers = [one.client_number for one in acting if one.rule in PUNITIVE]
    records = judged.facts.records.filter(judged.facts.records["client"].is_in(numbers))
    seen_in = dict(records.group_by("client").agg("source").iter_rows())
    accepted = {source.name: source.visibility == "accepted" for source in settings.sources}
    words = texts(settings.project.company.language)
    unlinked = _unlinked(settings, store, judged, words)
    return views_of(store, accepted, seen_in, judged.decisions.as_of, words, unlinked)


def _unlinked(settings: Settings, store: Store, judged: Judged, words: Texts) -> str:
    """Return why too little is linked to punish anybody: by the source of turnover that the policy names."""
    ranked = terms_of(judged.policies).abc.turnover_source
    selling = settings.priority if ranked is None else (ranked,)
    numbers = store.identities.made().numbers.get("sources", {})
    return unlinked_view(numbers, selling, settings.project.company.least_linked, words)


def _closings(settings: Settings, store: Store, judged: Judged, asked: Sequence[str]) -> list[Closing]:
    """Return the closings of those of our open items whose reason is gone."""
    items = store.open_items()
    if not items or "events" not in required_frames(judged.policies):
        return []
    as_of = judged.decisions.as_of
    refs = [Ref(item.change.source, item.change.target) for item in items]
    return closings(
        items,
        clients_now(judged.facts, judged.policies, refs, as_of),
        frozenset(asked),
        {policy.id: policy for policy in judged.policies},
        as_of=as_of,
        zone=settings.zone,
        words=texts(settings.project.company.language),
    )


def abilities(settings: Settings) -> dict[str, Ability]:
    """Return what each source may be asked to write."""
    found = {}
    for source in settings.sources:
        kinds = settings.registry.source(source.plugin).writers()
        written = frozenset(kind_of(change) for change in kinds)
        found[source.name] = Ability(frozenset(source.write), written, source.unplaced)
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
    *,
    beyond_limits: bool = False,
) -> list[Sent]:
    """Settle what earlier runs left open, then send the plan's changes that are among the keys."""
    limits = settings.project.limits
    brakes = Brakes(limits.owner_changes, limits.removals, beyond_limits)
    approved = [change for change in plan.sendable if change.key in keys]
    if pause := store.halts.standing("pause"):
        app.note(f"connector: nothing is sent, it is {pause} — `connector resume` lets it go on")
    with bars(app) as progress:
        watch = PushWatch(progress, len(approved))
        settled = recover(sources, store, watch)
        known = {sent.change.key for sent in settled}
        approved = [change for change in approved if change.key not in known]
        return settled + apply_plan(plan, approved, sources, store, watch, brakes)


def employee_names(store: Store, facts: Facts) -> dict[str, str]:
    """Return the name of each employee by the id that decisions print."""
    names = store.directory.employee_names()
    accounts = facts.employees.select("employee", "source", "external_id").iter_rows()
    return {who: names[source, id_] for who, source, id_ in accounts if (source, id_) in names}


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

    def left_out(self, failed: Sequence[str]) -> None:
        """Write down which policies decided nothing because the rule of a plugin failed."""
        if failed:
            self.numbers["left_out"] = list(failed)
            self.outcome = "partial"

    def sent(self, sent: Sequence[Sent]) -> None:
        """Write down what was sent."""
        self.numbers["sent"] = summary(sent)
        if problems(sent):
            self.outcome = "partial"


@contextmanager
def witnessed(store: Store) -> Iterator[None]:
    """Doubt a store that is not the one that worked here last; leave what the next run compares with."""
    doubt_copies(store)
    store.witness.note()
    try:
        yield
    finally:
        # On a full disk the reason of the failure counts, and the number of the beginning stands
        with suppress(OSError, StoreError):
            store.witness.note()


@contextmanager
def working(app: App, store: Store, command: str) -> Iterator[Work]:
    """Hold the store's lock for a run and keep its outcome and numbers in the ledger, however it ends."""
    run = store.runs.start(command)
    work = Work(store, run)
    try:
        with store.lock.acquire(command, run), witnessed(store):
            yield work
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        outcome = "locked" if isinstance(error, LockedError) else "stopped" if stopped else "failed"
        store.runs.end(run, outcome, work.numbers, note="" if stopped else app.scrubber.scrub(str(error)))
        raise
    store.runs.end(run, work.outcome, work.numbers)
