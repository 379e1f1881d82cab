"""Names requests for faults and journals: the set, and the verb with it."""

from __future__ import annotations

from connector.sandbox.exchange import Request
from connector.sandbox.onec.addressing import asked, decoded, segments
from connector.sandbox.onec.errors import ODataError

MARK = "odata/standard.odata"


def names_of(request: Request) -> tuple[str, ...]:
    """Return what fault patterns may match: `Catalog_Партнеры`, `PATCH Catalog_Партнеры`, `.../Post`."""
    try:
        steps = segments(decoded(request.path).partition(MARK)[2])
    except ODataError:
        steps = []
    path = "/".join(step.name for step in steps) or "service"
    return (steps[0].name if steps else path, path, f"{request.verb} {path}")


def wants_json(request: Request) -> bool:
    """Tell whether a refusal shall be written as JSON."""
    try:
        given = asked(request.query).get("$format").lower()
    except ODataError:
        given = ""
    return "json" in given or ("json" in request.headers.get("accept", "").lower() and given != "atom")
