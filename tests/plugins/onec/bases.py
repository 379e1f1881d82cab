"""Stand-ins of 1C with a small firm, and what they publish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sandbox.firms import firm

from connector.http.auth import Basic
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.plugins.onec.answers import judge
from connector.plugins.onec.api import JSON
from connector.plugins.onec.connect import schema
from connector.plugins.onec.schema import Schema
from connector.sandbox.server import Sandbox, running

ROOT = "odata/standard.odata"
CONFIGURATIONS = {
    "ut11": "ut11",
    "ut11-orders": "ut11",
    "ut11-turnovers": "ut11",
    "crm3": "crm3",
    "unf3": "unf3",
    "bp3": "bp3",
}
"""Profile -> configuration of the stand-in it is for."""


@contextmanager
def published(*faults: str) -> Iterator[tuple[Sandbox, Http, list[str]]]:
    """Serve a small firm; yield it, a way to it, and the names of its service document."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(running("onec", company=firm(), limits="off", faults=list(faults)))
        http = stack.enter_context(Http("base", bucket=Unlimited(), may_write=False))
        http.base_url, http.judge = sandbox.url + ROOT, judge
        http.auth = Basic("Администратор", "sandbox", JSON)
        names = [row["name"] for row in http.read("", verb="GET").body["value"]]
        yield sandbox, http, names


@contextmanager
def schema_of(*faults: str) -> Iterator[Schema]:
    """Yield what a stand-in with these faults publishes, got over HTTP."""
    with published(*faults) as (_, http, names), schema(http, names, None) as found:
        yield found
