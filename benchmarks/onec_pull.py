"""Measures the reading of a base of 1C and prints Markdown tables: `python -m benchmarks.onec_pull`.

Every reader reads the same stand-in, which answers at once: what is printed is the work of the reader, and
how many requests a day costs, as those are what a real base makes slow (0.1 to 2 s each). Takes some minutes;
`--quick` is the same on a small base and proves only that the benchmark runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import peers
from benchmarks.pace import slowdown
from benchmarks.portal import Portal, served

STREAMS = ("clients", "calls")
CLIENTS = ("python-1c-odata==0.6.0",)
WAYS = {"ours, parsed": "parse", "ours, to the store": "store"}
SETS = {"clients": "Catalog_Партнеры", "calls": "Document_ТелефонныйЗвонок"}
FIELDS = {"clients": "Комментарий", "calls": "Тема"}


class Size(NamedTuple):
    """How many rows there are of each stream."""

    clients: int
    calls: int


FULL = Size(20_000, 60_000)
QUICK = Size(600, 900)


def main() -> None:
    """Print a table of work for each row, and one of requests for a day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small base, half a minute in all")
    parser.add_argument(
        "--alone", action="store_true", help="without the other client, which pip would fetch"
    )
    given = parser.parse_args()
    size = QUICK if given.quick else FULL
    with tempfile.TemporaryDirectory() as folder, served("serve_base", *size) as there:
        python = None if given.alone else peers.install(Path(folder) / "peers", CLIENTS)
        _title("Work", "stream", "reader", "rows", "rows per CPU s", "× python-1c-odata", "machine slower by")
        for stream in STREAMS:
            _race(there, stream, python)
        _title("Requests", "stream", "full", "1 % changed", "nothing changed")
        for stream in STREAMS:
            _day(there, stream, Path(folder) / stream)


def _race(there: Portal, stream: str, python: Path | None) -> None:
    """Let each reader read the stream once and print its line, the other client first."""
    theirs = 0.0
    if python is not None:
        command = peers.command(python, "read_python_1c_odata.py", there.url, stream)
        theirs = _raced(there, stream, "python-1c-odata", command, 0.0)
    for name, way in WAYS.items():
        with tempfile.TemporaryDirectory() as project:
            _raced(there, stream, name, _ours(there, project, stream, way), theirs)


def _ours(there: Portal, folder: object, stream: str, way: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.base_ours", there.url, str(folder), stream, way]


def _raced(there: Portal, stream: str, name: str, command: list[str], theirs: float) -> float:
    """Let one reader run, print its line and return its rows a second of processor time."""
    slow = slowdown()
    figures = peers.figures(command)
    slow = (slow + slowdown()) / 2
    speed = figures["rows"] / figures["cpu"] if figures.get("cpu") else 0.0
    rows = f"{figures['rows']:,} of {there.rows[stream]:,}"
    times = f"{speed / theirs:.2f}" if theirs else ""
    _line(stream, name, rows, f"{speed:,.0f}", times, f"{slow:.2f}")
    return speed


def _day(there: Portal, stream: str, folder: Path) -> None:
    """Pull the stream whole, then after one row in a hundred has changed, then once more."""
    folder.mkdir()
    counts = [_pulled(there, stream, folder)]
    for row in _one_in_a_hundred(there, stream):
        there.act(do="edit", entity=SETS[stream], id=row["Ref_Key"], fields={FIELDS[stream]: "иначе"})
    counts += [_pulled(there, stream, folder) for _ in range(2)]
    _line(stream, *(f"{count:,}" for count in counts))


def _pulled(there: Portal, stream: str, folder: Path) -> int:
    """Return how many requests a pull takes."""
    return int(peers.figures(_ours(there, folder, stream, "store"))["requests"])


def _one_in_a_hundred(there: Portal, stream: str) -> list[dict[str, Any]]:
    """Return the youngest rows of the stream, one of a hundred: of documents a day changes the last ones."""
    rows = there.vendor(SETS[stream])
    rows.sort(key=lambda row: str(row.get("Date") or row["Ref_Key"]))
    return rows[-max(1, len(rows) // 100) :]


def _title(text: str, *columns: str) -> None:
    sys.stdout.write(f"\n### {text}\n\n")
    _line(*columns)
    _line(*("---" for _ in columns))


def _line(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
