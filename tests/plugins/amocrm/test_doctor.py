"""What `doctor` says of an account, a line for each thing that can be wrong, with the next step."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError

BAD = {
    "token": "make a new long-lived token in the integration's settings and put it where `token` points;"
    " if the account was renamed, mend `url`",
    "tariff": "pay for the account, then run again",
    "block": "stop all runs, write to the vendor's support; `connector doctor` tells when it is lifted",
}


def lines(connection) -> dict[str, object]:
    return {check.name: check for check in connection.source.check()}


@pytest.mark.parametrize(
    ("fault", "name", "said"),
    [
        ("revoked", "token", "Unauthorized: Invalid user name or password"),
        ("unpaid", "tariff", "Payment Required: Payment required"),
        ("blocked", "block", "the vendor blocks this address or account"),
    ],
)
def test_what_stops_everything_is_one_line_with_the_next_step(fault, name, said, stand_in, connect):
    found = lines(connect(stand_in(faults=[fault]).url))

    assert list(found) == ["answer", name]
    assert (found[name].state, found[name].detail, found[name].fix) == ("failed", said, BAD[name])


def test_a_sound_account_has_no_complaint(stand_in, connect):
    found = lines(connect(stand_in().url, write=("task", "owner", "field", "flag")))

    assert {check.state for check in found.values()} == {"ok"}
    assert found["account"].detail == "Песочница, currency RUB, zone Europe/Moscow"


def test_a_token_without_the_right_to_list_users_is_told(stand_in, connect):
    sandbox = stand_in(faults=["no_users"])

    found = lines(connect(sandbox.url))["users"]
    assert (found.state, found.fix) == (
        "failed", 'make the token as an administrator, or name the users: users = { 504141 = "..." }',
    )  # fmt: skip
    assert lines(connect(sandbox.url, users={"1": "Орлов"}))["users"].state == "ok"


def test_a_view_of_ones_own_records_is_told_and_may_be_accepted(stand_in, connect):
    sandbox = stand_in(faults=["view_rights=companies:M"])

    found = lines(connect(sandbox.url))["read companies"]
    assert found.state == "ok"  # an administrator's rights are above the letters

    sandbox = stand_in(faults=["token_user=4", "view_rights=companies:M"])
    assert lines(connect(sandbox.url))["owner"].state == "warn"
    assert lines(connect(sandbox.url, visibility="accepted"))["owner"].state == "ok"


def test_filters_that_are_off_are_told(stand_in, connect):
    found = lines(connect(stand_in(faults=["filter_off"]).url))["filters"]

    assert (found.state, found.fix) == (
        "warn", "ask the vendor's support to switch on the filters of the API",
    )  # fmt: skip


def test_a_field_that_is_not_there_is_told_with_the_nearest_name(stand_in, connect):
    connection = connect(stand_in().url, fields={"abc_class": "ABC_KLASS"}, write=("field",))

    found = lines(connection)
    assert (
        found["fields"].detail
        == "the account's companies have no field 'ABC_KLASS', did you mean 'ABC_CLASS'?"
    )
    assert found["write field"].state == "failed"
    with pytest.raises(ConfigError, match="did you mean 'ABC_CLASS'"):
        connection.read("companies")
