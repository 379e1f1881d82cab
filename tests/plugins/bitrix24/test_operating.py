"""Working time by method: kept below the ceiling in both ways of charging, and waited for when gone."""

from __future__ import annotations

import pytest

from connector.http.bucket import Bucket
from connector.http.retry import LimitError, NothingDoneError
from connector.plugins.bitrix24.operating import Operating
from connector.plugins.bitrix24.portal import Command, Portal

TIME = {"date_start": "2026-10-01T09:00:00+03:00"}
GONE = {
    "error": "OPERATION_TIME_LIMIT",
    "error_description": "Method is blocked due to operation time limit.",
}
MODELS = pytest.mark.parametrize("model", [[], ["operating_on_batch"]], ids=["methods pay", "batch pays"])


@pytest.fixture
def blocked(monkeypatch):
    """What was refused for its working time."""
    methods: list[str] = []
    block = Operating.block

    def note(self, names, seconds=None):
        methods.extend(names)
        return block(self, names, seconds)

    monkeypatch.setattr(Operating, "block", note)
    return methods


def activities(sandbox) -> list[int]:
    return sorted(int(row["ID"]) for row in sandbox.state("vendor")["vendor"]["activity"])


@MODELS
def test_not_one_refusal_while_figures_are_shown(stand_in, connect, leap, blocked, model):
    """5 s a command: one pass takes most of the 480 s, so that three of them have to wait twice."""
    sandbox = stand_in(limits="standard", operating_ms=5000, faults=model)
    connection = connect(sandbox.url, bucket=Bucket(None, "x", 2.0, 49.0), sleep=leap)

    for _ in range(3):
        assert sorted(connection.ids("activities")) == activities(sandbox)

    assert connection.http.numbers.refused == 0
    assert blocked == []
    assert connection.http.numbers.waited > 480


@MODELS
def test_without_figures_refusals_are_waited_out_and_no_row_is_lost(stand_in, connect, leap, blocked, model):
    """The control: with nothing to go by the portal refuses, inside batches or whole ones."""
    sandbox = stand_in(limits="standard", operating_ms=8000, faults=[*model, "no_counters"])
    connection = connect(sandbox.url, bucket=Bucket(None, "x", 2.0, 49.0), sleep=leap)

    for _ in range(3):
        assert sorted(connection.ids("activities")) == activities(sandbox)

    assert blocked != []
    assert ("batch" in blocked) == bool(model)


@MODELS
def test_two_connectors_keep_to_one_budget(stand_in, connect, leap, blocked, model, tmp_path):
    sandbox = stand_in(limits="standard", operating_ms=5000, faults=model)
    pair = [
        connect(sandbox.url, bucket=Bucket(tmp_path / "rate", "x", 2.0, 49.0), sleep=leap) for _ in range(2)
    ]
    for connection in (*pair, *pair):
        connection.ids("activities")
    assert blocked == []


def served(portal, connect, answer, sleep=lambda seconds: None) -> Portal:
    return Portal(connect(portal(answer).url, sleep=sleep).http)


def test_only_refused_commands_are_asked_again_and_together(portal, connect, leap):
    asked = []

    def answer(method, given):
        commands = list(given["cmd"].values())
        asked.append(commands)
        bad = {f"c{n}": GONE for n, each in enumerate(commands) if "list" in each and len(asked) == 1}
        good = {f"c{n}": each for n, each in enumerate(commands) if f"c{n}" not in bad}
        return {"result": {"result": good, "result_error": bad}, "time": TIME}

    way = served(portal, connect, answer, leap)
    commands = [Command("a.list", {"n": 1}), Command("a.get", {"n": 2}), Command("a.list", {"n": 3})]

    assert way.batch(commands).result == ["a.list?n=1", "a.get?n=2", "a.list?n=3"]
    assert asked[1:] == [["a.list?n=1", "a.list?n=3"]]


def test_a_refusal_of_one_method_lets_the_others_go_on(portal, connect):
    waits: list[float] = []

    def answer(method, given):
        return (429, GONE, {}) if method == "a.list" else {"result": 1, "time": TIME}

    way = served(portal, connect, answer, waits.append)
    with pytest.raises(LimitError, match="time limit"):
        way.write("a.list", {})
    assert way.call("a.get").result == 1
    assert waits == []


def test_a_refused_write_says_how_long_to_wait(portal, connect):
    way = served(portal, connect, lambda method, given: (429, GONE, {}))
    with pytest.raises(LimitError) as caught:
        way.write("tasks.task.add", {})
    assert caught.value.retry_after == 60.0


def test_it_does_not_wait_for_ever(portal, connect):
    waits: list[float] = []
    way = served(portal, connect, lambda method, given: (429, GONE, {}), waits.append)
    with pytest.raises(NothingDoneError, match="no room for a.list in an hour"):
        way.call("a.list")
    assert 3600 < sum(waits) < 5000


@pytest.mark.parametrize("figure", [None, "x", {}, []])
def test_a_figure_that_is_none_is_left_alone(portal, connect, figure):
    time = TIME | {"operating": figure, "operating_reset_at": figure}
    way = served(portal, connect, lambda method, given: {"result": 1, "time": time})
    assert [way.call("a.get").result for _ in range(3)] == [1, 1, 1]
