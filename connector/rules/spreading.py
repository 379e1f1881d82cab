"""Spreads the contacts that a manager still owes over the days left: windows, then the day's load.

Earliest deadline first, which is best for jobs of one unit with a first and a last day each: where it misses
a window without levelling, no plan keeps them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Need(NamedTuple):
    """What a client is owed until the horizon; `overdue` where a planned contact was not held in time."""

    client: str
    abc: str
    value: int
    missing: int
    overdue: bool = False


@dataclass
class Spread:
    """A plan: `days[d]` are the clients of the d-th day in order; `beyond` and `unreachable` count the rest.

    `beyond` the manager's capacity, `unreachable` because fewer days than contacts are left.
    """

    days: list[list[str]]
    beyond: dict[str, int] = field(default_factory=dict)
    unreachable: dict[str, int] = field(default_factory=dict)


class _Job(NamedTuple):
    """One contact: the earliest and the latest of its days, and what settles who comes first."""

    first: int
    last: int
    order: tuple[bool, int, str, int, str]


def spread(needs: Sequence[Need], capacity: int, fixed: Sequence[Sequence[str]]) -> Spread:
    """Return who is contacted on which of the days; `fixed[d]` are the clients of planned contacts of day d.

    The same needs give the same plan, in whatever order they come.
    """
    count = len(fixed)
    jobs = {need.client: list(_jobs(need, count)) for need in sorted(needs)}
    days = _place(jobs, capacity, fixed, level=True)
    if _left(jobs, days):
        days = _place(jobs, capacity, fixed, level=False)
    unreachable = {need.client: need.missing - count for need in sorted(needs) if need.missing > count}
    return Spread(days, _left(jobs, days), unreachable)


def _jobs(need: Need, days: int) -> Iterator[_Job]:
    """Yield the client's contacts, spread evenly: the k-th of m gets the k-th part of the days."""
    wanted = min(max(need.missing, int(need.overdue)), days)
    for number in range(wanted):
        late = need.overdue and number == 0
        last = 0 if late else (number + 1) * days // wanted - 1
        yield _Job(number * days // wanted, last, (not late, last, need.abc, -need.value, need.client))


def _place(
    jobs: dict[str, list[_Job]], capacity: int, fixed: Sequence[Sequence[str]], *, level: bool
) -> list[list[str]]:
    waiting = {client: list(reversed(mine)) for client, mine in jobs.items() if mine}
    unplaced, ahead = sum(map(len, waiting.values())), sum(map(len, fixed))
    days: list[list[str]] = []
    for day, taken in enumerate(fixed):
        open_jobs = [
            mine[-1]
            for client, mine in waiting.items()
            if mine and mine[-1].first <= day and client not in taken
        ]
        take = capacity - len(taken)
        if level:
            due = sum(job.last <= day for job in open_jobs)
            share = -(-(unplaced + ahead) // (len(fixed) - day)) - len(taken)
            take = min(take, max(due, share))
        chosen = [job.order[-1] for job in sorted(open_jobs, key=lambda job: job.order)[: max(0, take)]]
        for client in chosen:
            waiting[client].pop()
        unplaced, ahead = unplaced - len(chosen), ahead - len(taken)
        days.append(chosen)
    return days


def _left(jobs: dict[str, list[_Job]], days: Sequence[Sequence[str]]) -> dict[str, int]:
    """Count each client's contacts that found no day."""
    placed: dict[str, int] = {}
    for client in (client for day in days for client in day):
        placed[client] = placed.get(client, 0) + 1
    return {
        client: len(mine) - placed.get(client, 0)
        for client, mine in jobs.items()
        if len(mine) > placed.get(client, 0)
    }
