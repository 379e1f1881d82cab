"""Measures the reading of a Bitrix24 portal and prints Markdown tables: `python -m benchmarks.bitrix24_pull`.

Every reader reads the same stand-in in the same run with the same limits; what is printed are ratios. Takes
about half an hour; `--quick` is the same on a small portal and proves only that the benchmark runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import NamedTuple

from benchmarks import peers
from benchmarks.pace import slowdown
from benchmarks.portal import Portal, portal

FIELDS = ("ID", "TITLE", "ASSIGNED_BY_ID", "DATE_MODIFY")
PER_REQUEST, BURST, RATE = 2500, 50, 2
CLIENTS_AIM, EVENTS_AIM = 15_000, 30_000
"""Records a second of processor time, from the answer to the commit."""


class Size(NamedTuple):
    """How much is read: companies of the race, of the two pulls whose memory is compared, of the busy one."""

    race: int
    latencies: tuple[int, ...]
    memory: tuple[int, ...]
    clients: int
    events: int
    base: int
    rounds: int
    peers: bool = True


FULL = Size(200_000, (300, 1500), (50_000, 500_000), 50_000, 100_000, 20_000, 3)
QUICK = Size(3_000, (20,), (1_000, 3_000), 2_000, 2_000, 500, 1)


def main() -> None:
    """Measure everything and print a table for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small portal, a minute in all")
    parser.add_argument("--alone", action="store_true", help="without other clients, which pip would fetch")
    parser.add_argument("--only", choices=sorted(PARTS), help="answer one question only")
    given = parser.parse_args()
    size = (QUICK if given.quick else FULL)._replace(peers=not given.alone)
    for name, part in PARTS.items():
        if given.only in (None, name):
            part(size)


# -- how fast, under the portal's limits -------------------------------------------------------------------


def race(size: Size) -> None:
    """Read all companies by every reader under the standard limits, where refused requests count."""
    _title(
        f"{size.race:,} companies under the standard limits, refused requests counted",
        "latency", "reader", "time ÷ bound", "rows read", "requests", "refused", "rows per CPU s", "MiB",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, portal(size.race, 0, "standard") as there:
        python = peers.install(Path(folder) / "peers") if size.peers else None
        companies, requisites = there.rows["company"], there.rows["requisite"]
        for latency in size.latencies:
            _raced(there, latency, "ours, list", companies, _ours("list_ours", there.url, *FIELDS))
            for script in ("read_fast_bitrix24.py", "read_b24pysdk.py") if python else ():
                name = script.removeprefix("read_").removesuffix(".py").replace("_", "-")
                assert python is not None
                _raced(there, latency, name, companies, peers.command(python, script, there.url, *FIELDS))
            with _project() as project:
                pull = _ours("pull_ours", there.url, project, "companies", "standard")
                _raced(there, latency, "ours, all fields, INN, to the store", companies, pull, requisites)


def _raced(there: Portal, latency: int, name: str, companies: int, command: list[str], more: int = 0) -> None:
    """Let one reader run and print its line; `more` rows than companies are read by the way."""
    there.rest(latency)
    asked, refused = there.counted()
    figures = peers.figures(command)
    asked, refused = (now - before for now, before in zip(there.counted(), (asked, refused), strict=True))
    lower = max(0.0, (ceil((companies + more) / PER_REQUEST) - BURST) / RATE)
    _line(
        f"{latency} ms",
        name,
        _ratio(figures.get("seconds", 0.0), lower) if "error" not in figures else "gave up",
        f"{figures['rows']:,} of {companies:,}",
        f"{asked}",
        f"{refused}",
        f"{figures['rows'] / figures['cpu']:,.0f}" if figures.get("cpu") and figures["rows"] else "",
        f"{figures.get('mib', 0):.0f}",
    )


def _ratio(seconds: float, lower: float) -> str:
    return f"{seconds / lower:.3f} ({seconds:.1f} s ÷ {lower:.1f} s)" if lower else f"{seconds:.1f} s ÷ 0 s"


# -- how much memory, how much work ------------------------------------------------------------------------


def memory(size: Size) -> None:
    """Pull a small and a large portal whole and compare the peaks."""
    _title("Peak memory of a full pull of companies", "companies", "MiB", "ratio")
    first = None
    for companies in size.memory:
        with portal(companies, 0, "off") as there, _project() as project:
            mib = peers.figures(_ours("pull_ours", there.url, project, "companies", "off"))["mib"]
        first = first or mib
        _line(f"{companies:,}", f"{mib:.0f}", f"{mib / first:.2f}")


def work(size: Size) -> None:
    """Pull without limits or latency and count rows by the second of processor time; the best of a few."""
    _title(
        "Records a second of processor time, from the answer to the commit",
        "records", "per CPU s", "÷ aim", "all rounds", "machine slower by",
    )  # fmt: skip
    streams = (("companies", size.clients, 0, CLIENTS_AIM), ("activities", 10_000, size.events, EVENTS_AIM))
    for stream, companies, events, aim in streams:
        with portal(companies, events, "off") as there:
            rounds = [_busy(there, stream) for _ in range(size.rounds)]
        best = max(speed for speed, _ in rounds)
        _line(
            "clients" if stream == "companies" else "events",
            f"{best:,.0f}",
            f"{best / aim:.2f}",
            ", ".join(f"{speed:,.0f}" for speed, _ in rounds),
            ", ".join(f"{slower:.2f}" for _, slower in rounds),
        )


def _busy(there: Portal, stream: str) -> tuple[float, float]:
    """Return the rows a CPU second of one pull, and how much slower than at its best the machine was."""
    there.rest(0)
    before = slowdown()
    with _project() as project:
        figures = peers.figures(_ours("pull_ours", there.url, project, stream, "off"))
    return figures["rows"] / figures["cpu"], (before + slowdown()) / 2


# -- how little, where little changed ----------------------------------------------------------------------


def increments(size: Size) -> None:
    """Count the requests of a full pull, of one after 1 % of changes, and of one after none."""
    _title("Requests of a pull of companies", "companies", "full", "1 % changed", "nothing changed")
    for companies in (size.base, 5 * size.base):
        with portal(companies, 0, "off") as there, _project() as project:
            pull = _ours("pull_ours", there.url, project, "companies", "off")
            counts = [_requests(there, pull)]
            _change(there, companies // 100)
            counts += [_requests(there, pull), _requests(there, pull)]
        _line(f"{companies:,}", *(f"{count}" for count in counts))


def _requests(there: Portal, pull: list[str]) -> int:
    there.rest(0)
    before = there.counted()[0]
    peers.figures(pull)
    return there.counted()[0] - before


def _change(there: Portal, count: int) -> None:
    """Give so many companies, spread over all, another name, as people would."""
    for number in range(count):
        there.call("crm.company.update", id=number * 100 + 1, fields={"TITLE": f"ООО «Новая {number}»"})


# -- around ------------------------------------------------------------------------------------------------


def _ours(module: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]


@contextmanager
def _project() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _title(text: str, *columns: str) -> None:
    sys.stdout.write(f"\n### {text}\n\n")
    _line(*columns)
    _line(*("---" for _ in columns))


def _line(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


PARTS = {"race": race, "memory": memory, "work": work, "increments": increments}

if __name__ == "__main__":
    main()
