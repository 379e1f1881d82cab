"""`connector explain`: every decision about one client with its numbers, or why one task of ours exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import Judged, judge, of_client
from connector.errors import ConfigError
from connector.locale import Texts
from connector.model import Ref
from connector.rules.decide import moment_of
from connector.rules.decision import Decision
from connector.rules.layer_story import layer_story
from connector.rules.sentence import sentence
from connector.store.database import Store

MOST_LISTED = 20


@click.command()
@click.argument("client")
@AS_OF
@common
def command(app: App, client: str, as_of: str | None) -> None:
    """Explain CLIENT: an id, source:id, INN, phone or name; or the key from the text of a task of ours.

    Example: connector explain 7707083893
    """
    settings = app.settings()
    with app.store(settings) as store:
        number, name, refs = find_client(store, client)
        changes = _changes(store, refs)
    judged = judge(settings, moment(as_of, settings.zone))
    decisions = of_client(judged.decisions, number)
    records = [str(ref) for ref in refs]
    app.emit(
        {
            "client": name,
            "records": records,
            "decisions": [asdict(one) for one in decisions],
            "changes": changes,
        }
    )
    app.say(f"{name} ({', '.join(records)})")
    words = judged.words(settings.project.company.language)
    for decision in decisions:
        for line in explain_decision(decision, words):
            app.say(line)
    for line in _layers(judged, number, words):
        app.say(line)
    for change in changes:
        app.say(
            f"{change['period']}  {change['kind']} {change['key']}: {change['state']} — {change['reason']}"
        )
    if not decisions:
        app.say("No policy has anything to say about this client.")


def _layers(judged: Judged, number: int, words: Texts) -> Iterator[str]:
    """Yield why each policy with a condition or a table concerns the client as it does."""
    now = moment_of(judged.facts, judged.policies, judged.decisions.as_of)
    for policy in judged.policies:
        for line in layer_story(judged.facts, now.judging(now.running), policy, number, words):
            yield f"{policy.id}: {line}"


def explain_decision(decision: Decision, words: Texts) -> list[str]:
    """Return the decision in words: the answer, the reason, the numbers, the evidence."""
    numbers = ", ".join(f"{name} {value}" for name, value in decision.numbers.items() if value is not None)
    lines = ["", f"{decision.period}  {decision.policy}: {decision.decision} — {sentence(decision, words)}"]
    lines += [f"         {numbers}"] if numbers else []
    lines += [f"         flags: {', '.join(decision.flags)}"] if decision.flags else []
    lines += [f"         evidence: {', '.join(decision.evidence)}"] if decision.evidence else []
    return lines


def find_client(store: Store, asked: str) -> tuple[int, str, list[Ref]]:
    """Find the client; ConfigError lists the candidates where there are none or several."""
    found = store.directory.find(asked) if asked.strip() else []
    numbers = {one.number: one.name for one in found}
    if len(numbers) == 1:
        ((number, name),) = numbers.items()
        return number, name, sorted(one.ref for one in found)
    if not numbers:
        raise ConfigError(
            f"no client {asked!r}", hint="give its id, source:id, INN, phone, or a part of its name"
        )
    listed = "\n".join(f"  {one.ref}  {one.name}" for one in found[:MOST_LISTED])
    more = f"\n  and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
    raise ConfigError(f"{len(numbers)} clients fit {asked!r} — name one of them by source:id\n{listed}{more}")


def _changes(store: Store, refs: list[Ref]) -> list[dict[str, str]]:
    """Return what we ever planned to write about the client, by period."""
    found = []
    for ref in refs:
        for stored in store.directory.changes_about(ref):
            change = stored.change
            found.append(
                {
                    "key": change.key,
                    "kind": change.kind,
                    "period": change.period,
                    "state": stored.state,
                    "reason": change.reason,
                    "note": stored.reason,
                }
            )
    return sorted(found, key=lambda change: (change["period"], change["key"]))
