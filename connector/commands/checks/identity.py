"""What several sources have in common: employees whom nothing matched, and how many clients are linked."""

from __future__ import annotations

from collections.abc import Iterator

from connector.commands.checks.lines import failures
from connector.commands.linked import linked
from connector.config import Settings
from connector.errors import ConnectorError
from connector.plugins.base import Check
from connector.store.database import open_store


def identity(settings: Settings) -> Iterator[Check]:
    """Yield the lines of links, once clients of two sources were pulled; nothing is made or changed."""
    path = settings.store_path
    if path is None or not path.exists() or len(settings.sources) <= 1:
        return
    try:
        with open_store(settings.store_url) as store:
            found = linked(settings, store)
    except ConnectorError as error:
        yield from failures("links", error)
        return
    if found["sources"]:
        said = ", ".join(f"{name} {one['share']:.0%}" for name, one in found["sources"].items())
        yield Check("links", "ok", f"clients that another source has, too: {said}")
        yield _employees([one for one in found["unmatched_employees"] if one["clients"]])


def _employees(strangers: list[dict[str, object]]) -> Check:
    if not strangers:
        return Check("employees", "ok", "everybody who owns clients is known in two sources or in people")
    named = ", ".join(f"{one['source']}:{one['id']} {one['name']}" for one in strangers[:3])
    fix = "name them in company/people; nobody loses a client that they may share until then"
    return Check("employees", "warn", f"{len(strangers)} have no counterpart in another source: {named}", fix)
