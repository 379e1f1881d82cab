"""Plans are kept as they were made; approvals stand beside them."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError, StoreError
from connector.store.database import Store

from .records import utc

AS_OF = utc("2026-10-01")


def test_a_plan_is_found_by_the_beginning_of_its_fingerprint(store: Store) -> None:
    store.plans.save("aabbccdd" * 8, AS_OF, '{"n": "план"}\n')
    found = store.plans.find("aabbccdd")
    assert (found.fingerprint, found.as_of, found.document) == ("aabbccdd" * 8, AS_OF, '{"n": "план"}\n')


def test_the_same_plan_made_again_is_the_same(store: Store) -> None:
    store.plans.save("aa", AS_OF, "one")
    first = store.plans.find("aa")
    store.plans.save("aa", AS_OF, "one")
    assert store.plans.find("aa") == first


def test_none_and_several_are_said(store: Store) -> None:
    with pytest.raises(ConfigError, match="no plan begins with 'aa'"):
        store.plans.find("aa")
    store.plans.save("aa1", AS_OF, "one")
    store.plans.save("aa2", AS_OF, "two")
    with pytest.raises(ConfigError, match="several plans begin with 'aa'"):
        store.plans.find("aa")
    with pytest.raises(ConfigError, match="no plan begins"):
        store.plans.find("a%")


def test_the_latest(store: Store) -> None:
    assert store.plans.latest() is None
    store.plans.save("aa", AS_OF, "one")
    store.plans.save("bb", AS_OF, "two")
    latest = store.plans.latest()
    assert latest is not None
    assert latest.fingerprint == "bb"


def test_the_first_approval_stands(store: Store) -> None:
    store.plans.save("aa", AS_OF, "one")
    store.plans.approve("aa", ["k1", "k2"], by="anna")
    store.plans.approve("aa", ["k2", "k3"], by="boris")
    approvals = store.plans.approvals("aa")
    assert {key: one.by for key, one in approvals.items()} == {"k1": "anna", "k2": "anna", "k3": "boris"}
    assert store.plans.approvals("bb") == {}


def test_a_plan_that_is_not_there_cannot_be_approved(store: Store) -> None:
    with pytest.raises(StoreError):
        store.plans.approve("aa", ["k1"], by="anna")
