"""The store against the neutral firm behind the stand-in: every record and field, under every switch."""

from __future__ import annotations

import pytest
from onec_truth import PROFILES, differences, turnover_differences

from connector.http.retry import TooSlowError
from connector.plugins.onec.query import Query

SWITCHES = {
    "queries": [
        "strict_composite",
        "wrong_field_is_empty",
        "deletion_filter_lies=Catalog_Партнеры",
        "count_pulls_all",
        "no_count",
    ],
    "server": ["wrong_charset", "long_queries", "rowversion", "small_memory=5", "disk_full=150000"],
    "release": [
        "composite=Catalog_Партнеры.ОсновнойМенеджер,Document_ТелефонныйЗвонок.Ответственный,"
        "Catalog_СделкиСКлиентами.Партнер,Catalog_КонтактныеЛицаПартнеров.Owner"
    ],
    "data": ["no_phone_digits", "many_counterparties=3"],
    "failures": ["no_licence=2", "error_500=2"],
    "deleted": ["delete_mid_pull=3"],
    "changed": ["change_mid_pull=10"],
}
"""What a base or its web server may do while it is read (fact sheet, sections 3, 5, 8 and 9).

Those of a group are on at once; when one fails, take them apart.
"""


def assert_whole(outcomes):
    assert all(outcome.ok for outcome in outcomes.values()), outcomes
    assert sum(outcome.quarantined for outcome in outcomes.values()) == 0


@pytest.mark.parametrize("profile", PROFILES)
def test_every_record_and_field_is_as_in_truth(profile, stand_in, connect, pull, store):
    sandbox = stand_in(profile)

    assert_whole(pull(connect(sandbox.url, profile=f"{profile}-own.toml")))

    assert differences(store, sandbox.state(), profile) == []


@pytest.mark.parametrize("group", SWITCHES)
def test_switches_change_nothing_of_what_is_stored(group, stand_in, connect, pull, store):
    sandbox = stand_in(faults=SWITCHES[group])

    assert_whole(pull(connect(sandbox.url, profile="ut11-own.toml")))

    assert differences(store, sandbox.state()) == []


def test_turnovers_of_the_register_are_the_sums_of_sales_by_month(stand_in, connect, pull, store):
    sandbox = stand_in()

    assert_whole(pull(connect(sandbox.url, profile="ut11-turnovers")))

    assert turnover_differences(store, sandbox.state()) == []


def test_what_is_inserted_while_pages_are_read_comes_with_the_next_pull(stand_in, connect, pull, store):
    sandbox = stand_in(faults=["insert_mid_pull=10"])
    connection = connect(sandbox.url, profile="ut11-own.toml")

    pull(connection)
    assert_whole(pull(connection))

    assert differences(store, sandbox.state()) == []


def test_a_document_with_five_megabytes_of_lines_is_read_by_its_narrow_columns(stand_in, connect):
    """The server has no room for the order as a whole; the control is a direct question for it."""
    sandbox = stand_in(faults=["fat_order=12000", "disk_full=2000000"])
    connection = connect(sandbox.url, profile="ut11-orders")

    orders = connection.read("deals")

    assert len(orders) == len(sandbox.state()["vendor"]["Document_ЗаказКлиента"])
    with pytest.raises(TooSlowError):
        connection.source.api.rows("Document_ЗаказКлиента", Query())


def test_control_a_record_that_a_person_changed_is_a_difference(stand_in, connect, pull, store):
    sandbox = stand_in()
    pull(connect(sandbox.url, profile="ut11-own.toml"))
    client = sandbox.state()["company"]["clients"][0]["id"]
    sandbox.act("update", table="clients", id=client, fields={"name": "Другое имя"})

    assert [line.split(": ")[0] for line in differences(store, sandbox.state())] == [f"Client {client} name"]
