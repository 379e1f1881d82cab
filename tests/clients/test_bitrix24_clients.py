"""Clients that others wrote for the real Bitrix24 read the stand-in to the last row."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import Sandbox, running

CLIENTS = ("fast-bitrix24==1.8.14", "b24pysdk==1.3.2")
AS_OF = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
HERE = Path(__file__).parent
COUNTS = {"company": 3121, "deal": 1301, "activity": 2750}
"""With the portal's own company; the first stream is more than the 2,500 rows of one batch."""
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|name resolution|SSLError"
)


def run(*arguments: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a program in an environment that knows nothing of this one's packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    return subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False,
        env=kept | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def installed(folder: Path) -> Path:
    """Make an environment with the clients and return its Python."""
    made = run(sys.executable, "-m", "venv", "--without-pip", folder)
    assert made.returncode == 0, made.stderr
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = (
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
        "--retries",
        "1",
        "--timeout",
        "15",
    )
    got = run(sys.executable, *pip, "install", "--quiet", "--no-compile", *CLIENTS)
    if got.returncode and UNREACHABLE.search(got.stderr):
        pytest.skip(f"the package index cannot be reached, so {' and '.join(CLIENTS)} cannot be installed")
    assert got.returncode == 0, got.stderr
    return python


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python that has both clients."""
    return installed(tmp_path_factory.mktemp("clients") / "venv")


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


def read(python: Path, script: str, *arguments: str) -> dict[str, list[list[Any]]]:
    """Return what a client read: entity -> [[id, name]]."""
    ran = run(python, HERE / script, *arguments)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize(
    ("script", "arguments"),
    [("read_fast.py", []), ("read_sdk.py", ["counted"]), ("read_sdk.py", ["fast"])],
    ids=["fast-bitrix24", "b24pysdk by totals", "b24pysdk by ids"],
)
def test_a_client_reads_every_row_once(
    python: Path, portal: Sandbox, script: str, arguments: list[str]
) -> None:
    rows = read(python, script, portal.url, *arguments)
    assert {entity: len(found) for entity, found in rows.items()} == COUNTS
    assert {entity: dict(found) for entity, found in rows.items()} == truth(portal)
    assert portal.state("refused")["refused"] == 0


def test_control_a_client_that_loses_rows_is_noticed(python: Path, portal: Sandbox) -> None:
    portal.act("fault", spec="delete_mid_pull=10")
    rows = dict(read(python, "read_sdk.py", portal.url, "counted")["company"])
    assert len(set(truth(portal)["company"]) - set(rows)) == 10
