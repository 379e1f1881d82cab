"""What records hold now comes of the streams' `again`, where a plugin says nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from connector.changes import ChangeOwner, ClearFlag, SetFlag
from connector.errors import RecordError
from connector.model import Client, Contact, Deal, Entity, Event, Ref, Task
from connector.plugins.base import Row, Source, SourceConfig, Stream, writes
from connector.plugins.refs import ref_of
from connector.plugins.rereading import held_now

DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
ROWS: Mapping[type[Entity], Mapping[str, Any]] = {
    Client: {"name": "Company", "owner": 4, "custom": {"key_account": True, "words": ["a", "b"]}},
    Deal: {"stage": "lead", "stage_kind": "open", "owner": 5},
    Contact: {"name": "Ann"},
    Task: {"title": "Call", "assignee": 6, "due": DUE, "status": "done"},
    Event: {"kind": "call", "status": "planned", "employee": 7, "subject": "Meet", "planned_at": DUE},
}


def stream(entity: type[Entity]) -> Stream:
    """Return a stream of one record, "1", which is read again by its id."""

    def again(ids: Sequence[str]) -> Iterator[Sequence[Row]]:
        yield [ROWS[entity]] if "1" in ids else []

    def parse(row: Row) -> list[Entity]:
        return [entity.model_validate({"ref": Ref("crm", "1"), **row})]

    return Stream(entity.__name__, entity, lambda cursor: iter(()), parse, again=again)


@pytest.mark.parametrize(
    ("kind", "names", "held"),
    [
        ("client", ["owner", "status"], {"owner": "4", "status": "active"}),
        ("client", ["key_account", "words", "abc"], {"key_account": True, "words": "a | b", "abc": None}),
        ("deal", ["owner"], {"owner": "5"}),
        ("person", ["owner"], {"owner": None}),
        ("task", [], {"open": False, "assignee": "6", "title": "Call", "due": "2026-10-05T09:00:00+00:00"}),
        ("contact", [], {"open": True, "assignee": "7", "title": "Meet", "due": "2026-10-05T09:00:00+00:00"}),
    ],
)
def test_a_record_tells_what_changes_expect_of_its_kind(kind: Any, names: list[str], held: Any) -> None:
    streams = [stream(entity) for entity in ROWS]
    assert held_now(streams, kind, ["1", "2"], names) == {"1": held}


def test_without_again_the_author_is_told() -> None:
    bare = Stream("clients", Client, lambda cursor: iter(()), lambda row: [])
    with pytest.raises(NotImplementedError, match="no stream reads a client again by its id"):
        held_now([bare], "client", ["1"], ["owner"])


def test_one_method_may_write_several_kinds() -> None:
    class Plugin(Source[SourceConfig]):
        name = "several"

        @writes(SetFlag, ClearFlag)
        def flag(self, change: SetFlag) -> str:
            return change.target

        @writes(ChangeOwner)
        def owner(self, change: ChangeOwner) -> str:
            return change.target

    assert Plugin.writers() == {SetFlag: "flag", ClearFlag: "flag", ChangeOwner: "owner"}


@pytest.mark.parametrize(("given", "kept"), [(7, "7"), ("7", "7"), (None, None)])
def test_a_number_that_names_a_record_becomes_text(given: object, kept: str | None) -> None:
    assert Client.model_validate({"ref": Ref("crm", "1"), "name": "A", "owner": given}).owner == kept


@pytest.mark.parametrize("field", [{"owner": True}, {"owner": []}, {"name": 7}])
def test_nothing_else_becomes_text(field: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Client.model_validate({"ref": Ref("crm", "1"), "name": "A", **field})


@pytest.mark.parametrize("number", [None, ""])
def test_a_record_without_id_has_no_reference(number: object) -> None:
    with pytest.raises(RecordError, match="the record has no id"):
        ref_of("crm", number)
    make: Callable[..., Ref] = ref_of
    assert make("crm", 0) == Ref("crm", "0")
