"""Turns rows of a base into canonical records, field by field as the resolved profile says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from connector import identifiers
from connector.changes import MARKER_PREFIX
from connector.errors import RecordError
from connector.flagwords import COMPLETED_BY_US
from connector.model import (
    Client,
    Contact,
    Deal,
    Employee,
    Entity,
    Event,
    EventKind,
    Ref,
    Role,
    Sale,
    StageChange,
    Task,
)
from connector.plugins.comparable import checked, every
from connector.plugins.onec import values
from connector.plugins.onec.cellreader import CellReader, Row
from connector.plugins.onec.profile import Cells, EntityName, Profile, Table
from connector.plugins.ownfields import CLASSES, STATUSES

MARK = re.compile(rf"\[?{MARKER_PREFIX}([0-9a-f]{{20}})( \w+)*\]?")
"""What we leave in the text of a record: the key of our change."""
MARKED = "@text"
"""The field of a table that holds the text in which our marks stand."""
PERIOD = "@month"
"""The key under which a row of turnovers carries its last day: the table itself has no column for it."""
JOINED = "@"
"""Begins the keys under which a row carries records of other sets that belong to it."""
_REFERENCES: Mapping[str, EntityName] = {
    "owner": "employee",
    "employee": "employee",
    "assignee": "employee",
    "client": "client",
    "deal": "deal",
    "head": "employee",
}
_PEOPLE = {"owner", "employee", "assignee", "head"}
_MOMENTS = {"created_at", "closed_at", "planned_at", "completed_at", "logged_at", "due", "entered_at"}
_DAYS = {"expected_close", "active_from", "active_to"}
_MONEY = {"amount", "margin", "cost"}
_WHOLE = {"duration_s", "capacity"}
_FLAGS = {"active", "successful", "key_account", "accepts_more"}
_LISTS = {"phones", "emails", "tags", "industries", "regions", "co_owners"}
_MODELS: Mapping[EntityName, type[Entity]] = {
    "employee": Employee,
    "client": Client,
    "contact": Contact,
    "event": Event,
    "deal": Deal,
    "stage": StageChange,
    "sale": Sale,
    "task": Task,
}
_FIELDS = {
    name: (
        frozenset(model.model_fields),
        tuple(each for each, field in model.model_fields.items() if field.is_required() and each != "ref"),
    )
    for name, model in _MODELS.items()
}
"""By entity: the fields that the model knows, and those that it cannot do without."""
_CHECKED: Mapping[str, Callable[[str], str | None]] = {"inn": identifiers.inn, "kpp": identifiers.kpp}
Values = dict[str, Any]


class Builder:
    """Builds the records of one table; rows must have been primed, and joined where the table has joins."""

    def __init__(
        self,
        source: str,
        zone: ZoneInfo,
        profile: Profile,
        cells: CellReader,
        *,
        roles: Mapping[str, Role],
        kinds: Mapping[str, EventKind],
        flags: Collection[str] = (),
    ) -> None:
        self._source = source
        self._zone = zone
        self._cells = cells
        self._flags = flags
        self._roles = {name.casefold(): role for name, role in roles.items()}
        self._kinds = {name.casefold(): kind for name, kind in kinds.items()}
        self._contacts = profile.of("contact")
        for table in self._contacts:
            for cell in table.fields["client"]:
                cells.lookups.want(table.set, cell.select)
        self._sets = {
            name: frozenset(table.set for table in profile.of(name)) for name in set(_REFERENCES.values())
        }

    def entities(self, table: Table, row: Row, external_id: str) -> Sequence[Entity]:
        """Return what a row holds; nothing for a sale of nobody. RecordError where it cannot be read."""
        found = self.values(table, row)
        flags = found.pop("flags")
        common = {"ref": Ref(self._source, external_id), "raw": dict(row), "flags": flags}
        if table.entity == "task":
            return self._task(found, common)
        if table.entity == "sale":
            if found.get("client") is None:
                return ()
            _complete_sale(found, row)
        if table.entity == "client":
            # An attribute that says yes or no stands on the card only where it says yes.
            found = {**dict.fromkeys(self._flags, False), **found}
            _into_custom(found)
        if table.entity == "employee" and "role" not in found:
            found["role"] = self._role(found.get("department"))
        if table.entity == "event":
            found["key"] = _key_in(self._texts(table, row))
            common["flags"] = (*flags, *_by_us(found))
        return (_MODELS[table.entity](**_complete(table, found), **common),)

    def values(self, table: Table, row: Row) -> Values:
        """Return the canonical fields that the row fills, and under "flags" what could not be read."""
        told = table.fields.get("status") or table.fields.get("stage_kind", ())
        status = self._cells.first(told, row) or ""
        found: Values = {"flags": ()}
        for name, cells in table.fields.items():
            value, flags = self._value(table, name, cells, row, status)
            if value is not None:
                found[name] = value
            found["flags"] += flags
        for join in table.joins:
            others = [other for other in row.get(JOINED + join.set, ()) if isinstance(other, dict)]
            self._take_joined(join.fields, others, found)
        return found

    def _take_joined(self, fields: Mapping[str, Cells], others: Sequence[Row], found: Values) -> None:
        """Fill from records that belong to the row: the first that says anything; all INNs stay in custom."""
        for name, cells in fields.items():
            said = values.once(word for other in others for word in self._cells.texts(cells, other))
            if said and name not in found:
                found[name], flags = self._spelt(name, said)
                found["flags"] += flags
            if name == "inn" and len(said) > 1:
                found["inns"] = list(said)

    def _value(
        self, table: Table, name: str, cells: Cells, row: Row, status: str
    ) -> tuple[Any, tuple[str, ...]]:
        if name in _REFERENCES and not (table.entity == "stage" and name == "deal"):
            return self._referred(name, cells, row), ()
        if name == "kind" and table.entity == "event":
            return self._kind(cells, row), ()
        if name == "phones":
            return self._phones(cells, row)
        said = self._cells.texts(cells, row, status)
        return self._spelt(name, said, table) if said else (None, ())

    def _spelt(
        self, name: str, said: Sequence[str], table: Table | None = None
    ) -> tuple[Any, tuple[str, ...]]:
        """Return texts as the field has them, and the flags that they earn."""
        first = said[0]
        if name == "status" and table is not None and table.entity == "client":
            return _status(first)
        if name in _LISTS:
            several = values.once(part for each in said for part in values.several(each))
            if name == "emails":
                return every(several, identifiers.email, "invalid:emails")
            return several, ()
        if name in _CHECKED:
            return checked(first, _CHECKED[name], name)
        if name in _MOMENTS:
            return values.moment(first, self._zone, name), ()
        if name in _DAYS or name == "date":
            return values.day(first, name), ()
        if name in _MONEY:
            amount = values.kopecks(first, name)
            return (-amount if table is not None and table.negative else amount), ()
        if name in _FLAGS:
            return values.flag(first, name), ()
        return _SPELLINGS.get(name, _as_it_is)(first)

    def _referred(self, name: str, cells: Cells, row: Row) -> str | None:
        """Return the id of the first object of the right sort to which the cells lead.

        Any other sort is passed over: whom a call names may be the client or a person there. Where the sets
        of that sort are not read, the first object counts.
        """
        wanted = self._sets[_REFERENCES[name]]
        for ref in self._cells.refs(cells, row):
            meant = self._cells.bridged(ref) if name in _PEOPLE else ref
            if meant is not None and (not wanted or meant[0] in wanted):
                return meant[1]
            if name == "client" and (owner := self._client_of(ref)) is not None:
                return owner
        return None

    def _client_of(self, ref: tuple[str, str]) -> str | None:
        """Return the client at whom a person is; None for what is no person at a client."""
        for table in self._contacts:
            if table.set == ref[0]:
                record = self._cells.lookups.get(*ref)
                return self._referred("client", table.fields["client"], record) if record else None
        return None

    def _kind(self, cells: Cells, row: Row) -> str | None:
        """Return the kind of an event: by the settings for what the base says, else by the profile."""
        for cell in cells:
            plain = self._cells.plain(cell, row) or ""
            if plain.casefold() in self._kinds:
                return self._kinds[plain.casefold()]
        return self._cells.first(cells, row)

    def _phones(self, cells: Cells, row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the phones: of each line what was typed where that is a number, else its digits apart.

        What was typed may have an extension, which the digits lack.
        """
        said = [word for cell in cells for word in self._cells.typed(cell, row)]
        return every(values.once(said), identifiers.phone, "invalid:phones")

    def _task(self, found: Values, common: Values) -> Sequence[Entity]:
        """Return a task of ours as a task, anybody else's as a task and as a touch."""
        text = " ".join(str(found.get(name) or "") for name in (MARKED, "title", "result"))
        key = _key_in([text])
        done = found.get("status") in {"completed", "done"}
        cancelled = found.get("status") == "cancelled"
        task = Task(
            client=found.get("client"),
            deal=found.get("deal"),
            assignee=found.get("assignee") or found.get("employee"),
            title=str(found.get("title") or found.get("subject") or ""),
            due=found.get("due") or found.get("planned_at"),
            status="done" if done or cancelled else "open",
            created_at=found.get("created_at") or found.get("logged_at"),
            closed_at=found.get("closed_at") or found.get("completed_at") if done else None,
            key=key,
            **common,
        )
        if key:
            return (task,)
        event = Event(
            client=task.client,
            employee=task.assignee,
            kind="task",
            status="completed" if done else "cancelled" if cancelled else "planned",
            planned_at=task.due,
            completed_at=task.closed_at,
            logged_at=task.created_at,
            subject=task.title or None,
            result=found.get("result"),
            deal=task.deal,
            **common,
        )
        return (task, event)

    def _role(self, department: str | None) -> Role | None:
        """Return the role that the settings give to a department."""
        return self._roles.get((department or "").casefold())

    def _texts(self, table: Table, row: Row) -> list[str]:
        """Return the texts of an event in which our mark may stand."""
        names = ("subject", "result", MARKED)
        return [word for name in names for word in self._cells.texts(table.fields.get(name, ()), row)]


