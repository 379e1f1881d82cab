"""Logins, rights, and the pages of IIS and of the application server that a client must tell apart."""

from __future__ import annotations

import pytest
import requests

from sandbox.onec.conftest import PARTNERS, SALES, Api, Start, basic

LONG = "Description eq '" + "x" * 2_100 + "'"


def page(api: Api, verb: str = "GET", path: str = PARTNERS, **options: str) -> tuple[int, str]:
    """Return status and text of an answer that is a page and no JSON."""
    answer = api.send(verb, path, **options)
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (basic(), 200),
        (basic(encoding="cp1251"), 401),
        (basic(password="wrong"), 401),
        ("Bearer x", 401),
        ("Basic ???", 401),
        ("", 401),
    ],
)
def test_a_cyrillic_login_is_utf_8(api: Api, header: str, status: int) -> None:
    answer = requests.get(
        api.root, headers={"Authorization": header, "Accept": "application/json"}, timeout=10
    )
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="1C:Enterprise 8.3"'


def test_requests_own_basic_cannot_even_say_the_login(api: Api) -> None:
    with pytest.raises(UnicodeEncodeError):
        requests.get(api.root, auth=("Администратор", "sandbox"), timeout=10)


def test_a_changed_password_and_a_missing_right_are_both_401(start: Start) -> None:
    changed, closed = start(None, "password=changed"), start(None, f"no_right={PARTNERS}")
    assert "odata.error" not in changed.send("GET", PARTNERS).text
    assert closed.refused("GET", PARTNERS) == (401, "20", "Нарушение прав доступа!")
    assert closed.rows("Catalog_Контрагенты")
    readable = start(None, f"no_write={PARTNERS}")
    assert readable.rows(PARTNERS)
    path = f"{PARTNERS}(guid'{readable.key('clients', 1)}')"
    assert readable.refused("PATCH", path, {})[:2] == (401, "20")
    assert page(start(None, "no_odata"))[0] == 403


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ("pool_down", 503, "Service Unavailable"),
        ("basic_off", 401, "Access is denied due to invalid credentials"),
        ("not_published", 404, "File or directory not found"),
        ("base_locked", 503, "резервное копирование"),
        ("base_updating", 503, "обновление конфигурации"),
        ("error_500", 500, "1C:Enterprise 8 application error"),
    ],
)
def test_states_that_only_a_page_tells_of(start: Start, fault: str, status: int, word: str) -> None:
    api = start(None, fault)
    found = page(api)
    assert (found[0], word in found[1]) == (status, True)
    with pytest.raises(requests.JSONDecodeError):
        api.send("GET", PARTNERS).json() if fault != "error_500" else start(None, fault).send(
            "GET", PARTNERS
        ).json()
    api.sandbox.act("clear_faults")
    assert api.rows(PARTNERS)


def test_basic_off_asks_for_another_way_in(start: Start) -> None:
    assert start(None, "basic_off").send("GET", "").headers["WWW-Authenticate"] == "Negotiate"


def test_iis_cuts_off_long_queries(start: Start) -> None:
    api, patient = start(), start(None, "long_queries")
    assert page(api, filter=LONG)[0] == 404
    assert patient.rows(PARTNERS, filter=LONG) == []
    keys = " or ".join(f"Ref_Key eq guid'{api.key('clients', 1)}'" for _ in range(60))
    assert page(api, filter=keys)[0] == 404


def test_iis_cuts_off_long_steps_of_the_path(api: Api) -> None:
    long = f"InformationRegister_КурсыВалют/SliceLast(Condition='{'x' * 260}')"
    assert page(api, path=long) == (400, page(api, path=long)[1])
    assert "Invalid URL" in page(api, path=long)[1]
    plus = "InformationRegister_КурсыВалют/SliceLast(Condition='a%2Bb')"
    answer = requests.get(api.root + plus, headers={"Authorization": basic()}, timeout=10)
    assert answer.status_code == 400


def test_iis_may_keep_verbs_from_1c(start: Start) -> None:
    api = start(None, "patch_forbidden")
    assert page(api, "PATCH", f"{PARTNERS}(guid'{api.key('clients', 1)}')")[0] == 405
    assert api.write("POST", "Catalog_Валюты", {"Description": "CNY"})["Description"] == "CNY"
    half = start(None, "delete_forbidden")
    card = f"{PARTNERS}(guid'{half.key('clients', 1)}')"
    assert page(half, "DELETE", card)[0] == 405
    assert half.write("PATCH", card, {"Комментарий": "x"})["Комментарий"] == "x"


def test_licences_are_taken_by_calls_at_the_same_time(start: Start) -> None:
    once = start(None, f"no_licence={SALES}")
    status, code, text = once.refused("GET", SALES)
    assert (status, code, "лиценз" in text) == (500, "-1", True)
    assert once.rows(SALES) == []


def test_the_first_call_after_a_pause_is_slow(start: Start) -> None:
    api = start(None, "slow_first=300")

    def seconds() -> float:
        return api.send("GET", "").elapsed.total_seconds()

    assert seconds() >= 0.3
    assert seconds() < 0.3
    api.sandbox.act("advance", seconds=1201)
    assert seconds() >= 0.3


def test_a_charset_can_lie(start: Start) -> None:
    answer = start(None, "wrong_charset").send("GET", PARTNERS, select="Description", top="1")
    assert "windows-1251" in answer.headers["Content-Type"]
    assert answer.text != answer.content.decode("utf-8")
    assert "Ромашка" in answer.content.decode("utf-8")
