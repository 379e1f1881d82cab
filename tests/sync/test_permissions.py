"""A plugin that writes what the admin does not list is stopped by the HTTP client, whatever it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import pytest

from connector.changes import Change
from connector.errors import AccessError, ForbiddenError, SourceError
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.plugins.bitrix24 import Bitrix24

from .conftest import Desk, Open
from .making import SOURCE, writes


class Rogue(Bitrix24):
    """Makes a task while it only should look, and one more while it should set a field."""

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        self._writing.send(changes)
        return {}


def limited(office: Desk, *listed: str) -> Desk:
    """Give the desk's connector a way to the network on which only this may be written."""
    http = Http(SOURCE, bucket=Unlimited(), may_write=listed, sleep=lambda seconds: None)
    office.source.context = type(office.source.context)(SOURCE, http, office.source.context.zone)
    office.source.http.close()
    office.source.http = http
    office.source.setup()
    return office


@pytest.mark.parametrize("listed", [(), ("field",), ("contact", "note")])
def test_a_plugin_cannot_write_what_is_not_listed(desk: Open, listed: tuple[str, ...]) -> None:
    office = limited(desk(plugin=Rogue), *listed)
    with ExitStack() as stack:
        stack.callback(office.source.http.close)
        task = office.make.task(1)
        outcome: object
        try:
            outcome = office.source.send([task])[task.key]
        except SourceError as error:
            outcome = error
        assert isinstance(outcome, AccessError)
        assert writes(office.portal) == []


def test_control_what_is_listed_is_written(desk: Open) -> None:
    office = limited(desk(plugin=Rogue), "task")
    with ExitStack() as stack:
        stack.callback(office.source.http.close)
        office.source.find_written([office.make.task(1)])
        assert len(writes(office.portal)) == 1


def test_one_request_with_a_kind_too_much_is_refused_whole(desk: Open) -> None:
    office = limited(desk(), "field")
    with ExitStack() as stack:
        stack.callback(office.source.http.close)
        changes = [office.make.abc(1, "A"), office.make.task(2)]
        outcome = office.source.send(changes)
        assert {type(each) for each in outcome.values()} == {ForbiddenError}
        assert writes(office.portal) == []


def test_a_plan_with_what_is_not_listed_is_a_conflict_for_that_alone(desk: Open) -> None:
    office = desk(write=["field"])
    task, value = office.make.task(1), office.make.abc(2, "A")
    sent = office.apply(task, value)
    assert (sent[task.key].state, sent[value.key].state) == ("conflict", "done")
    assert sent[task.key].note == 'stale_plan: write of portal does not list "task"'
