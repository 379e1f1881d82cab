"""Pages of lists in HAL: no totals, an unreliable `_links.next`, 204 for nothing, a limit that falls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.entities.cards import CARDS
from connector.sandbox.amocrm.query import whole

DEFAULT, MOST, MOST_EVENTS = 50, 250, 100
T = TypeVar("T")


def limit_of(call: Call, most: int = MOST) -> int:
    """Return how many rows a page has: what is asked for, and the default for anything above the maximum."""
    asked = whole(call.query.get("limit", DEFAULT), DEFAULT)
    return asked if 1 <= asked <= most else DEFAULT


def page_of(call: Call, name: str, rows: Sequence[T], show: Callable[[T], Any], most: int = MOST) -> Any:
    """Return one page of a list; nothing where it is empty or past the end."""
    faults = call.account.faults
    limit = limit_of(call, most)
    size = min(limit, faults.number("short_pages") or limit)
    page = max(1, whole(call.query.get("page", 1), 1))
    if page > 1 and faults.strikes("early_204", [call.name]):
        return None
    chosen = rows[(page - 1) * size : page * size]
    if not chosen and not faults.on("empty_200"):
        return None
    links = {"self": {"href": address(call, page, limit)}}
    if page > 1:
        links |= {
            "first": {"href": address(call, 1, limit)},
            "prev": {"href": address(call, page - 1, limit)},
        }
    if has_next(call, name, full=len(chosen) == size, more=len(rows) > page * size):
        bare = faults.strikes("false_next", [call.name])
        links["next"] = {"href": address(call, page + 1, limit, bare=bare)}
    return {"_page": page, "_links": links, "_embedded": {name: [show(row) for row in chosen]}}


def has_next(call: Call, name: str, *, full: bool, more: bool) -> bool:
    """Tell whether a page names a next one.

    A full page does, even if it was the last: these lists cannot count. Faults make it always or never so.
    """
    faults = call.account.faults
    if more and faults.strikes("missing_next", [call.name]):
        return False
    return full or (faults.on("always_next") and name in CARDS)


def address(call: Call, page: int, limit: int, *, bare: bool = False) -> str:
    """Return the address of a page of this list; `bare` forgets filter and order."""
    known = parse_qsl(call.request.query, keep_blank_values=True)
    kept = [] if bare else [(key, value) for key, value in known if key not in {"page", "limit"}]
    query = urlencode([*kept, ("limit", str(limit)), ("page", str(page))], safe="[],")
    return f"{call.link}?{query}"


def counted(call: Call, name: str, rows: list[Any]) -> dict[str, Any]:
    """Return a short list that is not paged and tells how many there are."""
    links = {"self": {"href": call.asked}}
    return {"_total_items": len(rows), "_links": links, "_embedded": {name: rows}}
