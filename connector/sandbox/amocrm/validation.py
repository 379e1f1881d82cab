"""Reads what clients write: single objects and batches, checked item by item, refused as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.errors import (
    AmoError,
    Mistake,
    blank,
    empty_body,
    extra,
    invalid,
    missing,
    no_choice,
    null,
    wrong_type,
)

MOST = 250
"""Items of one request (documented as a hard limit; 50 are recommended)."""
LAST_SECOND = 1 << 33
"""Times are seconds since 1970: what has more digits is no time (milliseconds, for one)."""
TYPES: dict[type, str] = {
    int: "int",
    str: "string",
    bool: "bool",
    list: "array",
    dict: "array",
    float: "float",
}


class GatewayError(Exception):
    """The gateway gave up on a batch that was too large; the first items are applied."""


@dataclass
class Checked:
    """One item with its mistakes so far."""

    item: dict[str, Any]
    request_id: str
    mistakes: list[Mistake] = field(default_factory=list)

    def need(self, name: str, *types: type, filled: bool = False) -> None:
        """Ask for a field: there, of one of these types, and not empty if told so."""
        if name not in self.item:
            self.mistakes.append(missing(name))
        else:
            self.may(name, *types)
            if filled and self.item[name] == "":
                self.mistakes.append(blank(name))

    def may(self, name: str, *types: type, nullable: bool = False) -> None:
        """Ask a field that need not be there for its type."""
        if name not in self.item:
            return
        value = self.item[name]
        if value is None:
            self.mistakes += [] if nullable else [null(name)]
        elif not of_type(value, types):
            self.mistakes.append(wrong_type(name, TYPES[types[0]]))

    def time(self, name: str) -> None:
        """Ask a time that need not be there for being one: unix seconds of this or the next centuries."""
        self.may(name, int)
        value = self.item.get(name)
        if isinstance(value, int | float) and of_type(value, (int,)) and not 0 <= value < LAST_SECOND:
            self.mistakes.append(wrong_type(name, "int"))

    def choose(self, name: str, known: Callable[[Any], bool]) -> None:
        """Ask a field, if it is a word or a number, for a value the account knows."""
        value = self.item.get(name)
        if isinstance(value, str | int | float) and not known(value):
            self.mistakes.append(no_choice(name))

    def only(self, names: Collection[str]) -> None:
        """Refuse fields the method does not know."""
        self.mistakes += [extra(name) for name in self.item if name not in names]


Check = Callable[[Checked], None]
Apply = Callable[[Checked], dict[str, Any]]


def of_type(value: Any, types: tuple[type, ...]) -> bool:
    """Tell whether a JSON value has one of these types; a flag is no number, 5.0 is a whole one as in PHP."""
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, types) or (int in types and isinstance(value, float) and value.is_integer())


def batch(call: Call, check: Check, apply: Apply) -> list[dict[str, Any]]:
    """Do a batch: all of it or nothing, as one 400 names the mistakes of every item."""
    items = items_of(call.body())
    for one in items:
        check(one)
    faults = call.account.faults
    wrong = {one.request_id: one.mistakes for one in items if one.mistakes}
    if wrong:
        for one in items if faults.on("partial_400") else ():
            if not one.mistakes:
                apply(one)
        raise invalid(wrong)
    most = faults.number("batch_504")
    if most and len(items) > most:
        for one in items[:most]:
            apply(one)
        raise GatewayError
    answers = [apply(one) for one in items]
    return answers[::-1] if faults.on("reversed_answers") else answers


def items_of(body: Any) -> list[Checked]:
    """Return the items of a batch; 400 where it is none or empty, 422 where there are too many."""
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        raise AmoError(400, "Request body should be an array of objects")
    if not body:
        raise empty_body()
    if len(body) > MOST:
        raise AmoError(422, f"Limit {MOST} per page")
    return [Checked(one, str(one.get("request_id", place))) for place, one in enumerate(body)]


def single(call: Call, check: Check, apply: Apply) -> dict[str, Any]:
    """Do one object."""
    body = call.body()
    if not isinstance(body, dict):
        raise AmoError(400, "Request body should be an object")
    if not body:
        raise empty_body()
    one = Checked(body, str(body.get("request_id", "0")))
    check(one)
    if one.mistakes:
        raise invalid({one.request_id: one.mistakes})
    return apply(one)


def answer(call: Call, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a batch answers: the items, without their values."""
    return {"_links": {"self": {"href": call.link}}, "_embedded": {name: rows}}
