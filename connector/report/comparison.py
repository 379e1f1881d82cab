"""Differences between two judgements, and their counts, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.locale import Texts
from connector.rules.decision import Decision
from connector.rules.sentence import sentence

Counts = Mapping[tuple[str, str, str], int]


def difference_lines(
    found: Sequence[Mapping[str, Any]], names: Mapping[str, str], words: Texts, most: int | None = None
) -> Iterator[str]:
    """Yield a line a difference, at most `most` where given, then how many there are."""
    for one in found[:most]:
        yield words.say(
            "difference.line",
            period=one["period"],
            policy=one["policy"],
            client=one["client_name"] or one["subject"],
            employee=names.get(one["employee"] or "", one["employee"] or ""),
            before=_said(one["before"], names, words),
            after=_said(one["after"], names, words),
        )
    if most is not None and len(found) > most:
        yield words.say("plan.more", count=len(found) - most)
    yield words.say("difference.total", count=len(found))


def _said(side: Mapping[str, Any] | None, names: Mapping[str, str], words: Texts) -> str:
    """Say the answer of one side, its reason in words."""
    if side is None:
        return words.say("difference.nothing")
    told = Decision("", "", "", None, "", side["decision"], side["reason"], {}, [], [], [], None, None)
    to = f" → {names.get(side['to'], side['to'])}" if side.get("to") else ""
    return f"{side['decision']}{to} ({sentence(told, words, names)})"


def count_lines(before: Counts, after: Counts, words: Texts) -> Iterator[str]:
    """Yield a table of counts by policy, period and answer, on both sides."""
    yield words.say("difference.counts")
    for name in sorted(before.keys() | after.keys()):
        policy, period, answer = name
        yield f"  {policy:<16} {period:<8} {answer:<16} {before.get(name, 0):>7} {after.get(name, 0):>7}"


def count_documents(before: Counts, after: Counts) -> list[dict[str, Any]]:
    """Return the counts for machines."""
    return [
        {
            "policy": name[0],
            "period": name[1],
            "decision": name[2],
            "before": before.get(name, 0),
            "after": after.get(name, 0),
        }
        for name in sorted(before.keys() | after.keys())
    ]
