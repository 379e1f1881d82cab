"""Clients that others wrote for the real Bitrix24 read the stand-in to the last row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from clients.environments import answer, installed
from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import Sandbox, running

CLIENTS = ("fast-bitrix24==1.8.14", "b24pysdk==1.3.2")
AS_OF = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
COUNTS = {"company": 3121, "deal": 1301, "activity": 2750}
"""With the portal's own company; the first stream is more than the 2,500 rows of one batch."""


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python that has both clients."""
    return installed(tmp_path_factory.mktemp("clients") / "venv", CLIENTS)


@pytest.fixture
def portal() -> Iterator[Sandbox]:
    """Serve a wide firm with the limits of a standard plan."""
    firm = generate_wide(companies=3120, deals=1301, events=2750, as_of=AS_OF)
    with running("bitrix24", company=firm, as_of=AS_OF, limits="standard") as sandbox:
        yield sandbox


def truth(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    """Return entity -> {id: name} as the portal has it."""
    vendor = sandbox.state("vendor")["vendor"]
    names = {"company": "TITLE", "deal": "TITLE", "activity": "SUBJECT"}
    return {entity: {row["ID"]: row[name] for row in vendor[entity]} for entity, name in names.items()}


@pytest.mark.parametrize(
    ("script", "arguments"),
    [("read_fast.py", []), ("read_sdk.py", ["counted"]), ("read_sdk.py", ["fast"])],
    ids=["fast-bitrix24", "b24pysdk by totals", "b24pysdk by ids"],
)
def test_a_client_reads_every_row_once(
    python: Path, portal: Sandbox, script: str, arguments: list[str]
) -> None:
    rows = answer(python, script, portal.url, *arguments)
    assert {entity: len(found) for entity, found in rows.items()} == COUNTS
    assert {entity: dict(found) for entity, found in rows.items()} == truth(portal)
    assert portal.state("refused")["refused"] == 0


def test_control_a_client_that_loses_rows_is_noticed(python: Path, portal: Sandbox) -> None:
    portal.act("fault", spec="delete_mid_pull=10")
    rows = dict(answer(python, "read_sdk.py", portal.url, "counted")["company"])
    assert len(set(truth(portal)["company"]) - set(rows)) == 10
