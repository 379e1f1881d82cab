"""`connector fairness`: how even bases and withdrawals are, now and after what the policies propose."""

from __future__ import annotations

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import employee_names, judge
from connector.locale import texts
from connector.report.figures import figure_lines
from connector.rules.decide import moment_of
from connector.rules.fairness import fairness, moves_of, withdrawn_of


@click.command()
@AS_OF
@common
def command(app: App, as_of: str | None) -> None:
    """Show each manager's clients, load, turnover and classes, now and after the moves of `reassign`.

    With how many clients the rules take from each, beside what the mix of classes would explain, the Gini
    coefficient of loads, and how many moved clients meet a manager of their industry. Writes nothing.

    Example: connector fairness --as-of 2026-10-01
    """
    settings = app.settings()
    judged = judge(settings, moment(as_of, settings.zone))
    now = moment_of(judged.facts, judged.policies, judged.decisions.as_of)
    frame = judged.decisions.frame
    figures = fairness(judged.facts, now, moves_of(frame), withdrawn_of(frame))
    app.emit_all(figures.documents())
    with app.store(settings) as store:
        names = employee_names(store, judged.facts)
    for line in figure_lines(figures, names, texts(settings.project.company.language)) if app.human else ():
        app.say(line)
