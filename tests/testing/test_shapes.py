"""Each shape that real CRMs have is read by a plugin that breaks no promise."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

from connector.model import Client
from connector.plugins.base import Stream
from connector.sync.pull import pull_source
from connector.testing.bench import NAME, Bench
from connector.testing.checks import PROMISES
from connector.testing.suite import broken_promises

from . import shapes
from .shapes import change_feed, owner_moves_no_date, refusal_with_200

SHAPES = sorted(each.name for each in pkgutil.iter_modules(shapes.__path__))


def bench_of(module: ModuleType) -> Bench:
    return Bench(module.Plugin, getattr(module, "CONFIG", {}), module.Crm)


def test_all_the_shapes_are_there() -> None:
    assert SHAPES == [
        "address_per_tenant", "change_feed", "cursor_object", "empty_page_is_404", "form_with_json",
        "list_by_post", "listed_page_sizes", "owner_moves_no_date", "query_is_json",
        "references_of_many_kinds", "refusal_with_200",
    ]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_breaks_no_promise(shape: str) -> None:
    module = importlib.import_module(f"{shapes.__name__}.{shape}")
    assert broken_promises(bench_of(module)) == {}


def test_a_mark_of_deletion_in_a_feed_deletes_at_once() -> None:
    bench = bench_of(change_feed)
    with bench.store() as store, bench.open() as opened:
        zone = opened.source.context.zone
        pull_source(opened.source, store, zone=zone)
        assert store.entities.count(Client, NAME) == 5
        opened.crm.touch("clients", 5, name="Renamed")
        opened.crm.remove_last("clients")
        opened.crm.touch("clients", 1, name="Another")
        (outcome,) = pull_source(opened.source, store, zone=zone)
        assert (outcome.mode, outcome.deleted, outcome.error) == ("changes", 1, "")
        gone, renamed = (store.entities.get(Client, NAME, number) for number in ("5", "1"))
        assert gone is not None
        assert gone.deleted_at
        assert renamed is not None
        assert (renamed.entity.name, renamed.deleted_at) == ("Another", None)


def test_control_without_anew_hours_the_new_owner_is_not_seen() -> None:
    class Hasty(owner_moves_no_date.Plugin):
        def streams(self) -> tuple[Stream, ...]:
            return tuple(super(owner_moves_no_date.Plugin, self).streams())

    bench = Bench(Hasty, {}, owner_moves_no_date.Crm)
    with pytest.raises(AssertionError, match="clients: 1 changed and the store does not know"):
        PROMISES["changes_without_a_stamp_are_seen"](bench)


def test_control_a_refusal_with_200_that_nobody_judges_is_read_as_the_end() -> None:
    class Hasty(refusal_with_200.Plugin):
        def setup(self) -> None:
            super(refusal_with_200.Plugin, self).setup()

    bench = Bench(Hasty, {}, refusal_with_200.Crm)
    with pytest.raises(AssertionError, match="clients: a refusal with 200 was read as 0 rows and the end"):
        PROMISES["a_refusal_with_200_is_an_error"](bench)
