"""Measures how long a large base is judged and prints a Markdown table: `python -m benchmarks.decide`.

A million clients, ten million events and two million deals are made by a seed, straight into a store in a
temporary folder. `decide` reads and judges by abc, contact_norm, no_contact, next_contact and withdraw up to
the frames of decisions; beside it, in the same run, `floor` reads the same frames and counts the events of
each client, without which nobody judges. What is compared are ratios of one run. Takes about ten minutes and
some 4 GiB of disk; `--quick` is the same on a small base and proves only that the benchmark runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.large_store import Size, fill

FULL, QUICK = Size(1_000_000, 10_000_000, 2_000_000), Size(2_000, 20_000, 4_000)
STEPS = ("floor", "decide", "jsonl", "storing")
TIMES_AIM, MIB_AIM = 2.0, 3 * 1024


def main() -> None:
    """Make the store, run each step in a process of its own, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small base, seconds in all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = QUICK if given.quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "connector.db"
        fill(store, size, given.seed)
        figures = {step: _measured(step, store) for step in STEPS}
    _say(f"\n### {size.clients:,} clients, {size.events:,} events, {size.deals:,} deals\n\n")
    _line("step", "rows", "s", "÷ floor", "CPU s", "÷ floor", "MiB", "MiB of the reader")
    _line(*("---" for _ in range(8)))
    for step, found in figures.items():
        _line(step, *_cells(found, figures["floor"]))
    _say(f"\n{_verdict(figures)}\n")


def _measured(step: str, store: Path) -> dict[str, Any]:
    figures = peers.figures([sys.executable, "-m", "benchmarks.decide_ours", step, str(store)])
    if "error" in figures:
        raise SystemExit(f"{step}: {figures['error']}")
    return figures


def _cells(found: dict[str, Any], floor: dict[str, Any]) -> list[str]:
    times = (f"{found[key]:.2f}|{found[key] / floor[key]:.2f}" for key in ("seconds", "cpu"))
    sizes = (f"{found[key]:,.0f}" for key in ("mib", "reader_mib"))
    return [f"{found['rows']:,}", *(cell for pair in times for cell in pair.split("|")), *sizes]


def _verdict(figures: dict[str, dict[str, Any]]) -> str:
    """Say how far from the aims it is: twice the floor, 3 GiB."""
    floor, judged = figures["floor"], figures["decide"]
    times, mib = judged["cpu"] / floor["cpu"] / TIMES_AIM, judged["mib"] / MIB_AIM
    return f"decide ÷ aim: {times:.2f} of twice the floor's processor time, {mib:.2f} of 3 GiB"


def _line(*cells: str) -> None:
    _say(f"| {' | '.join(cells)} |\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
