"""`connector demo`: the whole job on a stand-in of each of three CRMs, by the steps of the real commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import click

from connector import clock
from connector.commands import demosecond, demothird
from connector.commands.app import AS_OF, App, common, moment
from connector.commands.apply import report as sent_report
from connector.commands.init import write_policies, write_project, write_source
from connector.commands.job import Judged, employee_names, judge, make_plan, pull_all, send, working
from connector.commands.pull import report as pull_report
from connector.commands.scaffold import toml_value, variable
from connector.config import Settings
from connector.errors import ConfigError, ExitCode
from connector.locale import Texts, texts
from connector.model import Client, Deal, Entity, Event, Sale
from connector.plan.model import Plan
from connector.plan.show import show_plan
from connector.rules.decision import Decision
from connector.rules.keeping import kept
from connector.rules.sentence import sentence
from connector.rules.wording import Language
from connector.sandbox.company.generate import generate
from connector.sandbox.company.sharing import shared_out
from connector.sandbox.server import Sandbox, running
from connector.store.database import Store
from connector.sync.outcome import Sent
from connector.sync.pull import failed
from connector.sync.sources import open_sources

SOURCE, PLUGIN, ZONE = "portal", "bitrix24", "Europe/Moscow"
ABC_FIELD = "UF_CRM_ABC_CLASS"
WRITE = ("task", "contact", "field", "owner")
FIELDS = {
    "Класс ABC (задан)": "abc",
    "Регион": "region",
    "Метки": "tags",
    "Статус клиента": "status",
    "Закрыт": "closed_at",
    "Ключевой клиент": "key_account",
}
MOVES = ("crm.item.update", "tasks.task.update", "crm.activity.update")
"""Methods by which a client and what goes along with it get their new owner."""
LEAST_LINKED = 0.0
"""The second CRM has a part of the clients only, and that is meant: nothing waits for the others."""
WORST = 5
LINES_A_PERSON = 3


@click.command()
@click.option(
    "--clients",
    type=click.IntRange(10, 20_000),
    default=300,
    show_default=True,
    help="How many clients the made-up firm has.",
)
@click.option("--seed", default=1, show_default=True, help="Another number is another firm.")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the project stays; default: connector-demo here, or the next free number.",
)
@AS_OF
@common
def command(
    app: App, clients: int, seed: int, language: Language, folder: Path | None, as_of: str | None
) -> int:
    """Pull a made-up firm from a stand-in Bitrix24, amoCRM and 1C, judge, plan, write; prove it stands once.

    Needs no account and talks to this machine only. Example: connector demo --clients 100 --seed 7
    """
    start = moment(as_of, clock.zone(ZONE))
    company = generate(clients=clients, seed=seed, as_of=start, zone=ZONE)
    place = _place(folder)
    first, second, third = shared_out(company)
    with (
        running(PLUGIN, company=first, as_of=start) as sandbox,
        running(demosecond.PLUGIN, company=second, as_of=start) as other,
        running(demothird.PLUGIN, company=third, as_of=start) as base,
    ):
        demo = _Demo(App(place, app.output, False), _Three(sandbox, other, base), texts(language), start)
        demo.say("start", seed=seed, **{name: len(company.tables[name]) for name in COUNTED})
        demo.say("second", **{name: len(second.tables[name]) for name in ("clients", "events")})
        demo.say("third", **{name: len(third.tables[name]) for name in ("clients", "sales")})
        _write_project(place, language, sandbox.url)
        demosecond.write_second(place, other.url)
        demothird.write_third(place, base.url)
        try:
            numbers = demo.show()
        except _DisagreementError as error:
            raise ConfigError(str(error), hint="this is a bug: please report it with the seed") from error
        app.emit(numbers)
        demo.say("end", folder=folder or place.name, client=demo.example)
    return ExitCode.FINE


STORED: dict[str, type[Entity]] = {"clients": Client, "deals": Deal, "events": Event, "sales": Sale}
COUNTED = ("clients", "employees", "events", "deals")


class _Three(NamedTuple):
    """The stand-ins: a portal that holds all clients, an account with some, a base with the sales."""

    portal: Sandbox
    second: Sandbox
    third: Sandbox


class _DisagreementError(Exception):
    """The portal holds something else than the store says."""


def _place(folder: Path | None) -> Path:
    """Return the folder of the demo's project, one that nobody uses yet; ConfigError for one in use."""
    if folder is None:
        names = ("connector-demo" if number == 1 else f"connector-demo-{number}" for number in count(1))
        return next(place for name in names if not (place := Path(name).absolute()).exists())
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty", hint="name a new folder for the demo's project")
    return folder.absolute()


