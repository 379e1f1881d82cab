"""Deletions are believed one by one and few at a time; what was hidden from us is never among them."""

from __future__ import annotations

from .conftest import OpenReading
from .reading import Leaping, Reading


def delete_companies(ours: Reading, count: int) -> None:
    ours.portal.act("advance", seconds=3600)
    for number in ours.ids("clients")[:count]:
        ours.portal.act("delete", entity="company", id=number)


def test_too_many_at_once_are_not_believed_until_somebody_says_so(
    reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(clients=60, events=0.5)
    ours.pull()
    delete_companies(ours, 21)
    for _ in range(3):
        said = ours.pull()["companies"]
        assert (said["ok"], said["deleted"]) == (True, 0)
        assert said["held"] == (
            "21 of 60 records cannot be seen any more, none was deleted — if people deleted them, run"
            " `connector pull --accept-missing`, else give the account its right back"
        )
    told = ours.project("pull")
    assert f"portal companies: {said['held']}" in told.out.splitlines()
    assert "clients: 21 records too many" in ours.unlike()
    run = ours.project("runs", "--format", "json").json[0]["id"]
    assert "none was deleted" in ours.project("runs", run).out

    assert ours.pull("--accept-missing")["companies"]["deleted"] == 21
    assert ours.unlike() == []
    assert ours.pull()["companies"]["held"] == ""


def test_control_one_less_is_believed_at_once(reading: OpenReading, leaping: Leaping) -> None:
    ours = reading(clients=60, events=0.5)
    ours.pull()
    delete_companies(ours, 19)
    said = ours.pull()["companies"]
    assert (said["deleted"], said["held"]) == (19, "")
    assert ours.unlike() == []


def test_control_many_are_believed_where_they_are_a_small_share(
    reading: OpenReading, leaping: Leaping
) -> None:
    """20 of 1,000 are 2 %, 21 are more."""
    ours = reading(clients=1000, events=0.0)
    ours.pull("--stream", "companies")
    delete_companies(ours, 20)
    assert ours.pull("--stream", "companies")["companies"]["deleted"] == 20
    delete_companies(ours, 21)
    held = ours.pull("--stream", "companies")["companies"]
    assert (held["deleted"], held["held"][:9]) == (0, "21 of 980")


def test_what_is_hidden_is_not_deleted_even_when_all_is_to_be_believed(
    reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(clients=60, events=0.5)
    ours.pull()
    ours.portal.act("fault", spec="hidden_rows=2")
    assert ours.pull()["companies"]["held"].startswith("30 of 60 records cannot be seen any more")
    for arguments in (["--accept-missing"], ["--full", "--accept-missing"]):
        said = ours.pull(*arguments)["companies"]
        assert (said["deleted"], said["held"]) == (0, "")
        assert said["visibility"].startswith("partial(")
    assert ours.unlike() == []


def test_a_few_hidden_ones_are_asked_for_and_stay(reading: OpenReading, leaping: Leaping) -> None:
    ours = reading(clients=60, events=0.5)
    ours.pull()
    ours.portal.act("fault", spec="hidden_rows=20")
    delete_companies(ours, 2)
    said = ours.pull()["companies"]
    assert (said["deleted"], said["held"]) == (2, "")
    assert ours.unlike() == []
