"""The envelope of every answer: result, total, next and the `time` block."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connector.sandbox.bitrix24.methods.answers import Answer
from connector.sandbox.bitrix24.stamps import stamp

Time = dict[str, Any]


def time_block(
    start: datetime, finish: datetime, operating: float | None = None, reset_at: int | str = 0
) -> Time:
    """Return the `time` block; the two operating figures only if `operating` is given, as on the cloud."""
    seconds = (finish - start).total_seconds()
    block: Time = {
        "start": start.timestamp(),
        "finish": finish.timestamp(),
        "duration": seconds,
        "processing": seconds,
        "date_start": stamp(start),
        "date_finish": stamp(finish),
    }
    return block if operating is None else block | {"operating_reset_at": reset_at, "operating": operating}


def wrap(answer: Answer, time: Time) -> dict[str, Any]:
    """Put a method's answer into the envelope; `next` and `total` only where it has them."""
    body: dict[str, Any] = {"result": answer.result}
    if answer.next is not None:
        body["next"] = answer.next
    if answer.total is not None:
        body["total"] = answer.total
    return body | {"time": time}
