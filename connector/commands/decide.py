"""`connector decide`: what the policies say of every client, as of a moment; writes nothing anywhere."""

from __future__ import annotations

from collections import Counter

import click
import polars as pl

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import Judged, employee_names, judge
from connector.config import Settings
from connector.errors import ConfigError, ExitCode
from connector.locale import texts
from connector.report.comparison import difference_lines
from connector.report.fulfilment import fulfilment_lines, fulfilments
from connector.rules.decide import judged_periods, moment_of
from connector.rules.decision import Decisions
from connector.rules.difference import documents
from connector.rules.keeping import changed_since
from connector.tomlfile import did_you_mean


@click.command()
@AS_OF
@click.option("--policy", "only", help="Show the decisions of this policy alone.")
@click.option(
    "--diff", type=click.Choice(["last"]), help="Show only what differs from the decisions that `run` kept."
)
@click.option("--most", type=int, help="With --diff: show at most this many lines.")
@common
def command(app: App, as_of: str | None, only: str | None, diff: str | None, most: int | None) -> ExitCode:
    """Judge by the policies and print the decisions, one JSON object each; for people a table of counts.

    People see besides how each manager kept the norms: clients for whom they are met, and contacts held.

    With --diff last each line is one difference: what was kept, and what is said now.

    Example: connector decide --as-of 2026-10-01T00:00 --format jsonl
    """
    settings = app.settings()
    judged = judge(settings, moment(as_of, settings.zone))
    decisions = judged.decisions
    ended = ExitCode.PARTIAL if judged.failed else ExitCode.FINE
    if only is not None:
        known = [policy.id for policy in judged.policies]
        if only not in known:
            near = did_you_mean(only, known)
            raise ConfigError(f"no policy {only!r}{near}", hint=f"one of: {', '.join(known)}")
        decisions = Decisions(decisions.as_of, decisions.frame.filter(pl.col("policy") == only))
    if diff is not None:
        _differences(app, settings, judged, decisions, only, most)
        return ended
    if app.human:
        for line in table(decisions):
            app.say(line)
        _kept_norms(app, settings, judged, decisions)
        return ended
    lines = list(decisions.lines())
    click.echo("[" + ",\n".join(lines) + "]" if app.output == "json" else "\n".join(lines))
    return ended


def _kept_norms(app: App, settings: Settings, judged: Judged, decisions: Decisions) -> None:
    """Say how each manager kept the norms."""
    kept = fulfilments(decisions.frame)
    if kept:
        words = texts(settings.project.company.language)
        for line in fulfilment_lines(kept, judged.facts.names, words):
            app.say(line)


def _differences(
    app: App, settings: Settings, judged: Judged, decisions: Decisions, only: str | None, most: int | None
) -> None:
    now = moment_of(judged.facts, judged.policies, decisions.as_of)
    asked = [each for each in judged_periods(judged.policies, now) if only in (None, each[0])]
    with app.store(settings) as store:
        stored = store.decisions.last(decisions.as_of, {period for _, period in asked})
        names = employee_names(store, judged.facts)
    if not stored:
        raise ConfigError("no decisions are kept yet", hint="`connector run` keeps those it acts on")
    found = documents(changed_since(decisions, stored, asked, settings.zone))
    app.emit_all(found)
    words = judged.words(settings.project.company.language)
    for line in difference_lines(found, names, words, most) if app.human else ():
        app.say(line)


def table(decisions: Decisions) -> list[str]:
    """Count the decisions by policy, period and answer, one line each."""
    frame = decisions.frame
    counts = Counter(zip(frame["policy"], frame["period"], frame["decision"], strict=True))
    lines = [f"{'policy':<16} {'period':<8} {'decision':<16} count"]
    lines += [
        f"{policy:<16} {period:<8} {answer:<16} {n}" for (policy, period, answer), n in sorted(counts.items())
    ]
    return lines
