"""Runs one method call with everything around it: rights, working time, faults, timing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from connector.sandbox.bitrix24.envelope import Time, time_block
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.limits import Operating
from connector.sandbox.bitrix24.methods import METHODS
from connector.sandbox.bitrix24.methods.answers import Answer
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.stamps import stamp
from connector.sandbox.bitrix24.visibility import check_entity, lacks_scope

BATCH = "batch"
NO_SCOPE = "The request requires higher privileges than provided by the webhook token"


def method_name(spelling: str) -> str:
    """Return a method's name in lower case, without the suffix `.json`."""
    return spelling.strip("/").lower().removesuffix(".json")


class Calls:
    """Runs methods on one portal; `price` is the working time of a command in seconds."""

    def __init__(self, portal: Portal, operating: Operating, price: float) -> None:
        self.portal = portal
        self.operating = operating
        self.price = price

    def run(self, name: str, params: dict[str, Any], *, inner: bool = False) -> tuple[Answer, Time]:
        """Call one method; PortalError if it is refused, which costs no working time."""
        start = self.portal.clock.now()
        key = self.payer(name, inner=inner)
        self.admit(name, key, start)
        check_entity(self.portal, name, params)
        self.portal.calling = name
        answer = METHODS[name](self.portal, params)
        self.operating.charge(key, self.price, start.timestamp())
        pace = self.portal.faults.milliseconds("slow_command", [name]) / 1000
        answer.delay += pace
        return answer, self.timed(start, pace, key)

    def admit(self, name: str, key: str, now: datetime) -> None:
        """Refuse unknown, forbidden, blocked and disturbed calls."""
        faults = self.portal.faults
        if name not in METHODS or faults.covers("no_method", name):
            raise PortalError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
        if faults.covers("no_right", name):
            raise PortalError("ACCESS_DENIED", "Access denied!", 403)
        if faults.covers("no_scope", name) or lacks_scope(faults, name):
            raise PortalError("insufficient_scope", NO_SCOPE, 403)
        if self.operating.blocked(key, now.timestamp()):
            raise time_limit()
        if faults.strikes("error_with_200", [name]):
            raise PortalError("ERROR_CORE", "Internal error while saving", 200)
        if faults.strikes("empty_code", [name]):
            raise PortalError("", "Internal error.")

    def payer(self, name: str, *, inner: bool) -> str:
        """Tell whose working time a command is: its method's, or the batch's where the portal counts so."""
        return BATCH if inner and self.portal.faults.on("operating_on_batch") else name

    def timed(self, start: datetime, pace: float, key: str) -> Time:
        """Return the time block of a call that took `pace` seconds more than the stand-in's own work."""
        faults, now = self.portal.faults, self.portal.clock.now()
        finish = now + timedelta(seconds=pace)
        if faults.on("no_counters"):
            return time_block(start, finish)
        reset = self.operating.reset_at(key, now.timestamp())
        shown = stamp(datetime.fromtimestamp(reset, UTC)) if faults.on("operating_reset_iso") else reset
        return time_block(start, finish, self.operating.total(key, now.timestamp()), shown)


def time_limit() -> PortalError:
    """Say that a method has worked too long in the last ten minutes."""
    return PortalError("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429)
