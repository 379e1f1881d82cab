"""`connector record`: real rows for tests, from which nobody can be told."""

from __future__ import annotations

import json
from collections.abc import Callable

from conftest import ConnectedTo, Project, firm

from connector.config import load_settings
from connector.plugins.base import Cursor
from connector.sandbox.server import Sandbox
from connector.sync.sources import open_sources


def told_by(portal: Sandbox) -> set[str]:
    """Return the words by which people and firms of the portal can be told."""
    vendor = portal.state("vendor")["vendor"]
    words = {row["TITLE"] for row in vendor["company"]}
    for row in vendor["user"]:
        words |= {row["NAME"], row["LAST_NAME"], row["EMAIL"]}
    return {word for word in words if word and len(word) > 2}


def test_rows_are_written_without_people_and_secrets(
    portal: Callable[..., Sandbox], connected: ConnectedTo
) -> None:
    sandbox = portal(firm(clients=12, events=2))
    project: Project = connected(sandbox)
    target = project.folder / "real.json"
    result = project("record", "portal", "--rows", "5", "-o", str(target))
    assert result.code == 0, result.err
    text = target.read_text(encoding="utf-8")
    assert [word for word in told_by(sandbox) if word in text] == []
    code = sandbox.url.rstrip("/").rpartition("/")[2]
    assert code not in text
    streams = json.loads(text)["streams"]
    assert {"employees", "companies", "deals", "activities"} <= set(streams)
    assert len(streams["companies"]) == 5
    assert result.err == "", "every row can still be read"


def test_control_the_rows_as_they_come_do_tell(
    portal: Callable[..., Sandbox], connected: ConnectedTo
) -> None:
    sandbox = portal(firm(clients=12, events=2))
    project = connected(sandbox)
    with open_sources(load_settings(project.folder), "portal") as opened:
        streams = [
            stream for stream in opened["portal"].streams() if stream.name in ("employees", "companies")
        ]
        rows = [row for stream in streams for page in stream.read(Cursor()) for row in page.rows]
    assert [word for word in told_by(sandbox) if word in json.dumps(rows, ensure_ascii=False)]


def test_a_source_that_is_not_there_is_told(project: Project) -> None:
    assert project("init").code == 0
    target = project.folder / "real.json"
    result = project("record", "nobody", "-o", str(target))
    assert result.code == 4
    assert "no source 'nobody'" in result.err
    assert not target.exists()
