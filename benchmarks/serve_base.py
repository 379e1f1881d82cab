"""Serves a stand-in УТ 11 with a wide firm: CLIENTS CALLS, until standard input is closed.

Prints one line of JSON once it answers: its URL, and how many rows the streams that are read have.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime

from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import running


def main() -> None:
    """Serve until standard input is closed."""
    clients, calls = map(int, sys.argv[1:3])
    as_of = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
    firm = generate_wide(companies=clients, events=calls, as_of=as_of)
    spoken = [{**row, "kind": "call"} for row in firm.tables["events"]]
    firm = replace(firm, tables={**firm.tables, "events": spoken})
    with running("onec", company=firm, as_of=as_of, limits="off") as sandbox:
        print(json.dumps({"url": sandbox.url, "rows": {"clients": clients, "calls": calls}}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
