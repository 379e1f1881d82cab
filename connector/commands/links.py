"""`connector links`: which records are one client and why, how much is linked, and a list to work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from connector.commands.app import App, common
from connector.commands.explain import find_client
from connector.commands.link import word_of
from connector.commands.linked import bring_up_to_date, lines, linked, reason_lines, reasons
from connector.company.lists import Row, read_list
from connector.errors import ConfigError, ExitCode
from connector.identity.review import ANSWERS, HEADER, review
from connector.identity.verdicts import Verdict
from connector.identity.word import Word
from connector.tables.writing import write_table


@click.group(invoke_without_command=True)
@click.option("--unmatched", is_flag=True, help="List the records that nothing links, and what they may be.")
@click.option("-o", "--output-file", "target", type=click.Path(path_type=Path), help="Write the list here.")
@common
def command(app: App, unmatched: bool, target: Path | None) -> None:
    """Show how much of each source is linked with the others: by count and by turnover.

    With --unmatched -o a list for people is written: records without a counterpart, the largest turnover
    first, with what they may be one client with. Fill in the column verdict (same or different) and give it
    back with `connector links import`.

    Example: connector links --unmatched -o work.xlsx
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    if target is not None and not unmatched:
        raise ConfigError("-o goes with --unmatched", hint="connector links --unmatched -o work.xlsx")
    settings = app.settings()
    with app.store(settings) as store:
        bring_up_to_date(app, settings, store)
        if not unmatched:
            document = linked(settings, store)
            app.emit(document)
            for line in lines(document):
                app.say(line)
            if not document["sources"]:
                app.say("There is one source: each record is a client of its own.")
            return
        rows = review(store, settings.store_url, settings.priority)
    if target is not None:
        count = write_table(target, HEADER[settings.project.company.language], rows)
        app.emit({"written": str(target), "rows": count})
        app.say(f"{count} rows in {target}.")
        return
    app.emit_all([dict(zip(HEADER["en"], row, strict=True)) for row in rows])
    for row in rows:
        app.say("  ".join(str(cell) for cell in row if cell is not None))


@command.command("show")
@click.argument("client")
@common
def show(app: App, client: str) -> None:
    """Show which records are CLIENT (an id, source:id, INN, phone or name), and why.

    Example: connector links show 7707083893
    """
    settings = app.settings()
    with app.store(settings) as store:
        bring_up_to_date(app, settings, store)
        _, name, refs = find_client(store, client)
        document = {"client": name, **reasons(store, refs)}
    app.emit(document)
    app.say(f"{name} ({', '.join(document['records'])})")
    for line in reason_lines(document):
        app.say(line)


@command.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@common
def import_answers(app: App, path: Path) -> int:
    """Take over the verdicts of FILE, a CSV file or workbook with the columns client, other and verdict.

    Rows without a verdict are passed over. A row that cannot be taken is told with its place, and the others
    are; ends with 3 then.

    Example: connector links import work.xlsx
    """
    settings = app.settings()
    read = read_list(path, ANSWERS, settings.zone)
    problems: list[str] = []
    with word_of(app, "links import") as word:
        said = list(_answers(word, read.rows, problems))
        torn = word.take(said)
    taken = len(said) - len(torn)
    problems = [*read.problems, *problems, *torn]
    app.emit({"taken": taken, "problems": problems})
    app.say(f"{taken} verdicts taken over.")
    for problem in problems:
        app.note(f"connector: {problem}")
    return ExitCode.PARTIAL if problems else ExitCode.FINE


def _answers(word: Word, rows: Sequence[Row], problems: list[str]) -> Iterator[Verdict]:
    """Yield the verdicts of the rows that have one; a record that is not there is a problem."""
    for row in rows:
        values, place = row.values, row.places["client"]
        if values.get("verdict") is None or values.get("other") is None:
            continue
        try:
            one, other = word.named(values["client"]), word.named(values["other"])
        except ConfigError as error:
            problems.append(f"{place}: {error.message}")
            continue
        yield Verdict(one, other, "same" if values["verdict"] == "same" else "different", place)
