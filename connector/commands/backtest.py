"""`connector backtest`: what a policy would have decided over past months, alone or beside another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from connector import clock
from connector.commands.app import App, common
from connector.commands.job import employee_names, read_firm
from connector.config import Settings
from connector.errors import ConfigError
from connector.locale import texts
from connector.report.hindsight import month_lines, summary_lines
from connector.rules.backtest import Replayed, judged_at, lost, months_between, replay
from connector.rules.difference import answers, counts, differences, documents
from connector.rules.facts import Company, Facts
from connector.rules.hindsight import WITHOUT_HISTORY, Hindsight
from connector.rules.period import Month
from connector.rules.policy import Policy
from connector.rules.rulebook import Rulebook
from connector.rules.variants import always, variant

SIDES = ("a", "b")


@click.command()
@click.option("--from", "first", metavar="MONTH", required=True, help="The first month: 2026-04.")
@click.option("--to", "last", metavar="MONTH", required=True, help="The last month, included.")
@click.option(
    "--policy", "one", metavar="A", required=True, help="A standing policy's id, a policy file, or a folder."
)
@click.option("--against", "other", metavar="B", help="Another one, to compare with.")
@click.option(
    "--as", "manner", type=click.Choice(["known", "happened"]), default="known", show_default=True,
    help="Judge by what was known then, or by what is known to have happened.",
)  # fmt: skip
@click.option("--most", type=int, default=20, show_default=True, help="Show at most this many a month.")
@common
def command(app: App, first: str, last: str, one: str, other: str | None, manner: str, most: int) -> None:
    """Play a policy back month by month over stored history: counts, and who would have lost clients.

    Each month is judged when its grace was over, by what had been entered until then. Writes nothing.
    Warnings count as given, effective_from is ignored, and what has no history is as it is today.
    Example: connector backtest --from 2026-04 --to 2026-09 --policy contact-norm --against new/norm.toml
    """
    settings = app.settings()
    months = months_between(_month(first, "--from"), _month(last, "--to"))
    if not months:
        raise ConfigError(f"--to {last} comes before --from {first}", hint="swap them")
    said = [each for each in (one, other) if each is not None]
    sides = [_side(settings, each) for each in said]
    frames, company = read_firm(settings, [policy for side in sides for policy in side.policies])
    done = [month for month in months if all(_over(month, side, company) for side in sides)]
    with app.store(settings) as store:
        look = Hindsight(clock.now(), settings.zone, manner == "known", store.runs.first_pulls())
        names = employee_names(store, Facts(frames, company))
    rules = sorted({rule for side in sides for rule in side.rules})
    played = [list(replay(frames, company, side.policies, done, rules, look)) for side in sides]
    document = {
        "from": first,
        "to": last,
        "as": manner,
        "policies": dict(zip(SIDES, said, strict=False)),
        "months": [_month_document(each) for each in zip(*played, strict=True)],
        "skipped": [str(month) for month in months if month not in done],
        "without_history": list(WITHOUT_HISTORY),
        "known_at_assumed": look.assumed(frames["events"]) if "events" in frames else 0,
    }
    app.emit(document)
    if app.human:
        _show(app, document, names, settings, most)


@dataclass(frozen=True)
class _Side:
    """One set of policies, and the rules that are asked about."""

    policies: Sequence[Policy]
    rules: frozenset[str]


def _side(settings: Settings, said: str) -> _Side:
    policies, name = variant(settings.policies_folder, said, Rulebook(settings.registry))
    return _Side(always(policies), frozenset(each.rule for each in policies if name in (each.id, "")))


def _over(month: Month, side: _Side, company: Company) -> bool:
    """Tell whether the month's time of judging has come."""
    return judged_at(month, side.policies, company) <= clock.now()


def _month(text: str, option: str) -> Month:
    try:
        return Month.of(datetime.strptime(text, "%Y-%m").date())  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise ConfigError(f"{option} {text!r} is not a month", hint="write 2026-09") from None


def _month_document(played: Sequence[Replayed]) -> dict[str, Any]:
    """Return one month for machines, side by side."""
    frames = [each.decisions for each in played]
    found: dict[str, Any] = {
        "period": str(played[0].month),
        "as_of": {side: each.as_of for side, each in zip(SIDES, played, strict=False)},
        "counts": {side: _counts(frame) for side, frame in zip(SIDES, frames, strict=False)},
        "lost": {side: lost(frame) for side, frame in zip(SIDES, frames, strict=False)},
        "fairness": {side: each.figures.documents() for side, each in zip(SIDES, played, strict=False)},
    }
    if len(frames) > 1:
        # By rule: the other policy may well have an id of its own
        named = [answers(frame.with_columns(policy="rule")) for frame in frames]
        found["differences"] = documents(differences(*named))
    return found


def _counts(frame: Any) -> dict[str, dict[str, int]]:
    """Return how many decisions there are by policy and answer."""
    told: dict[str, dict[str, int]] = {}
    for (policy, _, answer), count in sorted(counts(frame).items()):
        answers_of = told.setdefault(policy, {})
        answers_of[answer] = answers_of.get(answer, 0) + count
    return told


def _show(app: App, document: dict[str, Any], names: dict[str, str], settings: Settings, most: int) -> None:
    words = texts(settings.project.company.language)
    for month in document["months"]:
        for line in month_lines(month, names, words, settings.zone, most):
            app.say(line)
    for line in summary_lines(document, words):
        app.say(line)
