"""Measures the reading of an amoCRM account and prints Markdown tables: `python -m benchmarks.amocrm_pull`.

Every reader reads the same stand-in under the documented limit of 7 requests a second, 600 ms an answer; what
is printed are ratios. Takes about twenty minutes; `--quick` is the same on a small account and proves only
that the benchmark runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import peers
from benchmarks.pace import slowdown
from benchmarks.portal import Portal, served

RATE = 7
A_PAGE = {"companies": 250, "company_notes": 250, "chats": 100}
"""Rows of the largest page: with the rate they make 1,750 and 700 rows a second (vendor page "Limits")."""
CLIENTS = ("aioamocrm==0.1.1",)
WAYS = {"ours, parsed": "parse", "ours, to the store": "store"}


Reader = Callable[[], dict[str, Any]]


class Size(NamedTuple):
    """How many rows of each stream there are, how long an answer takes, and how many pages peers read."""

    companies: int
    notes: int
    chats: int
    latency_ms: int
    peer_pages: int
    peers: bool = True


FULL = Size(252_000, 252_000, 100_800, 600, 110)
QUICK = Size(600, 600, 250, 20, 2)


def main() -> None:
    """Read each stream by each reader and print a table of how fast, and one of how much work it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small account, half a minute in all")
    parser.add_argument(
        "--alone", action="store_true", help="without the other client, which pip would fetch"
    )
    parser.add_argument("--only", choices=sorted(A_PAGE), help="read one stream only")
    given = parser.parse_args()
    size = (QUICK if given.quick else FULL)._replace(peers=not given.alone)
    streams = [given.only] if given.only else list(A_PAGE)
    with (
        tempfile.TemporaryDirectory() as folder,
        served("serve_account", size.companies, size.notes, size.chats, "standard") as there,
    ):
        python = peers.install(Path(folder) / "peers", CLIENTS) if size.peers else None
        _title(
            f"{RATE} requests a second, {size.latency_ms} ms an answer",
            "stream", "reader", "rows", "seconds", "rows/s ÷ ceiling", "× aioamocrm",
            "refused", "rows per CPU s", "machine slower by",
        )  # fmt: skip
        for stream in streams:
            _race(there, stream, size, python)


def _race(there: Portal, stream: str, size: Size, python: Path | None) -> None:
    """Let each reader read the stream and print its line, the other client first.

    One page is asked for before, as the stand-in works a list out on the first question.
    """
    there.rest(0)
    _ours(there, stream, "begin", "off")
    theirs = 0.0
    if python is not None:
        most = min(there.rows[stream], size.peer_pages * A_PAGE[stream])
        command = peers.command(python, "read_aioamocrm.py", there.url, stream, str(most))
        theirs = _raced(there, stream, size, "aioamocrm", partial(peers.figures, command), most, 0.0)
    for name, way in WAYS.items():
        rows = there.rows[stream]
        _raced(there, stream, size, name, partial(_ours, there, stream, way, "standard"), rows, theirs)


def _ours(there: Portal, stream: str, way: str, rate: str) -> dict[str, Any]:
    """Let our connector read the stream in a project of its own; return its figures."""
    with tempfile.TemporaryDirectory() as project:
        command = [sys.executable, "-m", "benchmarks.account_ours", there.url, project, stream, rate, way]
        return peers.figures(command)


def _raced(
    there: Portal, stream: str, size: Size, name: str, read: Reader, rows: int, theirs: float
) -> float:
    """Let one reader run, print its line and return its rows a second."""
    there.rest(size.latency_ms)
    before = there.counted()[1]
    figures = read()
    refused = there.counted()[1] - before
    speed = figures["rows"] / figures["seconds"] if figures.get("seconds") else 0.0
    _line(
        stream,
        name,
        f"{figures['rows']:,} of {rows:,}",
        f"{figures.get('seconds', 0.0):.1f}",
        f"{speed / (RATE * A_PAGE[stream]):.3f}" if "error" not in figures else "gave up",
        f"{speed / theirs:.2f}" if theirs else "",
        f"{refused}",
        _work(figures),
        f"{slowdown():.2f}",
    )
    return speed


def _work(figures: dict[str, Any]) -> str:
    return f"{figures['rows'] / figures['cpu']:,.0f}" if figures.get("cpu") else ""


def _title(text: str, *columns: str) -> None:
    sys.stdout.write(f"\n### {text}\n\n")
    _line(*columns)
    _line(*("---" for _ in columns))


def _line(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
