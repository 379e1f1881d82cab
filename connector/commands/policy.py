"""`connector policy`: checks the policies with the examples beside them, and writes the page about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from connector.commands.announce import announce
from connector.commands.app import AS_OF, App, common, moment
from connector.commands.golden import play
from connector.commands.golden_file import FOLDER, read_golden
from connector.config import CONFIG_NAME, Settings
from connector.errors import ExitCode
from connector.locale import Texts, texts
from connector.plan.model import read_plan
from connector.registry import Registry
from connector.rules.policy import Policy, Reading, read_policies
from connector.rules.policy_mistakes import Mistake, place_of
from connector.rules.policy_source import read_source
from connector.rules.rulebook import Rulebook
from connector.store.plans import StoredPlan

LANGUAGE = click.option(
    "--language", type=click.Choice(["ru", "en"]), help="Language of the text; default: the company's."
)


@click.group()
def command() -> None:
    """Check the policies, or write the page about them that is read out to everybody.

    Example: connector policy check
    """


@dataclass
class Findings:
    """What a check found: mistakes, oddities, policies left out, examples played and how they differ."""

    reading: Reading
    mistakes: list[Mistake] = field(default_factory=list)
    differences: list[Mistake] = field(default_factory=list)
    played: int = 0

    def graded(self) -> Iterator[tuple[str, Mistake]]:
        """Yield each with how grave it is: mistake, difference, left out or warning."""
        yield from (("mistake", each) for each in (*self.reading.mistakes, *self.mistakes))
        yield from (("difference", each) for each in self.differences)
        yield from (("left_out", each) for each in self.reading.left_out)
        yield from (("warning", each) for each in self.reading.warnings)

    def ended(self) -> ExitCode:
        """Return how the command ends; a warning changes nothing."""
        if self.reading.mistakes or self.mistakes:
            return ExitCode.CONFIGURATION
        if self.differences:
            return ExitCode.FAILED
        return ExitCode.PARTIAL if self.reading.left_out else ExitCode.FINE


@command.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@LANGUAGE
@common
def check(app: App, path: Path | None, language: str | None) -> ExitCode:
    """Tell everything that is wrong with the policies, each with file:line:column, and play the examples.

    PATH is a folder of policies or one file; default: the project's. Examples lie in its folder `tests`. Ends
    with 4 for a mistake, with 1 where an example is decided otherwise than people expected, with 3 where a
    plugin's rule does not load.

    Example: connector policy check
    """
    settings = app.settings() if path is None or (app.folder / CONFIG_NAME).exists() else None
    folder = path or (settings.policies_folder if settings else Path())
    words = texts(language or _language(settings))
    found = examine(folder, settings)
    if settings and settings.store_path and settings.store_path.exists():
        with app.store(settings) as store:
            found.reading.warnings += same_versions(found.reading.policies, store.plans.latest())
    app.emit_all([_document(grade, each, words) for grade, each in found.graded()])
    for grade, each in found.graded():
        mark = "" if grade == "mistake" else f"[{words.say(f'check.{grade}')}] "
        app.say(f"{mark}{each.said(words)}")
    app.say(_sum(found, words))
    return found.ended()


def examine(folder: Path, settings: Settings | None) -> Findings:
    """Check the policies of the folder, and play the examples beside them if all of them are right."""
    reading = read_policies(folder, Rulebook(settings.registry if settings else Registry()))
    found = Findings(reading, unknown_sources(reading.policies, settings) if settings else [])
    beside = folder.parent if folder.is_file() else folder
    for path in sorted((beside / FOLDER).glob("*.toml")):
        golden, mistakes = read_golden(path)
        found.mistakes += mistakes
        if golden and not reading.mistakes:
            found.differences += play(golden, reading.policies, settings)
            found.played += 1
    return found


def unknown_sources(policies: Sequence[Policy], settings: Settings) -> list[Mistake]:
    """Return a mistake for each source in a `write_to` that is none of the firm's."""
    known = list(settings.priority)
    return [
        Mistake(place_of(read_source(policy.path), ("write_to", index)), "write_to", "no_source",
                {"word": name, "known": known})
        for policy in policies
        for index, name in enumerate(policy.write_to)
        if name not in known and policy.path is not None
    ]  # fmt: skip


def same_versions(policies: Sequence[Policy], last: StoredPlan | None) -> list[Mistake]:
    """Warn of each policy that says something else than in the last plan under the same version."""
    stamps = read_plan(last.document.encode(), last.fingerprint).policies if last else ()
    before = {stamp.id: stamp for stamp in stamps}
    changed = []
    for policy in policies:
        stamp = before.get(policy.id)
        same = stamp and (stamp.version, stamp.mode) == (policy.version, policy.mode)
        if stamp and same and stamp.digest != policy.digest and policy.path:
            place = place_of(read_source(policy.path), ("version",))
            changed.append(Mistake(place, "version", "same_version", {"word": policy.version}))
    return changed


def _language(settings: Settings | None) -> str:
    return settings.project.company.language if settings else "ru"


def _sum(found: Findings, words: Texts) -> str:
    reading = found.reading
    return words.say(
        "check.sum",
        policies=len(reading.policies),
        mistakes=len(reading.mistakes) + len(found.mistakes),
        warnings=len(reading.warnings),
        played=found.played,
        differences=len(found.differences),
    )


def _document(grade: str, each: Mistake, words: Texts) -> dict[str, Any]:
    place = each.place
    where = {"file": place.path, "line": place.line or None, "column": place.column or None}
    return {"severity": grade, **where, "key": each.key, "code": each.code, "message": each.said(words)}


@command.command("docs")
@click.option("-o", "--output-file", "target", type=click.Path(path_type=Path), help="Write it as a file.")
@LANGUAGE
@AS_OF
@common
def docs(app: App, target: Path | None, language: str | None, as_of: str | None) -> None:
    """Write the page about the policies for the general meeting, in Markdown, from what the policies say.

    With a pulled store it tells each manager's base and what the month would cost if it ended now.

    Example: connector policy docs -o rules.md
    """
    settings = app.settings()
    page = announce(settings, moment(as_of, settings.zone), language or _language(settings))
    text = app.scrubber.scrub("\n".join(page) + "\n")
    if target is not None:
        target.write_text(text, encoding="utf-8", newline="\n")
        app.say(f"wrote {target}")
    elif app.human:
        click.echo(text, nl=False)
    app.emit({"page": text, "written": None if target is None else str(target)})
