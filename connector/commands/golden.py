"""Plays the examples beside policies through the real way: tables are pulled, stored and judged."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from math import isclose
from pathlib import Path
from typing import Any

from connector.commands.app import moment
from connector.commands.golden_file import Expected, Golden
from connector.commands.job import calendar_file, judged_by
from connector.commands.scaffold import project_text
from connector.company.folder import CALENDAR
from connector.config import CONFIG_NAME, Settings, load_settings
from connector.rules.decision import Decision
from connector.rules.policy import Policy
from connector.rules.policy_mistakes import Mistake
from connector.store.database import open_store
from connector.sync.pull import pull_source
from connector.sync.sources import open_sources

_SOURCE = '\n[[source]]\nname = "files"\nplugin = "files"\npath = "data"\n'
_ABSENT = object()
PLAYED = "policy check"
"""What the ledger of an example's own store calls the run."""


def play(golden: Golden, policies: Sequence[Policy], settings: Settings | None) -> list[Mistake]:
    """Judge the example's firm by the policies, and return each difference from what was expected.

    `settings` are the project's, for its zone, language and calendar.
    """
    unknown = _unknown(golden, policies)
    if unknown:
        return unknown
    with tempfile.TemporaryDirectory(prefix="connector-example-") as folder:
        own = _project(Path(folder), golden, settings)
        told = _pull(own, golden)
        if told:
            return told
        judged = judged_by(own, moment(golden.as_of, own.zone), policies)
    decisions = list(judged.decisions)
    return [
        difference
        for number, expected in enumerate(golden.said.expect)
        for difference in _differences(golden, number, expected, decisions)
    ]


def _unknown(golden: Golden, policies: Sequence[Policy]) -> list[Mistake]:
    """Return a mistake for each policy that is expected to decide and is not there."""
    ids = [policy.id for policy in policies]
    return [
        Mistake(
            golden.place("expect", number, "policy"),
            f"expect.{number}.policy",
            "no_policy",
            {"word": expected.policy, "known": ids},
        )
        for number, expected in enumerate(golden.said.expect)
        if expected.policy not in ids
    ]


def _project(folder: Path, golden: Golden, settings: Settings | None) -> Settings:
    """Make a project of the example's tables in the folder."""
    company = settings.project.company if settings else None
    zone, language = (company.zone, company.language) if company else ("Europe/Moscow", "ru")
    text = project_text(language, zone) + _SOURCE
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    golden.write_tables(folder / "data")
    if settings and (calendar := calendar_file(settings)):
        (folder / "company").mkdir()
        shutil.copy(calendar, folder / "company" / CALENDAR)
    return load_settings(folder)


def _pull(settings: Settings, golden: Golden) -> list[Mistake]:
    """Pull the tables; return what could not be read of them."""
    store = open_store(settings.store_url)
    try:
        run = store.runs.start(PLAYED)
        with open_sources(settings) as sources, store.lock.acquire(PLAYED, run):
            outcomes = pull_source(sources["files"], store, zone=settings.zone)
        rejected = list(store.quarantine.rows())
    finally:
        store.close()
    place = golden.place("tables")
    lines = [outcome.error for outcome in outcomes if outcome.error]
    lines += [row.reason for row in rejected]
    return [Mistake(place, "tables", "example_row", {"said": line}) for line in lines]


def _differences(
    golden: Golden, number: int, expected: Expected, decisions: Sequence[Decision]
) -> list[Mistake]:
    key, place = f"expect.{number}", golden.place("expect", number)
    about = expected.about()
    found = [one for one in decisions if all(getattr(one, name) == value for name, value in about.items())]
    shown = ", ".join(about.values())
    if expected.none or not found:
        wrong = bool(found) if expected.none else True
        code = "example_some" if expected.none else "example_none"
        return [Mistake(place, key, code, {"said": shown})] if wrong else []
    if len(found) > 1:
        return [Mistake(place, key, "example_several", {"said": shown, "count": len(found)})]
    return [
        Mistake(
            golden.place("expect", number, *name.split(".")),
            f"{key}.{name}",
            "example_differs",
            {"said": shown, "expected": wanted, "found": _shown(_of(found[0], name))},
        )
        for name, wanted in expected.wanted().items()
        if not _same(_of(found[0], name), wanted)
    ]


def _of(decision: Decision, name: str) -> Any:
    """Return what the decision says under the key, a number under `numbers.NAME`."""
    part, _, number = name.partition(".")
    return decision.numbers.get(number, _ABSENT) if number else getattr(decision, part)


def _shown(value: Any) -> str:
    return "—" if value is _ABSENT else str(value)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, float) and isinstance(wanted, float | int):
        return isclose(found, wanted, rel_tol=1e-9)
    return bool(found == (wanted.isoformat() if hasattr(wanted, "isoformat") else wanted))
