"""The second CRM of `connector demo`: an amoCRM with some of the clients, and the proof that each is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from connector.commands.init import write_source
from connector.commands.linked import linked
from connector.commands.scaffold import toml_value, variable
from connector.config import CONFIG_NAME, Settings
from connector.errors import ConfigError
from connector.locale import Texts
from connector.rules.decision import Decision
from connector.rules.sentence import sentence
from connector.sandbox.server import Sandbox
from connector.store.database import Store
from connector.sync.outcome import Sent

SOURCE, PLUGIN = "amo", "amocrm"
TOKEN = "sandbox"  # noqa: S105 - the stand-in's, known to everybody
WRITE = ("field", "owner")
ABC_FIELD = "ABC_CLASS"
JUDGED = "contact_norm"


class Seen(NamedTuple):
    """One client as both CRMs have it: its calls of the month in each, and the one decision."""

    client: str
    first: int
    second: int
    decision: Decision


def write_second(folder: Path, url: str) -> None:
    """Add the account to the project: what holds of a card is set there, too; tasks are for the first CRM."""
    write_source(folder, SOURCE, PLUGIN, {"url": url})
    given = {"write": WRITE, "fields": {"abc_class": ABC_FIELD}}
    for key, value in given.items():
        replace_line(folder / CONFIG_NAME, rf"^# {key} = .*$", f"{key} = {toml_value(value)}")
    with (folder / ".env").open("a", encoding="utf-8") as environment:
        environment.write(f"{variable(SOURCE, 'token')}={TOKEN}\n")


def all_linked(settings: Settings, store: Store, source: str) -> tuple[int, int]:
    """Return how many clients the CRM has, and how many of them are one with a client of another."""
    numbers = linked(settings, store)["sources"][source]
    return int(numbers["clients"]), int(numbers["linked"])


def written(second: Sandbox, sent: Iterable[Sent]) -> dict[str, int]:
    """Count fields and owners that were written to the second CRM; `wanted` is how many changes were sent."""
    writes = second.state("writes")["writes"]
    fields = sum("custom_fields_values" in write["body"] for write in writes)
    wanted = sum(one.change.source == SOURCE and one.state != "skipped" for one in sent)
    return {"fields": fields, "owners": len(writes) - fields, "wanted": wanted}


def replace_line(path: Path, pattern: str, text: str) -> None:
    """Put a line into the place of those that the pattern finds; ConfigError where there are none."""
    changed, count = re.subn(pattern, lambda _: text, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if not count:
        raise ConfigError(f"{path.name} has no line like {pattern}", hint="this is a bug: please report it")
    path.write_text(changed, encoding="utf-8")


def most_called(first: Sandbox, second: Sandbox, closed: Iterable[Decision], period: str) -> Seen | None:
    """Return the client with the most calls of the month in the second CRM that the norm judged.

    One is preferred that the first CRM's calls alone would not have given as many contacts.
    """
    names = {row["id"]: row["name"] for row in _table(second, "clients")}
    there = _calls(first, {row["id"]: row["name"] for row in _table(first, "clients")}, period)
    here = _calls(second, names, period)
    judged = {one.client_name: one for one in closed if one.rule == JUDGED and one.decision != "exempt"}
    seen = [Seen(name, there[name], here[name], judged[name]) for name in names.values() if name in judged]
    return max(seen, key=lambda one: (_together(one), one.second, one.first, one.client), default=None)


def _together(seen: Seen) -> bool:
    return int(seen.decision.numbers.get("done") or 0) > seen.first


def said(seen: Seen, words: Texts) -> dict[str, Any]:
    """Return what the demo's line about the client names."""
    counts = {"client": seen.client, "first": seen.first, "second": seen.second}
    return {**counts, "decision": sentence(seen.decision, words)}


def twice_judged(closed: Iterable[Decision]) -> list[str]:
    """Return the clients with more than one decision of the norm."""
    count = Counter(one.subject for one in closed if one.rule == JUDGED)
    return sorted(subject for subject, times in count.items() if times > 1)


def _calls(sandbox: Sandbox, names: dict[str, str], period: str) -> Counter[str]:
    """Count the calls that were held in the month, by the client's name."""
    return Counter(
        names[row["client"]]
        for row in _table(sandbox, "events")
        if row["kind"] == "call" and row["completed_at"].startswith(period) and row["client"] in names
    )


def _table(sandbox: Sandbox, name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = sandbox.state("company")["company"][name]
    return rows
