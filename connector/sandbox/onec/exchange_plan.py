"""An exchange plan: what changed since a node confirmed its last message, and the confirmation.

Registration is a set: only the last state of a record counts. The same message asked for again brings what
came meanwhile too, so that a node can have one reader only. Options are passed over.
"""

from __future__ import annotations

import re

from connector.sandbox.onec.addressing import Asked
from connector.sandbox.onec.atom import HEAD, NAMESPACES, entry
from connector.sandbox.onec.base import Base, Change
from connector.sandbox.onec.errors import ODataError, no_instance
from connector.sandbox.onec.reading import Table
from connector.sandbox.onec.shaping import Shaper

POINT = re.compile(r".*/(?P<plan>ExchangePlan_\w+)\(guid'(?P<node>[0-9a-fA-F-]{36})'\)'?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def open_nodes(base: Base) -> None:
    """Begin to register changes for every node that is not this base."""
    for name in base.types:
        if name.startswith("ExchangePlan_"):
            nodes = [row["Ref_Key"] for row in base.rows(name) if not row["ThisNode"]]
            base.queue |= {node: {} for node in nodes}


def asked_for(base: Base, asked: Asked) -> tuple[str, str, int]:
    """Return plan, node and message of a request; ODataError 12 if one is missing, 9 for no such node."""
    point, number = asked.others.get("DataExchangePoint", ""), asked.others.get("MessageNo", "")
    found = POINT.fullmatch(point)
    if not found or not number.isdigit():
        raise ODataError(400, 12, "Не указано значение параметра DataExchangePoint или MessageNo")
    node = found["node"].lower()
    if base.get(found["plan"], node) is None or node not in base.queue:
        raise no_instance()
    return found["plan"], node, int(number)


def select_changes(base: Base, asked: Asked, root: str) -> bytes:
    """Return the package of a message as a feed; ODataError 400 if one value has a control sign."""
    plan, node, message = asked_for(base, asked)
    base.records[plan][node].row["SentNo"] = message
    entries = []
    for (entity, key), change in base.queue[node].items():
        change.message = change.message or message
        entries.append(changed(base, entity, key, change, root))
    body = f'{HEAD}<feed {NAMESPACES} xml:base="{root}">{"".join(entries)}</feed>'
    if CONTROL.search(body):
        raise ODataError(400, 1, "Недопустимый символ XML")
    return body.encode()


def changed(base: Base, entity: str, key: object, change: Change, root: str) -> str:
    """Return one entry; nothing for a set outside the composition, a tombstone for a record that is gone."""
    types = base.published()
    if entity not in types or entity.startswith("ExchangePlan_"):
        return ""
    if change.deleted:
        return f'<at:deleted-entry ref="{root}{entity}(guid\'{key}\')" when="{change.deleted}Z"/>'
    record = base.records[entity].get(key)  # type: ignore[call-overload]
    table = Table(base, types[entity])
    return entry(table.entity, entity, Shaper(table, Asked(), "none").row(record.row), root) if record else ""


def confirm(base: Base, asked: Asked) -> None:
    """Forget what went out up to the message."""
    plan, node, message = asked_for(base, asked)
    base.records[plan][node].row["ReceivedNo"] = message
    kept = {place: change for place, change in base.queue[node].items() if not 0 < change.message <= message}
    base.queue[node] = kept
