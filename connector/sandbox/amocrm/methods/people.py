"""Users and roles, which only administrators may read."""

from __future__ import annotations

import math
from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.paging import limit_of, page_of
from connector.sandbox.amocrm.sight import NO_RIGHT


def check(call: Call) -> None:
    """Refuse whoever is no administrator."""
    if call.account.faults.on("no_users"):
        raise AmoError(403, NO_RIGHT)
    call.account.sight.check_admin()


def users(call: Call) -> Any:
    """Return a page of users; those who were deleted are not there, those who left are."""
    check(call)
    entity, deleted = call.account.users, call.account.faults.number("deleted_user")
    numbers = [number for number in entity.ids if number != deleted]
    wanted, base = call.wanted, call.base
    page = page_of(call, "users", numbers, lambda number: entity.shown(entity.records[number], wanted, base))
    return with_totals(call, page, len(numbers))


def with_totals(call: Call, page: Any, total: int) -> Any:
    """Add the counts, which these lists have."""
    counts = {"_total_items": total, "_page_count": math.ceil(total / limit_of(call))}
    return page and {**counts, **page}


def one(call: Call) -> Any:
    """Return a user; 404 for one who is not there."""
    check(call)
    entity = call.account.users
    record = entity.get(call.args["id"])
    if record is None or record.id == call.account.faults.number("deleted_user"):
        raise AmoError(404, "User not found")
    return entity.shown(record, call.wanted, call.base)


def roles(call: Call) -> Any:
    """Return the roles."""
    check(call)
    found = list(call.account.users.roles.items())

    def shown(pair: tuple[str, int]) -> dict[str, Any]:
        name, number = pair
        return {"id": number, "name": name, "_links": {"self": {"href": f"{call.base}/roles/{number}"}}}

    return with_totals(call, page_of(call, "roles", found, shown), len(found))
