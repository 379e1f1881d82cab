"""`doctor --write-probe`: each allowed kind is tried once and taken back, as far as an account lets us."""

from __future__ import annotations

import re

SETTINGS = {
    "write": ("task", "contact", "note", "owner", "field", "flag"),
    "fields": {"abc_class": "ABC_CLASS"},
    "flags": {"key_account": "Ключевой клиент", "watched": "tag:Наблюдение"},
}


def company(sandbox):
    return max(sandbox.state("vendor")["vendor"]["companies"], key=lambda row: row["id"])


def values(row):
    return {field["field_name"]: field["values"] for field in row["custom_fields_values"] or ()}


def test_each_kind_is_tried_and_leaves_the_card_as_it_was(stand_in, connect):
    sandbox = stand_in()
    before = company(sandbox)
    checks = list(connect(sandbox.url, **SETTINGS).source.probe_writes())

    assert [(check.name, check.state) for check in checks] == [
        (f"write {kind}, tried", "ok") for kind in SETTINGS["write"]
    ]
    after = company(sandbox)
    assert values(after) == values(before)
    assert after["responsible_user_id"] == before["responsible_user_id"]
    assert after["_embedded"]["tags"] == before["_embedded"]["tags"]
    tasks = [row for row in sandbox.state("vendor")["vendor"]["tasks"] if row["text"].startswith("connector")]
    assert [row["is_completed"] for row in tasks] == [True, True]


def test_a_task_that_is_left_open_is_told_with_its_number(stand_in, connect):
    sandbox = stand_in(faults=["lost_reply=tasks.update:1"])
    (check,) = connect(sandbox.url, write=("task",)).source.probe_writes()

    assert check.state == "failed"
    assert re.search(r"task \d+ was made but not ticked off", check.detail)
    assert re.fullmatch(r"tick task \d+ off by hand", check.fix)


def test_a_refusal_is_told_with_the_next_step(stand_in, connect):
    sandbox = stand_in(faults=["lost_reply=tasks.add:1"])
    (check,) = connect(sandbox.url, write=("task",)).source.probe_writes()

    assert (check.state, check.fix) == (
        "failed",
        "give the token's user the right to do this, or take task out of `write`",
    )


def test_nothing_is_tried_that_may_not_be_written(stand_in, connect):
    sandbox = stand_in()
    (check,) = connect(sandbox.url, write=()).source.probe_writes()

    assert check.state == "skipped"
    assert sandbox.state("writes")["writes"] == []
