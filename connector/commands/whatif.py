"""`connector whatif`: the standing policies with a parameter set otherwise, beside what they say now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import employee_names, read_firm
from connector.locale import texts
from connector.report.comparison import count_documents, count_lines, difference_lines
from connector.report.figures import figure_lines
from connector.rules.decide import decide_soundly, moment_of
from connector.rules.difference import answers, counts, differences, documents
from connector.rules.facts import Facts
from connector.rules.fairness import fairness, moves_of, withdrawn_of
from connector.rules.policy import Policy, load_policies
from connector.rules.rulebook import Rulebook
from connector.rules.variants import always, with_settings


@click.command()
@click.option(
    "--set", "settings", metavar="PATH=VALUE", multiple=True, required=True,
    help="A parameter and its value: norm.A=3, or withdraw.grace_days=0; may be repeated.",
)  # fmt: skip
@AS_OF
@click.option("--most", type=int, default=30, show_default=True, help="Show at most this many differences.")
@common
def command(app: App, settings: tuple[str, ...], as_of: str | None, most: int) -> None:
    """Show what would be decided otherwise if a parameter of a policy were another; writes nothing.

    Both sides ignore effective_from. With the counts, each difference, and the bases after the moves of both.
    Example: connector whatif --set norm.A=3
    """
    project = app.settings()
    standing = always(load_policies(project.policies_folder, Rulebook(project.registry)))
    changed, told = with_settings(standing, settings)
    facts, when = Facts(*read_firm(project, standing), distinct=True), moment(as_of, project.zone)
    before, after = (_Side(facts, policies, when) for policies in (standing, changed))
    found = documents(differences(answers(before.frame), answers(after.frame)))
    app.emit(
        {
            "set": told,
            "counts": count_documents(before.counts, after.counts),
            "differences": found,
            "fairness": {"before": before.figures.documents(), "after": after.figures.documents()},
        }
    )
    if app.human:
        words = texts(project.project.company.language)
        with app.store(project) as store:
            names = employee_names(store, facts)
        for line in (
            *count_lines(before.counts, after.counts, words),
            *difference_lines(found, names, words, most),
            *figure_lines(after.figures, names, words),
        ):
            app.say(line)


class _Side:
    """What one set of policies says at the moment."""

    def __init__(self, facts: Facts, policies: Sequence[Policy], when: datetime) -> None:
        self.frame = decide_soundly(facts, policies, when)[0].frame
        self.counts = counts(self.frame)
        now = moment_of(facts, policies, when)
        self.figures = fairness(facts, now, moves_of(self.frame), withdrawn_of(self.frame))
