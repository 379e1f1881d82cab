"""Reads what `connector record` wrote, and holds a plugin to it: recorded rows must become records."""

from __future__ import annotations

import json
from pathlib import Path

from connector.sync.parsing import parse_rows
from connector.testing.bench import Bench, Skipped
from connector.testing.checks import Check


def recorded_promise(path: Path) -> Check:
    """Return the check that every recorded row of every stream can be read by the plugin."""
    streams = json.loads(path.read_text(encoding="utf-8"))["streams"]

    def recorded_rows_can_be_read(bench: Bench) -> None:
        """Each row that a live account gave becomes records; none goes into quarantine."""
        if not any(streams.values()):
            raise Skipped(f"{path.name} holds no row")
        with bench.open() as opened:
            for stream in opened.source.streams():
                _, rejected = parse_rows(stream, streams.get(stream.name, []))
                said = [f"{each.external_id}: {each.field} {each.reason}" for each in rejected]
                assert not said, f"{stream.name}: {'; '.join(said[:3])}"

    return recorded_rows_can_be_read
