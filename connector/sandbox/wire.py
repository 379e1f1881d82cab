"""The way of one request through a stand-in, with the faults of the wire, which every vendor shares."""

from __future__ import annotations

from typing import Any

import orjson

from connector import clock
from connector.errors import ConfigError
from connector.sandbox.exchange import Reply, Request, StandIn
from connector.sandbox.faults import FaultKind, Faults
from connector.sandbox.journal import KEPT_BODY

WIRE_FAULTS: dict[str, FaultKind] = {
    "html_502": FaultKind("incident", "an HTML page with HTTP 502 instead of doing the call", "1"),
    "truncated_json": FaultKind("incident", "the call is done, but its JSON ends half-way", "1"),
    "lost_reply": FaultKind(
        "incident", "a write is committed, then the connection closes without an answer", "1"
    ),
    "cut_before": FaultKind("incident", "the connection closes before a write is committed", "1"),
    "hold_reply": FaultKind(
        "timed", "the call is done and committed, its reply is held n milliseconds", "*:1000"
    ),
    "gateway_504": FaultKind(
        "number", "a call that takes more than n milliseconds ends in HTML 504", "60000"
    ),
    "slow": FaultKind("number", "every request takes n milliseconds more", "1000"),
}
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
TIMED_OUT = BAD_GATEWAY.replace(b"502 Bad Gateway", b"504 Gateway Time-out")
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
REFUSALS = frozenset({429, 503})


class Wire:
    """Leads requests to one stand-in; safe to call from many threads, waits hold no lock."""

    def __init__(self, stand_in: StandIn, latency_ms: int) -> None:
        self.stand_in = stand_in
        self._latency = latency_ms / 1000

    def exchange(self, request: Request) -> Reply | None:
        """Answer one request of a client; None means: close the connection without a word."""
        entry = self._note(request)
        reply = self._reply(request)
        entry["status"] = reply.status if reply else None
        if reply and reply.status in REFUSALS:
            self.stand_in.journal.refuse()
        return reply

    def _note(self, request: Request) -> dict[str, Any]:
        body = request.body.decode("utf-8", "replace")[:KEPT_BODY]
        at = self.stand_in.clock.now().isoformat()
        entry: dict[str, Any] = {
            "at": at,
            "verb": request.verb,
            "path": request.path,
            "query": request.query,
            "body": body,
        }
        entry |= {"source": request.source, "status": None}
        self.stand_in.journal.receive(entry)
        return entry

    def _reply(self, request: Request) -> Reply | None:
        refused = self.stand_in.admit(request)
        if refused:
            return refused
        faults, intent = self.stand_in.faults, self.stand_in.intent(request)
        clock.sleep(self._latency + faults.number("slow") / 1000)
        if faults.strikes("html_502", intent.names):
            return Reply(502, BAD_GATEWAY, {"Content-Type": HTML})
        if intent.writes and faults.strikes("cut_before", intent.names):
            return None
        reply = self.stand_in.answer(request)
        taken, most = reply.delay, faults.number("gateway_504") / 1000
        if most and taken > most:
            clock.sleep(most)
            return Reply(504, TIMED_OUT, {"Content-Type": HTML})
        clock.sleep(taken + faults.milliseconds("hold_reply", intent.names) / 1000)
        return damaged(reply, faults, intent.names)


def damaged(reply: Reply, faults: Faults, names: tuple[str, ...]) -> Reply | None:
    """Return what is left of a reply on its way back."""
    if reply.wrote and faults.strikes("lost_reply", names):
        return None
    if reply.status == 200 and faults.strikes("truncated_json", names):
        return Reply(200, reply.body[: len(reply.body) // 2])
    return reply


def control(stand_in: StandIn, request: Request) -> Reply:
    """Answer the stand-in's own pages: GET /sandbox/state and POST /sandbox/act."""
    try:
        if request.path == "/sandbox/state":
            return Reply(200, orjson.dumps(state(stand_in, request.query)))
        if request.path == "/sandbox/act" and request.verb == "POST":
            return Reply(200, orjson.dumps(act(stand_in, orjson.loads(request.body))))
    except (ConfigError, orjson.JSONDecodeError) as error:
        return Reply(400, orjson.dumps({"error": str(error)}))
    return Reply(404, orjson.dumps({"error": "GET /sandbox/state or POST /sandbox/act"}))


def state(stand_in: StandIn, query: str) -> dict[str, Any]:
    """Return the state; `requests=1` adds the requests received, `parts=a,b` gives only these parts."""
    wanted = dict(pair.partition("=")[::2] for pair in query.split("&"))
    shown = stand_in.state(filter(None, wanted.get("parts", "").split(",")))
    return shown | ({"received": list(stand_in.journal.received)} if wanted.get("requests") == "1" else {})


def act(stand_in: StandIn, order: dict[str, Any]) -> dict[str, Any]:
    """Play a person, or switch the stand-in itself: `fault` (spec), `clear_faults`, `advance` (seconds)."""
    match order.get("do"):
        case "fault":
            stand_in.faults.add(str(order.get("spec", "")))
        case "clear_faults":
            stand_in.faults.clear()
        case "advance":
            stand_in.clock.advance(float(order.get("seconds", 0)))
        case _:
            return stand_in.act(order)
    return {"ok": True}
