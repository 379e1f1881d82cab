"""The store is the portal's truth, every field, after a full pull and after increments, under any fault."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from .conftest import OpenReading
from .reading import Leaping, Reading, an_hour_of_work


@dataclass(frozen=True)
class Case:
    """Faults of a portal, and what must be true after a full pull under them.

    `left` matches every line in which the store may, and must, differ then ("" for none). `refused`: the
    portal turned requests away. `waited`: seconds that the pull had to wait at least.
    """

    faults: tuple[str, ...] = ()
    left: str = ""
    refused: bool = False
    waited: float = 0.0
    rate: str = "off"
    crowded: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


STANDARD = {"limits": "standard"}
PASSING = {
    "none": Case(),
    "rows are deleted mid-pull": Case(("delete_mid_pull=7",), left="clients: 7 records too many"),
    "rows are inserted mid-pull": Case(("insert_mid_pull=7",)),
    "rows are changed mid-pull": Case(("change_mid_pull=7",), left=r"clients [1-7] updated_at: .*"),
    "commands in a batch are refused for a while": Case(("inner_error=crm.company.list:3",), refused=False),
    "commands in a batch fail for a while": Case(("inner_failure=crm.activity.list:3",)),
    "commands in a batch fail for ever": Case(("inner_failure=crm.contact.list:all",)),
    "commands in a batch are refused for ever": Case(("inner_error=crm.deal.list:all",), waited=600),
    "503, refusals are free": Case(options=STANDARD, crowded=True, refused=True),
    "503, refusals count": Case(options=STANDARD | {"count_refused": True}, crowded=True, refused=True),
    "our own rate, refusals count": Case(options=STANDARD | {"count_refused": True}, rate="standard"),
    "429, methods pay": Case(options=STANDARD | {"operating_ms": 60_000}, rate="standard", waited=600),
    "429, the batch pays": Case(
        ("operating_on_batch",), options=STANDARD | {"operating_ms": 60_000}, rate="standard", waited=600
    ),
    "429, no figures": Case(
        ("no_counters",),
        options=STANDARD | {"operating_ms": 60_000},
        rate="standard",
        waited=600,
    ),
    "429, the reset is a text": Case(
        ("operating_reset_iso",), options=STANDARD | {"operating_ms": 60_000}, rate="standard", waited=600
    ),
    "HTML 502": Case(("html_502=batch:3",)),
    "HTML 504 for what takes long": Case(("slow_command=*:600", "gateway_504=20000"), waited=20),
    "500": Case(("error_500=batch:3",)),
    "truncated JSON": Case(("truncated_json=batch:3",)),
    "error bodies with HTTP 200": Case(("error_with_200=crm.activity.list:3",)),
    "an empty code": Case(("empty_code=crm.deal.list:2",)),
    "the portal was renamed": Case(("rename_302=localhost",)),
    "filters know naive times only": Case(("naive_filter_only",)),
    "slow commands": Case(("slow_command=*:500",), waited=30),
    "the history is text": Case(("history_as_text",)),
    "no counters": Case(("no_counters",)),
    "no totals": Case(("no_totals",)),
}


def crowd(reading: Reading) -> None:
    """Fill the portal's limit as another integration on this machine would."""
    for _ in range(50):
        urllib.request.urlopen(f"{reading.portal.url}server.time").close()


@pytest.mark.parametrize("case", PASSING.values(), ids=PASSING)
def test_what_passes_or_only_hinders_costs_no_record(
    case: Case, reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(faults=case.faults, **case.options)
    ours.project.edit("plugins.toml", r'^rate = "off"', f'rate = "{case.rate}"')
    began, refused = leaping.ahead, 0
    if case.crowded:
        crowd(ours)
        refused = int(ours.portal.state("refused")["refused"])

    said = ours.pull()
    assert (ours.portal.state("refused")["refused"] > refused) == case.refused
    assert (sum(stream["refused"] for stream in said.values()) > 0) == case.refused
    assert leaping.ahead - began >= case.waited
    unlike = ours.unlike()
    assert bool(unlike) == bool(case.left)
    assert [line for line in unlike if not re.fullmatch(case.left, line)] == []

    an_hour_of_work(ours)
    assert ours.unlike() != []  # a control: the truth has moved on
    again = ours.pull()
    assert ours.unlike() == []
    assert {stream["mode"] for name, stream in again.items() if name != "employees"} == {"changes"}
    assert again["activities"]["read"] < said["activities"]["read"]
