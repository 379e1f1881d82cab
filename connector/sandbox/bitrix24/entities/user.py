"""Users and departments: the employees and the tree they sit in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.names import POSITIONS, name_parts, parts
from connector.sandbox.bitrix24.fields import Field, computed, constant, kept
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

ROOT = 1
ROOT_NAME = "Наша компания"


def build(portal: Portal) -> Entity:
    """Make the users from the employees; dismissed ones stay, with ACTIVE false."""
    entity = Entity("user", fields(portal))
    entity.load(Record(number, row) for number, row in portal.truth.rows["employees"].items())
    return entity


def fields(portal: Portal) -> list[Field]:
    """Return the fields user.get shows; dates the portal does not have come as `{}`, as captured."""
    names = enumerate(("LAST_NAME", "NAME", "SECOND_NAME"))
    naming = {name: computed(name, "string", named(place), title=name) for place, name in names}
    return [
        computed("ID", "integer", lambda record: str(record.id)),
        computed("ACTIVE", "boolean", lambda record: record.row["active"] != "0"),
        *(naming[name] for name in ("NAME", "LAST_NAME", "SECOND_NAME")),
        computed("EMAIL", "string", lambda record: record.row["email"]),
        computed("LAST_LOGIN", "datetime", lambda _: portal.started),
        computed("DATE_REGISTER", "datetime", registered),
        constant("TIME_ZONE", ""),
        constant("IS_ONLINE", "N"),
        kept("TIMESTAMP_X", "datetime", {}),
        constant("LAST_ACTIVITY_DATE", {}, "datetime"),
        constant("PERSONAL_GENDER", ""),
        constant("PERSONAL_WWW", ""),
        constant("PERSONAL_BIRTHDAY", "", "date"),
        computed("PERSONAL_MOBILE", "string", lambda record: phone(record.row, 1)),
        constant("PERSONAL_CITY", ""),
        computed("WORK_PHONE", "string", lambda record: phone(record.row, 0)),
        computed(
            "WORK_POSITION", "string", lambda record: POSITIONS.get(record.row["role"], record.row["role"])
        ),
        constant("UF_EMPLOYMENT_DATE", "", "date"),
        computed(
            "UF_DEPARTMENT", "integer", lambda record: [portal.department_of(record.row)], multiple=True
        ),
        constant("USER_TYPE", "employee"),
    ]


def named(place: int) -> Callable[[Record], str]:
    """Return the reader of one part of the name."""
    return lambda record: name_parts(record.row["name"])[place]


def registered(record: Record) -> str:
    """Return the first day, at midnight UTC as captures show it; empty if it is not known."""
    return stamps.day_stamp(record.row["active_from"])


def phone(row: Row, place: int) -> str:
    """Return the n-th phone, or nothing."""
    return ([*parts(row["phones"]), "", ""])[place]


def build_departments(portal: Portal) -> Entity:
    """Make the departments: one root, and one under it for each department the employees name."""
    entity = Entity("department", [kept(name) for name in ("ID", "NAME", "SORT", "PARENT", "UF_HEAD")])
    heads = department_heads(portal)
    records = [Record(ROOT, {}, department(ROOT, ROOT_NAME, "", director(portal)))]
    for number, name in enumerate(portal.department_names(), ROOT + 1):
        records.append(Record(number, {}, department(number, name, str(ROOT), heads.get(name, ""))))
    entity.load(records)
    return entity


def department(number: int, name: str, parent: str, head: str) -> dict[str, object]:
    """Return one department; PARENT and UF_HEAD are absent where there is none."""
    row: dict[str, object] = {"ID": str(number), "NAME": name, "SORT": 500}
    return row | ({"PARENT": parent} if parent else {}) | ({"UF_HEAD": head} if head else {})


def department_heads(portal: Portal) -> dict[str, str]:
    """Return department -> the user whom most of its people name as their head, itself a member or not."""
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for row in portal.truth.all("employees"):
        if row["head"].isdigit():
            named[row["department"]][row["head"]] += 1 if row["role"] != "head" else 0
        if row["role"] in {"head", "director"}:
            named[row["department"]][row["id"]] += 1
    return {name: votes.most_common(1)[0][0] for name, votes in named.items() if votes}


def director(portal: Portal) -> str:
    """Return the user at the top: the director, or nobody."""
    return next((row["id"] for row in portal.truth.all("employees") if row["role"] == "director"), "")