def without_mark(said: str | None) -> str | None:
    """Return a text without our mark; None for what is empty then."""
    return MARK.sub("", said).strip() or None if said else None


def _key_in(texts: Sequence[str]) -> str | None:
    found = next((hit for text in texts if (hit := MARK.search(text))), None)
    return found[1] if found else None


def _by_us(found: Values) -> tuple[str, ...]:
    """Return the flag of an event that we ourselves closed: its result carries a mark of ours."""
    closed = found.get("status") == "completed" and MARK.search(str(found.get("result") or "")) is not None
    return (COMPLETED_BY_US,) if closed and " done" in str(found.get("result")) else ()


def _complete_sale(found: Values, row: Row) -> None:
    """Fill in what a turnover of a month lacks: its day, and the margin where the cost is known."""
    if "date" not in found and row.get(PERIOD):
        found["date"] = values.day(str(row[PERIOD]), "date")
    if "cost" in found and found.get("amount") is not None:
        found.setdefault("margin", found["amount"] - found["cost"])


def _into_custom(found: Values) -> None:
    """Put what the model has no field for into the client's custom fields."""
    own = {name: found.pop(name) for name in list(found) if name not in _FIELDS["client"][0]}
    found["custom"] = own


def _complete(table: Table, found: Values) -> Values:
    """Return the fields that the model knows; RecordError where one that it cannot do without is missing."""
    names, required = _FIELDS[table.entity]
    known = {name: value for name, value in found.items() if name in names}
    for name in required:
        if known.get(name) is None:
            raise RecordError(f"the record has no {name}", field=name)
    for name in ("subject", "result", "title"):
        if isinstance(known.get(name), str):
            known[name] = without_mark(known[name]) or ("" if name == "title" else None)
    return known


def _as_it_is(said: str) -> tuple[Any, tuple[str, ...]]:
    return said, ()


def _probability(said: str) -> tuple[Any, tuple[str, ...]]:
    """1C keeps percent."""
    return float(values.number(said, "probability")) / 100, ()


def _whole(said: str) -> tuple[Any, tuple[str, ...]]:
    return values.whole(said, "number"), ()


def _class(said: str) -> tuple[Any, tuple[str, ...]]:
    word = CLASSES.get(said.upper())
    return word, () if word else ("invalid:abc",)


def _status(said: str) -> tuple[Any, tuple[str, ...]]:
    word = STATUSES.get(said.casefold())
    return word, () if word else ("invalid:status",)


_SPELLINGS: Mapping[str, Callable[[str], tuple[Any, tuple[str, ...]]]] = {
    "probability": _probability,
    **dict.fromkeys(_WHOLE, _whole),
    "abc": _class,
}
