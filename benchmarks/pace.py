"""How fast this machine is at the moment: a fixed piece of work, against its own fastest time."""

from __future__ import annotations

import time

import orjson

ROUNDS = 200
_ROWS = [{"ID": str(number), "TITLE": "x" * 30, "PHONE": [{"VALUE": "1"}]} for number in range(100)]
_TEXT = orjson.dumps(_ROWS)


def slowdown() -> float:
    """Return how many times longer than at its fastest the work took on average, in processor time.

    Other programs on the machine cost a process more than its share of time: they empty the caches.
    """
    times = sorted(_unit() for _ in range(ROUNDS))
    return sum(times) / len(times) / times[0]


def _unit() -> float:
    begun = time.process_time()
    made = {str(number): (number, f"a{number}") for number in range(4_000)}
    for _ in range(20):
        orjson.loads(_TEXT)
        orjson.dumps(_ROWS)
    return (time.process_time() - begun) * (len(made) / 4_000)
