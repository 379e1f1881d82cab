"""Serves a stand-in amoCRM with a wide firm: COMPANIES NOTES CHATS LIMITS, until standard input is closed.

Prints one line of JSON once it answers: its URL, and how many rows the streams that are read have.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime

from connector.sandbox.company.tables import Company
from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import running


def main() -> None:
    """Serve until standard input is closed."""
    companies, notes, chats = map(int, sys.argv[1:4])
    as_of = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
    firm = _spoken(generate_wide(companies=companies, events=notes + chats, as_of=as_of), notes)
    rows = {"companies": companies, "company_notes": notes, "chats": chats}
    with running("amocrm", company=firm, as_of=as_of, limits=sys.argv[4]) as sandbox:
        print(json.dumps({"url": sandbox.url, "rows": rows}), flush=True)
        sys.stdin.read()


def _spoken(firm: Company, notes: int) -> Company:
    """Let the first so many contacts be letters, which are notes, and the others messages in chats."""
    kinds = ["email" if place < notes else "message" for place in range(len(firm.tables["events"]))]
    spoken = [
        {**row, "kind": kind, "duration_s": "", "successful": ""}
        for row, kind in zip(firm.tables["events"], kinds, strict=True)
    ]
    return replace(firm, tables={**firm.tables, "events": spoken})


if __name__ == "__main__":
    main()
