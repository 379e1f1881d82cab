"""Serves a stand-in with a wide firm: `python serve_portal.py COMPANIES EVENTS LATENCY_MS LIMITS`."""

from __future__ import annotations

import sys
from datetime import datetime

from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import serve

companies, events, latency = map(int, sys.argv[1:4])
as_of = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
firm = generate_wide(companies=companies, events=events, as_of=as_of)
serve("bitrix24", company=firm, as_of=as_of, latency_ms=latency, limits=sys.argv[4], count_refused=True)
