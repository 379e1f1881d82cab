"""The methods of the API: which path and verb is which, and what it may write."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector.sandbox.amocrm.calling import API, Call
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.methods import (
    account,
    calls,
    cards,
    complexes,
    directories,
    events,
    fields,
    links,
    notes,
    people,
    tasks,
)

Method = Callable[[Call], Any]
CARD = "(?P<cards>leads|contacts|companies)"
ID = r"(?P<id>\d+)"
READ = "GET"


@dataclass(frozen=True)
class Route:
    """One path with one verb; `name` is how faults call it, `{cards}` filled in from the path."""

    verb: str
    path: re.Pattern[str]
    name: str
    method: Method
    writes: bool


def route(line: str, method: Method) -> Route:
    """Read a line `VERB path name`."""
    verb, path, name = line.split()
    return Route(verb, re.compile(path), name, method, verb != READ)


ROUTES: list[Route] = [
    route("GET /account account.get", account.get),
    route("GET /users users.list", people.users),
    route(f"GET /users/{ID} users.get", people.one),
    route("GET /roles roles.list", people.roles),
    route("GET /leads/pipelines pipelines.list", directories.pipelines),
    route(f"GET /leads/pipelines/{ID} pipelines.get", directories.pipeline),
    route(f"GET /leads/pipelines/{ID}/statuses statuses.list", directories.statuses),
    route(rf"GET /leads/pipelines/{ID}/statuses/(?P<status>\d+) statuses.get", directories.status),
    route("GET /leads/loss_reasons loss_reasons.list", directories.reasons),
    route(f"GET /leads/loss_reasons/{ID} loss_reasons.get", directories.reason),
    route("GET /leads/unsorted unsorted.list", directories.nothing),
    route("GET /catalogs catalogs.list", directories.nothing),
    route("GET /customers.* customers.list", directories.no_customers),
    route("POST /leads/complex leads.complex", complexes.add),
    route("POST /calls calls.add", calls.add),
    route(f"GET /{CARD}/custom_fields {{cards}}.custom_fields.list", fields.listing),
    route(f"GET /{CARD}/custom_fields/{ID} {{cards}}.custom_fields.get", fields.one),
    route(f"POST /{CARD}/custom_fields {{cards}}.custom_fields.add", fields.add),
    route(f"GET /{CARD}/tags {{cards}}.tags.list", directories.tags),
    route(f"POST /{CARD}/tags {{cards}}.tags.add", directories.add_tags),
    route(f"GET /{CARD}/links {{cards}}.links.list", links.listing),
    route(f"POST /{CARD}/link {{cards}}.link", links.link_many),
    route(f"POST /{CARD}/unlink {{cards}}.unlink", links.unlink_many),
    route(f"GET /{CARD}/{ID}/links {{cards}}.links.list", links.of_one),
    route(f"POST /{CARD}/{ID}/link {{cards}}.link", links.link),
    route(f"POST /{CARD}/{ID}/unlink {{cards}}.unlink", links.unlink),
    route(f"GET /{CARD}/notes {{cards}}.notes.list", notes.listing),
    route(f"POST /{CARD}/notes {{cards}}.notes.add", notes.add),
    route(f"PATCH /{CARD}/notes {{cards}}.notes.update", notes.update),
    route(f"GET /{CARD}/{ID}/notes {{cards}}.notes.list", notes.of_one),
    route(f"POST /{CARD}/{ID}/notes {{cards}}.notes.add", notes.add_to),
    route(rf"GET /{CARD}/{ID}/notes/(?P<note>\d+) {{cards}}.notes.get", notes.one),
    route(rf"PATCH /{CARD}/{ID}/notes/(?P<note>\d+) {{cards}}.notes.update", notes.update_one),
    route(f"GET /{CARD} {{cards}}.list", cards.listing),
    route(f"POST /{CARD} {{cards}}.add", cards.add),
    route(f"PATCH /{CARD} {{cards}}.update", cards.update),
    route(f"GET /{CARD}/{ID} {{cards}}.get", cards.one),
    route(f"PATCH /{CARD}/{ID} {{cards}}.update", cards.update_one),
    route("GET /tasks tasks.list", tasks.listing),
    route("POST /tasks tasks.add", tasks.add),
    route("PATCH /tasks tasks.update", tasks.update),
    route(f"GET /tasks/{ID} tasks.get", tasks.one),
    route(f"PATCH /tasks/{ID} tasks.update", tasks.update_one),
    route("GET /events events.list", events.listing),
    route("GET /events/types events.types", events.types),
    route(r"GET /events/(?P<event>\w+) events.get", events.one),
]


def find(verb: str, path: str, root: str = "") -> tuple[Route, dict[str, str], str]:
    """Return the route of a call, the parts of its path, and its name; 404 or 405 where there is none.

    `root` is the account's address, which a 404 spells out.
    """
    inner = path.removeprefix(API).rstrip("/")
    matches = [(one, found) for one in ROUTES if (found := one.path.fullmatch(inner))]
    if not path.startswith(API) or not matches:
        raise AmoError(404, f"Cannot {verb} {root}{path}")
    for one, found in matches:
        if one.verb == verb:
            args = found.groupdict()
            return one, args, one.name.format(**args)
    raise AmoError(405, "Method Not Allowed")
