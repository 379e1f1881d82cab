"""`connector fairness`: how even bases and withdrawals are, now and after what the policies propose."""

from __future__ import annotations

from typing import Any

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import employee_names, judge
from connector.locale import texts
from connector.report.figures import figure_lines
from connector.report.fulfilment import fulfilment_lines, fulfilments
from connector.rules.decide import moment_of
from connector.rules.fairness import fairness, moves_of, withdrawn_of


@click.command()
@AS_OF
@common
def command(app: App, as_of: str | None) -> None:
    """Show each manager's clients, load, turnover and classes, now and after the moves of `reassign`.

    With how well each kept the norms of the closed month and the running one, how many clients the rules take
    from each beside what the mix of classes would explain, the Gini coefficient of loads, and how many moved
    clients meet a manager of their industry. Writes nothing.

    Example: connector fairness --as-of 2026-10-01
    """
    settings = app.settings()
    judged = judge(settings, moment(as_of, settings.zone))
    now = moment_of(judged.facts, judged.policies, judged.decisions.as_of)
    frame = judged.decisions.frame
    figures = fairness(judged.facts, now, moves_of(frame), withdrawn_of(frame))
    kept = fulfilments(frame)
    app.emit_all([_document(one, kept) for one in figures.documents()])
    with app.store(settings) as store:
        names = employee_names(store, judged.facts)
    words = texts(settings.project.company.language)
    for line in figure_lines(figures, names, words) if app.human else ():
        app.say(line)
    for line in fulfilment_lines(kept, names, words) if app.human else ():
        app.say(line)


def _document(one: dict[str, Any], kept: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of a manager with how that manager kept the norms; the company's as they are."""
    who = one["employee"]
    return one if who is None else one | {"norms": [each for each in kept if each["employee"] == who]}
