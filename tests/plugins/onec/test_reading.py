"""How a base is reached and read: logins, addresses, rights, long queries, hours, phones, counterparties."""

from __future__ import annotations

from datetime import time

import pytest

from connector.errors import AccessError, ForbiddenError, SourceError
from connector.model import Client
from connector.plugins.base import Cursor
from connector.plugins.onec.query import Query, literal, packed, path, refers
from connector.plugins.onec.settings import OneCConfig
from connector.sandbox.onec import frontdoor

PARTNERS = "Catalog_Партнеры"
INFO = "КонтактнаяИнформация"


def settings(**given):
    return OneCConfig.model_validate(
        {"name": "a", "plugin": "onec", "login": "Иван", "password": "п", **given}
    )


@pytest.mark.parametrize(
    "pasted",
    [
        "http://server/base",
        "http://server/base/",
        "http://server/base/ru_RU/",
        "http://server/base/ru/",
        "http://server/base/#e1cib/navigationpoint/startpage",
        "http://server/base/ru_RU/?sysver=8.3.27",
        " http://server/base/odata/standard.odata/ ",
    ],
)
def test_whatever_the_browser_shows_is_the_publication(pasted):
    assert settings(url=pasted).root == "http://server/base/odata/standard.odata"


@pytest.mark.parametrize("wrong", ["server/base", "ftp://server/base", "http://Иван:п@server/base", ""])
def test_what_is_no_address_is_told(wrong):
    with pytest.raises(ValueError, match="write"):
        settings(url=wrong)


def test_a_publication_behind_a_segment_of_the_language_is_read(stand_in, connect):
    sandbox = stand_in()

    assert connect(f"{sandbox.url}ru_RU/").read("employees")
    assert connect(sandbox.url, language="ru_RU").read("employees")


def test_a_login_in_cyrillic_lets_in_and_a_wrong_password_is_told_from_a_missing_right(stand_in, connect):
    """Both are a 401; the login of the stand-in is Cyrillic."""
    sandbox = stand_in(faults=["no_right=Catalog_Пользователи"])

    with pytest.raises(AccessError, match="login or password is wrong") as wrong:
        connect(sandbox.url, password="другой").read("employees")
    with pytest.raises(ForbiddenError, match="the user lacks a right"):
        connect(sandbox.url).read("employees")
    assert not isinstance(wrong.value, ForbiddenError)
    assert connect(sandbox.url).read("contacts")


def test_a_space_is_never_a_plus_and_cyrillic_is_utf8():
    query = Query(("Ref_Key",), "Тема eq 'а б+в'", allowed_only=False)

    assert query.text == (
        "$select=Ref_Key&$filter=%D0%A2%D0%B5%D0%BC%D0%B0%20eq%20'%D0%B0%20%D0%B1%2B%D0%B2'"
    )
    assert path("Catalog_Ц", "k") == "Catalog_%D0%A6(guid'k')"
    assert literal("а'б") == "'а''б'"


def test_keys_are_packed_by_the_bytes_of_the_whole_query():
    query = Query(("Ref_Key", "НаименованиеПолное"))
    keys = [f"{number:08d}-0000-0000-0000-000000000000" for number in range(50)]
    terms = [refers("Ref_Key", key) for key in keys]

    pieces = list(packed(query, terms, 1_900))

    assert all(len(piece.text) <= 1_900 for piece, _ in pieces)
    assert sum(count for _, count in pieces) == 50
    assert all(key in "".join(piece.text for piece, _ in pieces) for key in keys)
    # One more would not have fitted: no request is wasted.
    assert len(pieces[0][0].text) + len("%20or%20") + len(Query((), terms[0]).text) > 1_900


def test_a_web_server_that_bears_shorter_queries_only_is_asked_shorter_ones(stand_in, connect, monkeypatch):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    keys = [row["Ref_Key"] for row in sandbox.state("vendor")["vendor"][PARTNERS]]
    monkeypatch.setattr(frontdoor, "LONGEST_QUERY", 700)
    terms = [refers("Ref_Key", key) for key in keys]

    rows = [
        row for some in connection.source.api.matching(PARTNERS, Query(("Ref_Key",)), terms) for row in some
    ]

    assert sorted(row["Ref_Key"] for row in rows) == sorted(keys)
    with pytest.raises(AccessError):
        connection.source.api.rows(PARTNERS, next(packed(Query(("Ref_Key",)), terms, 1_900))[0])


def test_rows_that_row_level_security_hides_make_the_view_partial_and_are_not_deleted(
    stand_in, connect, pull, store, tmp_path
):
    sandbox = stand_in()
    pull(connect(sandbox.url, kept=tmp_path / "kept"))
    sandbox.stand_in.faults.add("hidden_rows=3")

    outcome = pull(connect(sandbox.url, kept=tmp_path / "kept", sweep_hours=0))["clients"]

    assert outcome.ok
    assert outcome.visibility.startswith("partial(row-level security")
    assert outcome.deleted == 0
    assert store.entities.count(Client, "main") == 20


