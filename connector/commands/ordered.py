"""What `assign` and `handover` share: who is meant, the plan of an order, and how both are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from connector.commands.app import App
from connector.commands.job import abilities, employee_names, read_firm
from connector.company.folder import read_company
from connector.config import Settings
from connector.errors import ConfigError, ExitCode
from connector.locale import texts
from connector.plan.actions import asked, moving
from connector.plan.build import build_plan
from connector.plan.model import Plan
from connector.plan.orders import OrderPolicy
from connector.plan.show import show_plan
from connector.plan.standing import standing
from connector.report.figures import figure_lines
from connector.rules.availability import employed_on
from connector.rules.company import Account, Accounts, Clients
from connector.rules.decide import moment_of
from connector.rules.decision import Decisions
from connector.rules.facts import Company, Facts
from connector.rules.fairness import Fairness
from connector.rules.moment import Moment
from connector.rules.policy import Policy, load_policies
from connector.rules.registry import RULES
from connector.rules.rulebook import Rulebook
from connector.store.database import Store
from connector.store.guarded_polars import pl


@dataclass(frozen=True)
class Desk:
    """The firm at a moment, and how to find whom a person names."""

    settings: Settings
    policies: Sequence[Policy]
    frames: dict[str, pl.DataFrame]
    company: Company
    facts: Facts
    moment: Moment
    accounts: Accounts
    clients: Clients

    def employees(self, accounts: Sequence[Account]) -> dict[str, str]:
        """Return the printed id of each of the accounts, by source."""
        people = self.facts.employees.select("source", "external_id", "employee").iter_rows()
        return {source: employee for source, id_, employee in people if (source, id_) in accounts}

    def at_work(self, employee: str) -> bool:
        """Tell whether the employee works on the moment's day."""
        there = self.facts.employees.filter(employed_on(pl.lit(self.moment.today)))
        return employee in there["employee"]


def open_desk(settings: Settings, as_of: datetime) -> Desk:
    """Read what orders need to know: all that giving a client away leans on."""
    policies = load_policies(settings.policies_folder, Rulebook(settings.registry))
    needed = [*policies, *_standing_in(policies)]
    frames, company = read_firm(settings, needed)
    facts = Facts(frames, company)
    people = read_company(settings.company_folder, settings.zone).people
    return Desk(
        settings,
        policies,
        frames,
        company,
        facts,
        moment_of(facts, policies, as_of),
        Accounts(frames["employees"], people),
        Clients(frames["clients"]),
    )


def _standing_in(policies: Sequence[Policy]) -> list[Policy]:
    """Return a policy of `reassign` with the defaults where the firm has none: its frames are needed."""
    if any(policy.rule == "reassign" for policy in policies):
        return []
    rule = RULES["reassign"]
    return [Policy("reassign", "1", rule.title.en, "dry_run", rule.name, rule.params())]


def order_plan(
    desk: Desk, store: Store, decisions: Decisions, rule: str, not_before: date | None = None
) -> Plan:
    """Build the plan of the ordered moves and keep it in the store, to be applied like any other."""
    acting = list(decisions.acting())
    keys, targets = asked(acting)
    plan = build_plan(
        acting,
        policies=[OrderPolicy(rule)],
        standing=replace(standing(store, targets, keys, moving(acting)), people=desk.facts.names),
        abilities=abilities(desk.settings),
        as_of=decisions.as_of,
        zone=desk.settings.zone,
        language=desk.settings.project.company.language,
        not_before=not_before,
    )
    store.plans.save(plan.fingerprint, plan.as_of, plan.document().decode())
    return plan


def nothing_to_do(plan: Plan, decisions: Decisions) -> set[int]:
    """Return the clients of orders that the plan neither fulfils nor lists: the CRMs hold it so already."""
    spoken = {each.subject for each in (*plan.changes, *plan.unsent)}
    return {
        one.client_number
        for one in decisions
        if one.client_number is not None and one.decision == "reassign" and one.subject not in spoken
    }


@dataclass(frozen=True)
class Ordered:
    """The plan of an order, and what of the order is not in it: lines for people.

    `problems` and `left` should have been in it, `already` stands in the CRM as it was ordered.
    """

    plan: Plan
    figures: Fairness
    problems: Sequence[str] = ()
    left: Sequence[str] = ()
    already: Sequence[str] = ()

    def document(self) -> dict[str, Any]:
        """Return all of it for machines."""
        return {
            "fingerprint": self.plan.fingerprint,
            **self.plan.model_dump(mode="json"),
            **{name: list(getattr(self, name)) for name in ("problems", "left", "already")},
            "fairness": self.figures.documents(),
        }


def told(app: App, desk: Desk, store: Store, ordered: Ordered, most: int | None) -> ExitCode:
    """Show the plan with what of the order is not in it; ends with 3 where something should have been."""
    words = texts(desk.settings.project.company.language)
    app.emit(ordered.document())
    for line in show_plan(ordered.plan, store.directory.employee_names(), most) if app.human else ():
        app.say(line)
    if ordered.plan.changes:
        for line in figure_lines(ordered.figures, employee_names(store, desk.facts), words):
            app.say(line)
    for line in ordered.already:
        app.say(words.say("order.already", line=line))
    for line in ordered.left:
        app.say(words.say("order.left", line=line))
    for line in ordered.problems:
        app.note(f"connector: {line}")
    return ExitCode.PARTIAL if ordered.problems or ordered.left else ExitCode.FINE


def the_employee(desk: Desk, said: str) -> str:
    """Return the printed id of the employee a person names; ConfigError for nobody, or several."""
    found = sorted(set(desk.employees(desk.accounts.of(said, "")).values()))
    if len(found) != 1:
        what = f"several accounts are {said!r}: {', '.join(found)}" if found else f"nobody is {said!r}"
        raise ConfigError(what, hint="name a person of company/people, an id or a full name")
    return found[0]
