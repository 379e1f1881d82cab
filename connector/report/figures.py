"""Figures of fairness as a table for people: each manager before and after, then the firm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.locale import Texts
from connector.rules.fairness import Base, Fairness, Share


def figure_lines(figures: Fairness, names: Mapping[str, str], words: Texts) -> Iterator[str]:
    """Yield the table; turnover in whole units of money, shares as percent."""
    yield ""
    yield words.say("fairness.title")
    for share in figures.shares:
        yield words.say(
            "fairness.manager",
            name=names.get(share.employee, share.employee),
            before=_base(share.before, words),
            after=_base(share.after, words),
            came=share.came,
            went=share.went,
        )
        if share.withdrawn or share.expected:
            yield _withdrawn(share, words)
    yield words.say("fairness.gini", before=f"{figures.gini_before:.2f}", after=f"{figures.gini_after:.2f}")
    if figures.industry_match is not None:
        yield words.say("fairness.industry", share=f"{figures.industry_match:.0%}")


def _base(base: Base, words: Texts) -> str:
    classes = "/".join(str(base.classes[name]) for name in "ABC")
    turnover = base.turnover // 100
    return words.say(
        "fairness.base", clients=base.clients, classes=classes, load=base.load, turnover=turnover
    )


def _withdrawn(share: Share, words: Texts) -> str:
    return words.say("fairness.withdrawn", count=share.withdrawn, expected=f"{share.expected:.1f}")
