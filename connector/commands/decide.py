"""`connector decide`: what the policies say of every client, as of a moment; writes nothing anywhere."""

from __future__ import annotations

from collections import Counter

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import judge
from connector.errors import ConfigError, ExitCode
from connector.rules.decision import Decisions
from connector.tomlfile import did_you_mean


@click.command()
@AS_OF
@click.option("--policy", "only", help="Show the decisions of this policy alone.")
@common
def command(app: App, as_of: str | None, only: str | None) -> ExitCode:
    """Judge by the policies and print the decisions; for people a table of counts, else one JSON object each.

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
        decisions = Decisions(decisions.as_of, decisions.frame.filter(decisions.frame["policy"] == only))
    if app.human:
        for line in table(decisions):
            app.say(line)
        return ended
    lines = list(decisions.lines())
    click.echo("[" + ",\n".join(lines) + "]" if app.output == "json" else "\n".join(lines))
    return ended


def table(decisions: Decisions) -> list[str]:
    """Count the decisions by policy, period and answer, one line each."""
    frame = decisions.frame
    counts = Counter(zip(frame["policy"], frame["period"], frame["decision"], strict=True))
    lines = [f"{'policy':<16} {'period':<8} {'decision':<16} count"]
    lines += [
        f"{policy:<16} {period:<8} {answer:<16} {n}" for (policy, period, answer), n in sorted(counts.items())
    ]
    return lines
