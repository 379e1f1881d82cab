"""What came back from a vendor: status, headers, and the body as JSON whatever its content type says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connector import clock

SNIPPET = 200


@dataclass(frozen=True)
class Answer:
    """One answer: `body` is the decoded JSON, None where the bytes are none; then `text` is how they begin.

    `where` names the source and the path that the plugin gave: never the base, which may hold a secret.
    `headers` are found whatever the case of their names. `elapsed` is in seconds, `size` that of the body in
    bytes, unpacked.
    """

    where: str
    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)
    text: str = ""
    elapsed: float = 0.0
    size: int = 0

    def retry_after(self) -> float | None:
        """Return the seconds to wait that the vendor names (RFC 9110, 10.2.3: number or date), else None."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isdigit():
            return float(value)
        until = _http_date(value)
        if until is None:
            return None
        said_at = _http_date(self.headers.get("Date", "")) or clock.now()
        return max(0.0, (until - said_at).total_seconds())

    def clock_ahead(self) -> float | None:
        """Return by how many seconds the sender's clock is ahead of ours, by its Date; None without one.

        Whole seconds and the time on the way make it right to about 2 s.
        """
        said_at = _http_date(self.headers.get("Date", ""))
        return None if said_at is None else (said_at - clock.now()).total_seconds()


def decode(content: bytes) -> tuple[Any, str]:
    """Return the JSON in the bytes and an empty text, or None and the beginning of what they are instead."""
    try:
        return orjson.loads(content), ""
    except orjson.JSONDecodeError:
        return None, " ".join(content[: 4 * SNIPPET].decode("utf-8", "replace").split())[:SNIPPET]


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
