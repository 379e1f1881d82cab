"""A value that something changes back at once is written twice, then left for a person to settle."""

from __future__ import annotations

from .conftest import Open
from .making import LATER, writes

FAULT = "changed_back=UF_CRM_ABC_CLASS"


def test_changed_back_at_once_fails_the_first_time_and_is_contested_the_second(desk: Open) -> None:
    office = desk(FAULT)
    change, other = office.make.abc(1, "A"), office.make.key_account(2, new=True, old=False)
    first = office.apply(change, other)
    assert (first[change.key].state, first[other.key].state) == ("failed", "done")
    assert "the card holds None, not 'A'" in first[change.key].note
    assert office.apply(change, as_of=LATER)[change.key].state == "contested"
    assert len(writes(office.portal, "crm.company.update")) == 3
    assert office.apply(change) == {}
    assert len(writes(office.portal, "crm.company.update")) == 3
    assert office.steps(change) == [
        "planned", "approved", "sending", "failed", "planned", "approved", "sending", "contested",
    ]  # fmt: skip


def test_once_settled_for_ours_it_is_written_again(desk: Open) -> None:
    office = desk(FAULT)
    change = office.make.abc(1, "A")
    office.apply(change)
    office.apply(change, as_of=LATER)
    office.portal.act("clear_faults")
    office.store.changes.settle(change.key, ours=True, by="petrova")
    assert office.apply(change, as_of=LATER)[change.key].state == "done"
    assert office.held(1, "abc_class") == "A"
    assert office.store.changes.log(change.key)[8].note == "settled by petrova: ours is written once more"


def test_settled_for_theirs_it_never_comes_again(desk: Open) -> None:
    office = desk(FAULT)
    change = office.make.abc(1, "A")
    office.apply(change)
    office.apply(change, as_of=LATER)
    office.portal.act("clear_faults")
    office.store.changes.settle(change.key, ours=False, by="petrova")
    assert office.apply(change, as_of=LATER) == {}
    assert office.states([change]) == ["undone"]
    assert office.held(1, "abc_class") is None


def test_control_without_the_rule_the_value_stands(desk: Open) -> None:
    office = desk()
    change = office.make.abc(1, "A")
    assert office.apply(change)[change.key].state == "done"
