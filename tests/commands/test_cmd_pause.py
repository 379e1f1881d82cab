"""`connector pause` and `resume`: nothing is written meanwhile, whatever runs; everything else goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import Project

from connector import clock
from connector.store.database import open_store

from .shared import AS_OF, Live, the_line, writes


def test_nothing_is_sent_while_paused_and_the_rest_goes_on(ripe: Live) -> None:
    project = ripe.project
    paused = project("pause", "the portal is being moved")
    assert paused.code == 0
    assert paused.out.startswith("Sending is paused since ")
    assert "the portal is being moved" in paused.out

    run = project("run", "--as-of", AS_OF, "--yes", "--format", "json")
    assert run.code == 0
    assert run.json["outcome"] == {"planned": len(ripe.plan["changes"])}
    assert "nothing is sent, it is paused since " in run.err
    assert "`connector resume`" in run.err
    assert project("runs", "--format", "json").json[0]["numbers"]["read"] >= 0
    apply = project("apply", ripe.plan["fingerprint"], "--yes")
    assert apply.code == 3
    assert "nothing is sent, it is paused since " in apply.err
    assert project("pull").code == 0
    assert writes(ripe.portal) == []
    assert "nothing is sent: paused since " in project("status").out

    resumed = project("resume")
    assert resumed.out.startswith("Sending goes on; it was paused since ")
    assert project("apply", ripe.plan["fingerprint"], "--yes").code == 0
    assert len(writes(ripe.portal)) == len(ripe.plan["changes"])


def test_a_pause_that_comes_in_the_middle_stops_before_the_next_request(ripe: Live) -> None:
    """Every kind is a request of its own: the pause is ordered while the first is answered."""
    folder, answer = ripe.project.folder, ripe.portal.stand_in.answer

    def pause_after(request: object) -> object:
        reply = answer(request)  # type: ignore[arg-type]  # whatever the server gives
        if reply.wrote:
            with open_store(f"sqlite:///{folder / 'connector.db'}") as store:
                store.halts.begin("pause", "stop", "somebody")
        return reply

    setattr(ripe.portal.stand_in, "answer", pause_after)  # noqa: B010 - a wrapper around one stand-in
    result = ripe.project("apply", ripe.plan["fingerprint"], "--yes", "--format", "json")
    tasks, fields = len(ripe.changes("create_task")), len(ripe.changes("set_field"))
    assert min(tasks, fields) > 0
    assert result.json["outcome"] == {"approved": fields, "done": tasks}
    notes = {each["note"] for each in result.json["changes"] if each["state"] == "approved"}
    (note,) = notes
    assert f"{fields} changes of portal are left for the next run: sending is paused since " in note


def test_a_pause_ends_by_itself(pulled: Project) -> None:
    until = (clock.now() + timedelta(hours=1)).isoformat(timespec="minutes")
    result = pulled("pause", "--until", until, "--format", "json")
    assert result.json["paused"]["kind"] == "pause"
    assert clock.now() < clock.parse_moment(result.json["paused"]["until"], clock.zone("UTC"))
    with open_store(f"sqlite:///{pulled.folder / 'connector.db'}") as store:
        store.halts.begin("pause", "", "me", clock.now() - timedelta(seconds=1))
        assert store.halts.standing("pause") is None


@pytest.mark.parametrize(
    ("until", "said"), [("morning", "is not a time"), ("2020-01-01", "has passed")], ids=["no time", "past"]
)
def test_a_wrong_end_is_one_line_and_pauses_nothing(pulled: Project, until: str, said: str) -> None:
    result = pulled("pause", "--until", until)
    assert result.code == 4
    assert said in the_line(result)
    assert pulled("resume").out == "Nothing was paused.\n"
    assert pulled("resume", "--format", "json").json == {"resumed": False}
