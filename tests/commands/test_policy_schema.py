"""The schema of policies: an editor that follows it takes what loads and marks what does not."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from connector.rules.policy_schema import policies_schema
from connector.rules.policy_text import default_policy_text
from connector.rules.registry import RULES
from connector.rules.rulebook import Rulebook
from connector.rules.where.fields import CLIENT_FIELDS

from .schemas import wrong

SCHEMA: dict[str, Any] = policies_schema(Rulebook())


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_policy_that_init_writes_fits(rule: str) -> None:
    assert wrong(tomllib.loads(default_policy_text(rule)), SCHEMA) == []


GOOD = """
schema = 1
id = "a"
version = "1"
table = [{ class = "A", custom = { "Вид" = "x" }, contacts_per_month = 3 }]
[use]
rule = "contact_norm"
norm = { A = 1, B = 2, C = 3 }
[scope]
where = "closed"
[limits]
max_open = 3
"""


def test_all_layers_fit() -> None:
    assert wrong(tomllib.loads(GOOD), SCHEMA) == []
    assert wrong(tomllib.loads(GOOD.replace("table = [", 'table = "t.csv" # ')), SCHEMA) == []


@pytest.mark.parametrize(
    ("right", "mistake"),
    [
        ("where =", "were ="),
        ("max_open", "max_opened"),
        ("contacts_per_month = 3", "contacts_per_month = 32"),
        ("class =", "clas ="),
        ("A = 1", "A = -1"),
        ('"contact_norm"', '"contact_norms"'),
        ('id = "a"', ""),
        ('"contact_norm"\nnorm', '"orphan"\nnorm'),
    ],
)
def test_a_mistake_is_marked(right: str, mistake: str) -> None:
    assert right in GOOD
    assert wrong(tomllib.loads(GOOD.replace(right, mistake)), SCHEMA)


def test_every_field_of_conditions_is_listed() -> None:
    text = json.dumps(SCHEMA, ensure_ascii=False)
    for name in CLIENT_FIELDS:
        assert f"{name}: " in text
