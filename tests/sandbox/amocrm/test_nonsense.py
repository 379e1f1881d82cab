"""Whatever is sent, the account answers: nonsense is refused as a whole and leaves no trace."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from connector.sandbox.exchange import Reply, Request
from connector.sandbox.options import Options
from connector.sandbox.vendors import build
from sandbox.firms import AS_OF, firm

REQUESTS = 1200
NAMES_TEXT = """
id name responsible_user_id created_by updated_by created_at updated_at custom_fields_values
tags_to_add tags_to_delete _embedded request_id price status_id pipeline_id loss_reason_id closed_at
text complete_till entity_id entity_type is_completed task_type_id result duration note_type params
to_entity_id to_entity_type metadata direction phone source uniq field_id field_code values value
enum_id enum_code type enums first_name last_name tags contacts companies code
"""
NAMES = NAMES_TEXT.split()
VALUES = (
    None, True, False, 0, 1, 2, 3, 99, -1, 1.5, 2.0, 10**18, -(10**18), "", "x", "1", "companies", "leads",
    "common", "call_in", "PHONE", 142, 143, [], {}, "2026-01-01", "inbound", "select", "😀",
)  # fmt: skip
ITEMS: dict[str, dict[str, Any]] = {
    "tasks": {"text": "т", "complete_till": 1790924400},
    "notes": {"id": 1, "entity_id": 1, "note_type": "common", "params": {"text": "т"}},
    "calls": {"direction": "inbound", "duration": 5, "source": "АТС", "phone": "+79038355492"},
    "link": {"to_entity_id": 1, "to_entity_type": "companies", "entity_id": 1},
    "custom_fields": {"name": "Поле", "type": "text"},
    "tags": {"name": "Метка"},
    "": {"id": 1, "name": "Имя"},
}
WRITES = [
    ("POST", "tasks"), ("PATCH", "tasks"), ("PATCH", "tasks/1"), ("POST", "companies"),
    ("PATCH", "companies"), ("PATCH", "contacts/1"), ("POST", "leads"), ("PATCH", "leads"),
    ("PATCH", "leads/1"), ("POST", "leads/notes"), ("PATCH", "companies/notes"), ("POST", "leads/1/notes"),
    ("POST", "calls"), ("POST", "leads/1/link"), ("POST", "contacts/link"), ("POST", "leads/1/unlink"),
    ("POST", "leads/custom_fields"), ("POST", "leads/tags"), ("POST", "leads/complex"),
]  # fmt: skip
LISTS_TEXT = """
account users roles companies contacts leads tasks leads/notes companies/1/notes events leads/links
companies/tags companies/custom_fields leads/pipelines leads/loss_reasons events/types
companies/1/links
"""
LISTS = LISTS_TEXT.split()
QUESTIONS_TEXT = """
filter filter[id] filter[id][] filter[updated_at] filter[updated_at][from] filter[updated_at][]
filter[statuses] filter[statuses][0] filter[statuses][0][pipeline_id]
filter[custom_fields_values][9][] filter[custom_fields_values][9][from] filter[entity_id][]
filter[entity_type] filter[entity] filter[type] filter[created_at] filter[created_by]
filter[price][from] filter[is_completed][] filter[note_type] order order[id] order[id][]
order[updated_at] limit limit[] page page[] with with[] query query[a]
"""
QUESTIONS = QUESTIONS_TEXT.split()
ANSWERS_TEXT = (
    "1 2 -5 142 250 1700000000 99999999999999999 a asc desc companies contact lead,task contacts,leads"
)
ANSWERS = ANSWERS_TEXT.split()


class Nonsense:
    """Draws requests that are nearly right."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        """Return any JSON value."""
        chance = self.rng.random() if depth < 4 else 1.0
        if chance < 0.25:
            return {self.rng.choice(NAMES): self.value(depth + 1) for _ in range(self.rng.randrange(5))}
        if chance < 0.45:
            return [self.value(depth + 1) for _ in range(self.rng.randrange(3))]
        return self.rng.choice(VALUES)

    def write(self) -> Request:
        """Return a write with one to three fields that are any value."""
        verb, path = self.rng.choice(WRITES)
        kind = next(kind for kind in ITEMS if kind in path)
        item = ITEMS[kind] | {self.rng.choice(NAMES): self.value() for _ in range(self.rng.randrange(1, 4))}
        body = item if path == "tasks/1" or path[-2:] == "/1" else [item] * self.rng.randrange(1, 3)
        return request(verb, path, "", json.dumps(body).encode())

    def read(self) -> Request:
        """Return a question with any filter."""
        asked = (
            f"{self.rng.choice(QUESTIONS)}={self.rng.choice(ANSWERS)}" for _ in range(self.rng.randrange(4))
        )
        return request("GET", self.rng.choice(LISTS), "&".join(asked), b"")


def request(verb: str, path: str, query: str, body: bytes) -> Request:
    headers = {"host": "h:1", "authorization": "Bearer sandbox", "content-type": "application/json"}
    return Request(verb, f"/api/v4/{path}", query, headers, body, "")


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_nonsense_is_answered_and_leaves_no_trace(seed: int) -> None:
    account, drawn = build("amocrm", firm(), Options(as_of=AS_OF, limits="off")), Nonsense(seed)
    statuses = Counter[int]()
    for number in range(REQUESTS):
        before = len(account.journal.writes)
        reply: Reply = account.answer(drawn.write() if number % 2 else drawn.read())
        statuses[reply.status] += 1
        wrote = len(account.journal.writes) > before
        assert not (wrote and reply.status not in {200, 201, 204})
    assert set(statuses) == {200, 201, 204, 400}
    assert min(statuses.values()) > 5
    assert set(account.state()) >= {"company", "vendor", "carried"}
