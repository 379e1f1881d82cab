"""A backtest as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from connector.locale import Texts
from connector.report.comparison import difference_lines

Document = Mapping[str, Any]


def month_lines(
    month: Document, names: Mapping[str, str], words: Texts, zone: ZoneInfo, most: int
) -> Iterator[str]:
    """Yield what each side said of the month, who would have lost clients, and what differs."""
    yield ""
    for side, told in month["counts"].items():
        as_of = month["as_of"][side].astimezone(zone).strftime("%Y-%m-%d")
        yield words.say("backtest.month", period=month["period"], side=side.upper(), as_of=as_of)
        for policy, answers in told.items():
            yield f"  {policy}: {', '.join(f'{answer} {count}' for answer, count in answers.items())}"
        yield from _lost(month["lost"][side], names, words, most)
    if "differences" in month:
        yield words.say("backtest.differences")
        yield from difference_lines(month["differences"], names, words, most)


def _lost(lost: list[Document], names: Mapping[str, str], words: Texts, most: int) -> Iterator[str]:
    yield words.say("backtest.lost", count=len(lost))
    for one in lost[:most]:
        to = names.get(one["to"], one["to"]) if one["to"] else words.say("explain.nobody")
        yield words.say(
            "backtest.loss",
            client=one["client_name"],
            employee=names.get(one["employee"], one["employee"]),
            to=to,
        )
    if len(lost) > most:
        yield words.say("plan.more", count=len(lost) - most)


def summary_lines(document: Document, words: Texts) -> Iterator[str]:
    """Yield how many clients each side would have moved in all, and what the look back leans on."""
    yield ""
    for side in document["policies"]:
        every = [one["subject"] for month in document["months"] for one in month["lost"][side]]
        said = document["policies"][side]
        yield words.say(
            "backtest.total", side=side.upper(), policy=said, count=len(every), clients=len(set(every))
        )
    if document["skipped"]:
        yield words.say("backtest.skipped", months=", ".join(document["skipped"]))
    yield words.say(f"backtest.as_{document['as']}")
    if document["known_at_assumed"]:
        yield words.say("backtest.assumed", count=document["known_at_assumed"])
    yield words.say("backtest.today", names=", ".join(document["without_history"]))
