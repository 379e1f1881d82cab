"""Serves a stand-in with a wide firm: `python -m benchmarks.serve_portal COMPANIES EVENTS LIMITS`.

Prints one line of JSON once it answers: its URL, and how many rows its lists have.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import running

COUNTED = ("company", "requisite", "activity")


def main() -> None:
    """Serve until standard input is closed."""
    companies, events = map(int, sys.argv[1:3])
    as_of = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
    firm = generate_wide(companies=companies, events=events, as_of=as_of)
    with running("bitrix24", company=firm, as_of=as_of, limits=sys.argv[3], count_refused=True) as sandbox:
        entities = sandbox.stand_in.portal.entities
        rows = {name: len(entities[name].ids) for name in COUNTED}
        print(json.dumps({"url": sandbox.url, "rows": rows}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
