"""What `apply` tells the shell and a person when a portal does not let us in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import ConnectedTo, firm

from connector.sandbox.server import Sandbox

from .making import Maker, marked, markers, plan_of

Start = Callable[..., Sandbox]


@pytest.mark.parametrize(
    ("fault", "advice"),
    [("expired_token", "make a new incoming webhook"), ("overload", "write to the vendor's support")],
)
def test_a_shut_door_is_one_line_and_partial_and_the_same_plan_goes_on_later(
    portal: Start, connected: ConnectedTo, fault: str, advice: str
) -> None:
    stand_in = portal(firm(clients=8, events=2))
    project = connected(stand_in)
    project.allow("task")
    make = Maker(stand_in)
    tasks = [make.task(number) for number in (1, 2, 3)]
    plan = project.folder / "plan.json"
    plan.write_bytes(plan_of(*tasks).document())

    stand_in.act("fault", spec=fault)
    shut = project("apply", str(plan), "--yes")
    assert shut.code == 3
    lines = [line for line in shut.out.splitlines() if advice in line]
    assert len(lines) == 1
    assert "3 changes of portal are left for the next run" in lines[0]
    assert "Sent: approved 3." in shut.out

    stand_in.act("clear_faults")
    opened = project("apply", str(plan), "--yes", "--format", "json")
    assert (opened.code, opened.json["outcome"]) == (0, {"done": 3})
    assert markers(stand_in) == marked(tasks)
    assert project("apply", str(plan), "--yes", "--format", "json").json["outcome"] == {}


def test_a_refusal_is_partial_and_named(portal: Start, connected: ConnectedTo) -> None:
    stand_in = portal(firm(clients=8, events=2))
    project = connected(stand_in)
    project.allow("task")
    make = Maker(stand_in)
    plan = project.folder / "plan.json"
    plan.write_bytes(plan_of(make.task(1, title="", client_name="ООО Ромашка"), make.task(2)).document())
    result = project("apply", str(plan), "--yes")
    assert result.code == 3
    assert "Sent: done 1, failed 1." in result.out
    assert "  failed: ООО Ромашка — portal: tasks.task.add: " in result.out
