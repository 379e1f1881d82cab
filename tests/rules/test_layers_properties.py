"""With conditions, tables and tasks of its own a policy still decides the same for the same facts."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from connector.rules.decide import decide
from connector.rules.policy import load_policies

from .firm import Firm, at, default_policy

TEXT = """
schema = 1
id = "norms"
version = "1"
[use]
rule = "contact_norm"
[scope]
where = "custom.Сегмент <> 'внутренний' OR class = 'A'"
[[table]]
industry = "Опт"
turnover_12m = ">= 100"
contacts_per_month = 6
[[table]]
class = "A|B"
contacts_per_month = 3
[[action]]
id = "tell"
when = "missing > 1"
to = "head"
title = "{client}: {missing}"
"""


def firm() -> Firm:
    """Forty clients in two sources, with every mixture of known and unknown that the policy asks about."""
    made = (
        Firm("crm", "books").employee("H1", role="head").employee("M1", head="H1").employee("M2", head="H1")
    )
    chance = random.Random(7)
    for number in range(40):
        made.client(
            f"C{number:02}",
            owner=chance.choice(["M1", "M2", None]),
            abc=chance.choice(["A", "B", "C", None]),
            industry=chance.choice(["Опт", "Розница", None]),
            custom=chance.choice(['{"Сегмент":"внутренний"}', '{"Сегмент":"внешний"}', "{}", None]),
        )
        for day in chance.sample(range(1, 29), chance.randrange(4)):
            made.calls(f"C{number:02}", chance.choice(["M1", "M2"]), f"2026-09-{day:02}T10:00")
        if chance.random() < 0.7:
            made.sale(f"C{number:02}", chance.randrange(0, 30000))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_means_nothing(tmp_path: Path, seed: int) -> None:
    (tmp_path / "a.toml").write_text(TEXT, encoding="utf-8")
    policies = [
        *load_policies(tmp_path),
        default_policy("withdraw", warned_days=0),
        default_policy("reassign"),
    ]
    as_of = at("2026-10-10")
    plain = list(decide(firm().facts(), policies, as_of).lines())

    def shuffle(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sample(fraction=1.0, shuffle=True, seed=seed)

    assert list(decide(firm().facts(shuffle), policies, as_of).lines()) == plain
    assert any('"missing_data"' in line for line in plain)
    assert any('"create_task"' in line and '"norms"' in line for line in plain)


def test_nobody_is_withdrawn_of_whom_the_norm_is_in_doubt(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT, encoding="utf-8")
    policies = [*load_policies(tmp_path), default_policy("withdraw", warned_days=0, max_out_percent=100)]
    verdicts = firm().decide("2026-10-10", *policies)
    doubtful = {one.subject for one in verdicts if one.rule == "contact_norm" and "missing_data" in one.flags}
    taken = {one.subject for one in verdicts if one.rule == "withdraw" and one.decision == "withdraw"}
    assert taken
    assert doubtful
    assert not taken & doubtful
