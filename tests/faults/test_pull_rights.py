"""What cannot be read fails alone or is said to be missing; once it can be, it is as if it always could."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from .conftest import OpenReading
from .reading import Leaping, an_hour_of_work


@dataclass(frozen=True)
class Case:
    """Faults that last, and what must be true while they do.

    `fails`: streams that cannot be read; `left` matches every line in which the store may, and must, differ
    after the first pull; `partly`: streams that are said to be seen in part. `full`: rows that others hid are
    there at once, what hangs on them is right again after the next full pass.
    """

    faults: tuple[str, ...]
    fails: str = ""
    left: str = ""
    partly: str = ""
    full: bool = False


ABSENT = r"\d+: not in the store"
LASTING = {
    "one stream answers 500": Case(
        ("inner_failure=crm.stagehistory.list:all", "error_500=crm.stagehistory.list:all"),
        fails="stage_history",
        left="stage_history: .*",
    ),
    "no right to companies": Case(
        ("no_stream=company",),
        fails="companies",
        left=f"clients {ABSENT}",
        partly="activities",
    ),
    "no right to contacts": Case(
        ("no_stream=contact",),
        fails="contacts",
        left=rf"contacts {ABSENT}|events \d+ client: None, .*|tasks \d+: .* None\), .*",
        partly="activities deals tasks",
    ),
    "no right to deals": Case(
        ("no_stream=deal",),
        fails="deals stage_history",
        left=rf"deals {ABSENT}|stage_history: .*|events \d+ client: None, .*|tasks .*",
        partly="activities tasks",
    ),
    "no right to leads": Case(("no_stream=lead",), fails="leads", partly="activities tasks"),
    "no right to activities": Case(("no_stream=activity",), fails="activities", left=f"events {ABSENT}"),
    "no scope for tasks": Case(("no_scope=tasks.*",), fails="tasks", left="tasks .*"),
    "no right to requisites": Case(
        ("no_stream=requisite",), left=r"clients \d+ (inn|kpp): None, .*", partly="companies"
    ),
    "no right to calls": Case(
        ("no_right=voximplant.*",),
        left=r"events \d+ (duration_s|successful): None, .*",
        partly="activities",
    ),
    "every tenth company is hidden": Case(
        ("hidden_rows=10",), left=f"clients {ABSENT}", partly="companies activities"
    ),
    "only one's own rows": Case(
        ("own_rows_only=3",),
        left=rf"(clients|deals) {ABSENT}|events \d+ client: None, .*|tasks .*",
        partly="companies deals activities",
        full=True,
    ),
}


@pytest.mark.parametrize("case", LASTING.values(), ids=LASTING)
def test_what_cannot_be_read_is_said_and_made_good_once_it_can(
    case: Case, reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(faults=case.faults)
    code = 3 if case.fails else 0
    said = ours.pull(code=code)
    assert {name for name, stream in said.items() if not stream["ok"]} == set(case.fails.split())
    assert {name for name, stream in said.items() if stream["visibility"].startswith("partial")} >= set(
        case.partly.split()
    )
    unlike = ours.unlike()
    assert bool(unlike) == bool(case.left)
    assert [line for line in unlike if not re.fullmatch(case.left, line)] == []

    an_hour_of_work(ours)
    again = ours.pull(code=code)
    assert {name for name, stream in again.items() if not stream["ok"]} == set(case.fails.split())

    ours.portal.act("clear_faults")
    healed = ours.pull()
    assert [name for name, stream in healed.items() if stream["visibility"].startswith("partial")] == []
    if case.full:
        assert ours.unlike() != []
        ours.pull("--full")
    assert ours.unlike() == []


@pytest.mark.parametrize(
    "fault", ["no_stream=company", "no_stream=deal", "no_stream=activity", "no_stream=task"]
)
def test_a_right_that_is_lost_later_deletes_nothing(
    fault: str, reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(clients=30, events=4.0)
    ours.pull()
    ours.portal.act("fault", spec=fault)
    for arguments in ([], ["--full"], ["--full", "--accept-missing"]):
        said = ours.pull(*arguments, code=3)
        assert sum(stream["deleted"] for stream in said.values()) == 0
    ours.portal.act("clear_faults")
    ours.pull()
    assert ours.unlike() == []