def test_outside_its_hours_a_base_is_not_read_whole(stand_in, connect):
    """The base's clock says nine in the morning."""
    sandbox = stand_in()

    with pytest.raises(SourceError, match="only at other hours"):
        connect(sandbox.url, hours="20:00-07:00").read("clients")
    assert connect(sandbox.url, hours="08:00-10:00").read("clients")


@pytest.mark.parametrize(
    ("hours", "at", "allowed"),
    [
        ("20:00-07:00", time(23), True),
        ("20:00-07:00", time(6, 59), True),
        ("20:00-07:00", time(7), False),
        ("9:00-18:00", time(9), True),
        ("9:00-18:00", time(18), False),
        ("", time(3), True),
    ],
)
def test_hours_may_go_over_midnight(hours, at, allowed):
    assert settings(url="http://a/b", hours=hours).within_hours(at) is allowed


def test_two_phones_and_an_extension(stand_in, connect):
    """What was typed is taken where it is a number: the digits that 1C keeps apart lack the extension."""
    sandbox = stand_in()
    card = sandbox.state("vendor")["vendor"][PARTNERS][0]
    blank = dict.fromkeys(("ЗначенияПолей", "Страна", "Регион", "Город", "АдресЭП", "ДоменноеИмяСервера"), "")
    lines = [
        {**blank, "LineNumber": 1, "Тип": "Телефон", "Представление": "+7 (495) 111-22-33, доб. 14",
         "НомерТелефона": "74951112233", "НомерТелефонаБезКодов": "1112233", "Значение": ""},
        {**blank, "LineNumber": 2, "Тип": "Телефон", "Представление": "склад", "НомерТелефона": "79161112233",
         "НомерТелефонаБезКодов": "1112233", "Значение": ""},
    ]  # fmt: skip
    sandbox.act("edit", entity=PARTNERS, id=card["Ref_Key"], fields={INFO: lines})

    (client,) = [
        each for each in connect(sandbox.url).read("clients") if each.ref.external_id == card["Ref_Key"]
    ]

    assert isinstance(client, Client)
    assert client.phones == ("+74951112233;ext=14", "+79161112233")


def test_a_partner_with_three_counterparties_has_the_first_ones_inn_and_keeps_the_others(stand_in, connect):
    sandbox = stand_in(faults=["many_counterparties=1"])
    legal = sandbox.state("vendor")["vendor"]["Catalog_Контрагенты"]

    clients = connect(sandbox.url).read("clients")

    for client in clients:
        assert isinstance(client, Client)
        mine = sorted(
            (row for row in legal if row["Партнер_Key"] == client.ref.external_id),
            key=lambda row: row["Code"],
        )
        inns = [row["ИНН"] for row in mine if row["ИНН"]]
        assert len(mine) == 3
        assert client.inn == inns[0]
        assert client.custom["inns"] == inns


def test_a_call_with_a_person_is_a_call_with_the_persons_client(stand_in, connect):
    sandbox = stand_in()
    person = sandbox.state("vendor")["vendor"]["Catalog_КонтактныеЛицаПартнеров"][0]
    call = sandbox.state("vendor")["vendor"]["Document_ТелефонныйЗвонок"][0]
    fields = {
        "АбонентКонтакт": person["Ref_Key"],
        "АбонентКонтакт_Type": "StandardODATA.Catalog_КонтактныеЛицаПартнеров",
    }
    sandbox.act("edit", entity="Document_ТелефонныйЗвонок", id=call["Ref_Key"], fields=fields)

    (found,) = [
        each for each in connect(sandbox.url).read("calls") if each.ref.external_id == call["Ref_Key"]
    ]

    assert found.client == person["Owner_Key"]


def test_a_set_that_is_not_ticked_fails_its_stream_alone_with_what_to_tick(stand_in, connect, pull):
    sandbox = stand_in(faults=["unpublished=Document_Встреча*"])

    outcomes = pull(connect(sandbox.url))

    assert [name for name, outcome in outcomes.items() if not outcome.ok] == ["meetings"]
    assert "Document_Встреча" in outcomes["meetings"].error
    assert "tick" in outcomes["meetings"].error


def test_an_empty_composition_is_told(stand_in, connect):
    with pytest.raises(AccessError, match="composition of the OData interface is empty"):
        connect(stand_in(faults=["empty_composition"]).url).read("clients")


def test_every_page_has_an_order_and_every_question_names_its_columns(stand_in, connect):
    sandbox = stand_in()
    list(connect(sandbox.url).source.streams()[1].read(Cursor()))

    asked = [str(each) for each in sandbox.stand_in.journal.received if "%9F%D0%B0%D1%80" in str(each)]

    paged = [query for query in asked if "$top=" in query and "$top=1&" not in f"{query}&"]
    assert paged
    assert all("$select=" in query for query in asked)
    assert all("$orderby=" in query for query in paged)
