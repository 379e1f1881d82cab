"""A client's case as one page for a dispute: printable, self-contained, without any other client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from connector.report.page import Html, element, page, table
from connector.report.story import DAY, Case, numbers_in_words
from connector.rules.decision import Decision
from connector.rules.sentence import sentence, without_others


def write_sheet(case: Case, path: Path) -> None:
    """Write the page, UTF-8."""
    path.write_text(sheet(case), encoding="utf-8", newline="\n")


def sheet(case: Case) -> str:
    """Return the page; the same case gives the same bytes."""
    say = case.words.say
    title = say("sheet.title", client=case.name)
    as_of = case.local(case.as_of)
    parts = [
        element("h1", title),
        element("p", say("sheet.as_of", as_of=as_of, zone=str(case.zone)), mark="quiet"),
        element("p", say("sheet.records", records=", ".join(case.records)), mark="quiet"),
        *_owners(case),
        *_decisions(case),
        *_contacts(case),
        *_guards(case),
        *_candidates(case),
        *_history(case),
        *_changes(case),
        *_policies(case),
        element("p", say("sheet.objection")),
    ]
    return page(title, case.words.language, *parts)


def _titled(case: Case, *names: str) -> list[str]:
    return [case.words.say(f"sheet.{name}") for name in names]


def _owners(case: Case) -> Iterator[Html]:
    always, now = case.words.say("explain.always"), case.words.say("explain.now")
    rows = [
        (
            case.named(span.employee),
            span.first.strftime(DAY) if span.first else always,
            span.last.strftime(DAY) if span.last else now,
        )
        for span in case.dossier.owners
    ]
    yield element("h2", case.words.say("sheet.owners"))
    yield table(_titled(case, "employee", "first", "last"), rows)


def _decisions(case: Case) -> Iterator[Html]:
    yield element("h2", case.words.say("sheet.decisions"))
    if not case.dossier.decisions:
        yield element("p", case.words.say("explain.nothing"))
        return
    rows = [
        (
            one.period,
            case.title(one.policy, one.rule),
            _employee(case, one),
            _named(case, _private(one)),
            numbers_in_words(one.numbers, case.words),
        )
        for one in case.dossier.decisions
    ]
    yield table(_titled(case, "period", "policy", "employee", "decision", "numbers"), rows)


def _private(one: Decision) -> Decision:
    """Return the decision without another client that its reason names."""
    return replace(one, reason=without_others(one.reason))


def _named(case: Case, one: Decision) -> str:
    """Return the decision in words, the new owner by name."""
    return sentence(one, case.words, case.names)


def _employee(case: Case, one: Decision) -> str:
    return "" if one.employee is None else case.named(one.employee)


def _contacts(case: Case) -> Iterator[Html]:
    say = case.words.say
    for one in case.dossier.countings:
        yield element("h2", say("sheet.contacts", period=one.period, name=case.named(one.employee)))
        yield element("p", say("sheet.sum", done=one.done, required=one.required))
        rows = [
            (case.local(held.at), say(f"kind.{held.kind}"), case.named(held.employee), case.verdict(held))
            for held in one.events
        ]
        marks = ["yes" if held.counted else "no" for held in one.events]
        if rows:
            yield table(_titled(case, "when", "what", "employee", "verdict"), rows, marks)


def _guards(case: Case) -> Iterator[Html]:
    for one in case.dossier.guardings:
        yield element("h2", case.words.say("sheet.guards", period=one.period))
        yield element("p", case.words.say("sheet.guards_about"), mark="quiet")
        rows = [(case.guard(step), case.step(step)) for step in one.steps]
        marks = ["yes" if step.state == "held" else "" for step in one.steps]
        yield table(_titled(case, "guard", "answer"), rows, marks)


def _candidates(case: Case) -> Iterator[Html]:
    if not case.dossier.candidates:
        return
    yield element("h2", case.words.say("sheet.candidates"))
    yield element("p", case.words.say("sheet.candidates_about"), mark="quiet")
    rows = [
        (
            case.named(one.employee),
            case.words.say(f"candidate.{one.reason}"),
            "" if one.cost is None else str(one.cost),
            f"{one.load} / {one.capacity}",
            "" if one.compliance is None else f"{one.compliance:.0%}",
        )
        for one in case.dossier.candidates
    ]
    marks = ["yes" if one.verdict == "chosen" else "" for one in case.dossier.candidates]
    yield table(_titled(case, "employee", "why", "cost", "load", "compliance"), rows, marks)


def _history(case: Case) -> Iterator[Html]:
    past = case.past()
    if past:
        yield element("h2", case.words.say("sheet.history"))
        rows = [
            (
                case.local(as_of, DAY),
                one.period,
                case.title(one.policy, one.rule),
                _named(case, _private(one)),
            )
            for as_of, one in past
        ]
        yield table(_titled(case, "when", "period", "policy", "decision"), rows)


def _changes(case: Case) -> Iterator[Html]:
    """Tell what was written; the reason is left out, since it may name another client."""
    say = case.words.say
    if case.changes:
        yield element("h2", say("sheet.changes"))
        rows = [
            (
                case.local(one["at"]),
                str(one["period"]),
                say(f"written.{one['kind']}"),
                say(f"state.{one['state']}"),
            )
            for one in case.changes
        ]
        yield table(_titled(case, "when", "period", "what", "state"), rows)


def _policies(case: Case) -> Iterator[Html]:
    used = {one.policy for one in case.dossier.decisions}
    rows = [
        (case.title(each.id, each.rule), each.version, case.words.say(f"mode.{each.mode}"))
        for each in case.policies
        if each.id in used
    ]
    if rows:
        yield element("h2", case.words.say("sheet.policies"))
        yield table(_titled(case, "policy", "version", "mode"), rows)
    for _, said in case.conditions:
        yield element("p", said)
