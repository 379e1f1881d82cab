"""Puts together the page about the policies: their words, and from a pulled store what they mean for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connector.commands.job import Judged, judged_by
from connector.config import Settings
from connector.errors import StoreError
from connector.locale import Texts, texts
from connector.rules.announcement import policy_section, shown_day
from connector.rules.decide import moment_of
from connector.rules.policy import Policy, usable_policies
from connector.rules.prospects import CLASSES, managers
from connector.rules.registry import RULES
from connector.rules.rulebook import Rulebook
from connector.store.database import open_store

_COLUMNS = ("clients", *CLASSES, "owed", "done", "missed", "lost")


def announce(settings: Settings, as_of: datetime, language: str) -> list[str]:
    """Return the lines of the page, Markdown, in the language; `as_of` is aware.

    Without a pulled store the part about each manager is one line that says so.
    """
    policies, failed = usable_policies(settings.policies_folder, Rulebook(settings.registry))
    words = texts(language)
    lines = [words.say("announce.head"), "", words.say("announce.intro", day=_today(settings, as_of)), ""]
    for policy in sorted(policies, key=_order):
        lines += policy_section(policy, words)
    lines += [words.say("announce.object"), ""]
    try:
        judged = judged_by(settings, as_of, policies, failed)
    except StoreError:
        return [*lines, words.say("announce.no_store")]
    return [*lines, *_about_managers(settings, judged, words)]


def _order(policy: Policy) -> tuple[int, str]:
    """Order policies as their rules build on one another; those of plugins come last."""
    rules = list(RULES)
    return (rules.index(policy.rule) if policy.rule in rules else len(rules), policy.id)


def _about_managers(settings: Settings, judged: Judged, words: Texts) -> Iterator[str]:
    """Yield the table of managers: what each has, owes, and would have lost."""
    moment = moment_of(judged.facts, judged.policies, judged.decisions.as_of)
    names = _names(settings, judged)
    yield words.say("announce.managers")
    yield ""
    yield words.say("announce.forecast", month=str(moment.running), before=str(moment.running.plus(-1)))
    yield ""
    yield f"| {' | '.join(words.say(f'announce.column_{name}') for name in ('manager', *_COLUMNS))} |"
    yield f"|{'---|' * (len(_COLUMNS) + 1)}"
    for row in managers(judged.facts, moment).iter_rows(named=True):
        yield _row(row, names)


def _row(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = names.get(row["employee"], row["employee"]).replace("|", "/")
    return f"| {name} | {' | '.join(str(row[column]) for column in _COLUMNS)} |"


def _names(settings: Settings, judged: Judged) -> dict[str, str]:
    """Return the name of each employee by the id that decisions print."""
    store = open_store(settings.store_url)
    try:
        known = store.directory.employee_names()
    finally:
        store.close()
    accounts = judged.facts.employees.select("employee", "source", "external_id").iter_rows()
    return {employee: known.get((source, id_), employee) for employee, source, id_ in accounts}


def _today(settings: Settings, as_of: datetime) -> str:
    return shown_day(as_of.astimezone(settings.zone).date())