def _write_project(folder: Path, language: Language, url: str) -> None:
    """Write what `connector init` writes, filled in for the stand-in; every policy is sent once approved."""
    folder.mkdir(parents=True, exist_ok=True)
    write_project(folder, language, ZONE)
    write_source(folder, SOURCE, PLUGIN)
    write_policies(folder, language)
    given = {"write": WRITE, "custom_fields": FIELDS, "fields": {"abc_class": ABC_FIELD}}
    demosecond.replace_line(
        folder / "plugins.toml", r"^# least_linked = .*$", f"least_linked = {LEAST_LINKED}"
    )
    for key, value in given.items():
        demosecond.replace_line(folder / "plugins.toml", rf"^# {key} = .*$", f"{key} = {toml_value(value)}")
    for path in (folder / "policies").glob("*.toml"):
        demosecond.replace_line(path, r'^mode = "dry_run"', 'mode = "approve"')
    (folder / ".env").write_text(f"{variable(SOURCE, 'webhook_url')}={url}\n", encoding="utf-8")


class _Demo:
    """The steps of the demo and what they prove."""

    def __init__(self, app: App, crms: _Three, words: Texts, as_of: datetime) -> None:
        self._app = app
        self._crms = crms
        self._words = words
        self._as_of = as_of
        self.example = ""

    def say(self, key: str, **values: Any) -> None:
        """Print a line of the demo's own."""
        self._app.say(self._words.say(f"demo.{key}", **values))

    def show(self) -> dict[str, Any]:
        """Do the whole job and return its numbers; _DisagreementError if the portal tells another story."""
        settings = self._app.settings(need_secrets=True)
        with (
            self._app.store(settings) as store,
            open_sources(settings) as sources,
            working(self._app, store, "run") as work,
        ):
            self.say("step", command="pull")
            outcomes = pull_all(self._app, settings, store, sources)
            work.streams(outcomes)
            self._lines(pull_report(outcomes))
            if bad := [one.error for one in failed(outcomes)]:
                raise _DisagreementError("; ".join(bad))
            numbers = self._compare(store) | self._linked(settings, store)
            judged = judge(settings, self._as_of)
            store.decisions.save(kept(judged.decisions, settings.zone), self._as_of)
            numbers |= self._month(settings, store, judged)
            plan = self._plan(settings, store, judged)
            self.example = plan.changes[0].subject if plan.changes else "client:1"
            self.say("step", command=f"apply {plan.fingerprint[:8]} --yes")
            keys = frozenset(change.key for change in plan.sendable)
            sent = send(self._app, settings, store, sources, plan, keys)
            self._lines(sent_report(sent))
            numbers |= self._written(sent)
            before = self._writes()
            self.say("step", command=f"apply {plan.fingerprint[:8]} --yes")
            send(self._app, settings, store, sources, plan, keys)
            numbers["writes_in_repeat"] = self._writes() - before
            self.say("again", writes=numbers["writes_in_repeat"])
            if numbers["writes_in_repeat"]:
                raise _DisagreementError(self._words.say("demo.doubled", what=str(numbers)))
        return numbers

    def _writes(self) -> int:
        return sum(len(each.state("writes")["writes"]) for each in self._crms)

    def _lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._app.say(line)

    def _compare(self, store: Store) -> dict[str, int]:
        """Count what the portal holds and what was stored."""
        stored = self._compared(store, SOURCE, self._crms.portal)
        self.say("truth", **stored)
        second = self._compared(store, demosecond.SOURCE, self._crms.second)
        self.say("second_truth", **second)
        third = self._compared(store, demothird.SOURCE, self._crms.third)
        self.say("third_truth", **third)
        return {
            **stored,
            **{f"second_{name}": count for name, count in second.items()},
            **{f"third_{name}": third[name] for name in ("clients", "sales")},
        }

    def _compared(self, store: Store, source: str, sandbox: Sandbox) -> dict[str, int]:
        """Return what was stored of one CRM; _DisagreementError unless the CRM holds as much."""
        truth = sandbox.state("company")["company"]
        wanted = {name: len(truth[name]) for name in ("clients", "deals")}
        wanted["events"] = sum(row["status"] != "cancelled" for row in truth["events"])
        wanted["sales"] = len(truth["sales"]) if source == demothird.SOURCE else 0
        stored = {name: store.entities.count(entity, source) for name, entity in STORED.items()}
        if stored != wanted:
            raise _DisagreementError(self._words.say("demo.mismatch", what=f"{source}: {wanted} / {stored}"))
        return stored

    def _linked(self, settings: Settings, store: Store) -> dict[str, int]:
        """Count the clients that several CRMs have; each of them must be one."""
        found = {}
        for name, source in (("linked", demosecond.SOURCE), ("third_linked", demothird.SOURCE)):
            clients, found[name] = demosecond.all_linked(settings, store, source)
            if clients != found[name]:
                what = f"{source}: linked {found[name]} of {clients}"
                raise _DisagreementError(self._words.say("demo.mismatch", what=what))
        self.say("linked", **found)
        return found

    def _month(self, settings: Settings, store: Store, judged: Judged) -> dict[str, Any]:
        """Tell how last month went."""
        self.say("step", command="decide")
        period = min(one.period for one in judged.decisions if one.rule == "contact_norm")
        closed = [one for one in judged.decisions if one.period == period]
        norms = Counter(one.decision for one in closed if one.rule == "contact_norm")
        silent = sum(one.rule == "no_contact" for one in closed)
        told = {answer: norms.get(answer, 0) for answer in ("met", "breached", "exempt")}
        self.say("month", period=period, silent=silent, **told)
        names = employee_names(store, judged.facts)
        breached = [one for one in closed if one.decision == "breached"]
        breached.sort(key=lambda one: (-one.numbers["missing"], one.subject))
        for one in breached[:WORST]:
            employee = names.get(one.employee or "", "—")
            self.say("worst", client=one.client_name, employee=employee, reason=sentence(one, self._words))
        told |= self._one_decision(closed, period)
        return {"period": period, "silent": silent, **told}

    def _one_decision(self, closed: Sequence[Decision], period: str) -> dict[str, int]:
        """Show a client that two CRMs know, with its one decision; _DisagreementError if any has two."""
        if twice := demosecond.twice_judged(closed):
            raise _DisagreementError(self._words.say("demo.doubled", what=", ".join(twice)))
        seen = demosecond.most_called(self._crms.portal, self._crms.second, closed, period)
        if seen is None:
            return {}
        self.say("one_client", period=period, **demosecond.said(seen, self._words))
        counts = {"first": seen.first, "second": seen.second, "done": seen.decision.numbers["done"]}
        return {f"example_{name}": count for name, count in counts.items()}

    def _plan(self, settings: Settings, store: Store, judged: Judged) -> Plan:
        self.say("step", command="plan")
        plan = make_plan(settings, store, judged)
        self._lines(list(show_plan(plan, store.directory.employee_names(), LINES_A_PERSON)))
        return plan

    def _written(self, sent: Sequence[Sent]) -> dict[str, int]:
        """Count our records in the portal; each one sent must stand exactly once."""
        writes = self._crms.portal.state("writes")["writes"]
        first = [each for each in sent if each.change.source == SOURCE and each.state != "skipped"]
        wanted: Counter[str] = Counter(each.change.kind for each in first)
        markers = Counter(write["marker"] for write in writes if write["marker"])
        tasks = sum(write["method"] == "tasks.task.add" for write in writes)
        calls = sum(write["method"] == "crm.activity.add" for write in writes)
        owners = sum(write["method"] in MOVES for write in writes)
        fields = len(writes) - tasks - calls - owners
        found = {"create_task": tasks, "plan_contact": calls, "set_field": fields, "owners": owners}
        wanted["owners"] = wanted["change_owner"] + wanted["reassign_activity"]
        twice = [marker for marker, count in markers.items() if count > 1]
        if twice or any(wanted[kind] != count for kind, count in found.items()):
            raise _DisagreementError(self._words.say("demo.doubled", what=f"{twice} {dict(wanted)} {found}"))
        numbers = {"tasks": tasks, "calls": calls, "owners": owners, "fields": fields}
        self.say("written", field="abc_class", **numbers)
        return numbers | self._second_written(sent)

    def _second_written(self, sent: Sequence[Sent]) -> dict[str, int]:
        found = demosecond.written(self._crms.second, sent)
        if found["fields"] + found["owners"] != found.pop("wanted"):
            raise _DisagreementError(self._words.say("demo.doubled", what=f"{demosecond.SOURCE}: {found}"))
        self.say("second_written", field="abc_class", **found)
        return {f"second_{name}": count for name, count in found.items()} | self._third_written(sent)

    def _third_written(self, sent: Sequence[Sent]) -> dict[str, int]:
        found = demothird.written(self._crms.third, sent)
        if found["owners"] != found.pop("wanted"):
            raise _DisagreementError(self._words.say("demo.doubled", what=f"{demothird.SOURCE}: {found}"))
        self.say("third_written", **found)
        return {f"third_{name}": count for name, count in found.items()}
