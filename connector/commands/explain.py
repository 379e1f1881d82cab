"""`connector explain`: all that was decided about one client and why, or why one task of ours exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import Judged, employee_names, judge, of_client
from connector.commands.linked import reason_lines, reasons
from connector.config import Settings
from connector.errors import ConfigError
from connector.model import Ref
from connector.report.dossier import make_dossier
from connector.report.sheet import write_sheet
from connector.report.story import Case, document, lines
from connector.rules.decide import moment_of
from connector.rules.layer_story import layer_story
from connector.store.database import Store

MOST_LISTED = 20


@click.command()
@click.argument("client")
@AS_OF
@click.option(
    "-o",
    "--output-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write an HTML page for a dispute too.",
)
@common
def command(app: App, client: str, as_of: str | None, target: Path | None) -> None:
    """Explain CLIENT: an id, source:id, INN, phone or name; or the key from the text of a task of ours.

    Tells every rule's decision, each contact of the period and why it counts or not, what kept the client,
    who might have received it and why not, its owners, earlier decisions, and what was written to the CRM.
    Example: connector explain 7707083893 -o sheet.html
    """
    settings = app.settings()
    with app.store(settings) as store:
        number, name, refs = find_client(store, client)
        judged = judge(settings, moment(as_of, settings.zone))
        case = _case(settings, store, judged, _number_now(judged, refs, number), name, refs)
        identity = reasons(store, refs) if app.human or len(refs) > 1 else None
    app.emit(document(case) | ({"identity": identity} if identity else {}))
    for line in lines(case) if app.human else ():
        app.say(line)
    for line in reason_lines(identity) if identity and len(refs) > 1 else ():
        app.say(line)
    if target is not None:
        write_sheet(case, target)
        app.say(case.words.say("explain.written", path=target))


def _number_now(judged: Judged, refs: list[Ref], number: int) -> int:
    """Return the client's number among the facts, which know of changes since the store's grouping."""
    records = judged.facts.records
    found = records.filter(records["target"].is_in([str(ref) for ref in refs]))["client"].to_list()
    return number if number in found or not found else int(found[0])


def _case(settings: Settings, store: Store, judged: Judged, number: int, name: str, refs: list[Ref]) -> Case:
    """Put together what the data and the store know of the client."""
    as_of, facts = judged.decisions.as_of, judged.facts
    mine = of_client(judged.decisions, number)
    subject = facts.clients.filter(client=number)["subject"]
    words = judged.words(settings.project.company.language)
    now = moment_of(facts, judged.policies, as_of)
    return Case(
        name=name,
        records=[str(ref) for ref in refs],
        as_of=as_of,
        zone=settings.zone,
        words=words,
        names=employee_names(store, facts),
        policies=judged.policies,
        dossier=make_dossier(facts, judged.policies, as_of, number, mine),
        history=[one for told in subject.to_list() for one in store.decisions.of_subject(told)],
        changes=_changes(store, refs),
        conditions=[
            (policy.id, line)
            for policy in judged.policies
            for line in layer_story(facts, now, policy, number, words)
        ],
    )


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


def _changes(store: Store, refs: list[Ref]) -> list[dict[str, Any]]:
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
                    "at": stored.updated_at,
                }
            )
    return sorted(found, key=lambda change: (change["period"], change["key"]))
