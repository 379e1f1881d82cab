"""The application's way in: tokens that expire and rotate; one client that copes, one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bitrix24.conftest import Api, Start
from sandbox.naive import Application, Careful


def asked(api: Api, **params: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of a question to oauth/token."""
    answer = api.session.get(f"{api.sandbox.base}/oauth/token/", params=params, timeout=10)
    return answer.status_code, answer.json()


def known(api: Api) -> dict[str, str]:
    return dict(api.sandbox.state("oauth")["oauth"])


def secret(api: Api) -> dict[str, str]:
    return {name: known(api)[name] for name in ("client_id", "client_secret")}


def test_an_application_calls_with_its_token(api: Api) -> None:
    url = f"{api.sandbox.base}/rest/crm.company.list.json"
    token = known(api)["access_token"]
    by_query = api.session.get(url, params={"auth": token, "start": -1}, timeout=10)
    by_body = api.session.post(url, json={"auth": token, "start": -1}, timeout=10)
    assert len(by_query.json()["result"]) == len(by_body.json()["result"]) == 4
    wrong = api.session.post(url, json={"auth": "guess"}, timeout=10)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "NO_AUTH_FOUND")


def test_a_token_expires_after_an_hour(api: Api) -> None:
    url, token = f"{api.sandbox.base}/rest/server.time", known(api)["access_token"]
    assert api.session.post(url, json={"auth": token}, timeout=10).status_code == 200
    api.sandbox.act("advance", seconds=3601)
    late = api.session.post(url, json={"auth": token}, timeout=10)
    assert (late.status_code, late.json()["error"]) == (401, "expired_token")
    assert api.send("server.time").status_code == 200


def test_a_refresh_token_is_good_once(api: Api) -> None:
    refresh = {"grant_type": "refresh_token", "refresh_token": known(api)["refresh_token"], **secret(api)}
    status, fresh = asked(api, **refresh)
    assert status == 200
    assert set(fresh) == {
        "access_token", "refresh_token", "expires", "expires_in", "client_endpoint", "server_endpoint",
        "domain", "member_id", "scope", "status", "user_id",
    }  # fmt: skip
    assert (fresh["expires_in"], fresh["domain"]) == (3600, "oauth.bitrix.info")
    status, refused = asked(api, **refresh)
    assert (status, refused["error"]) == (400, "invalid_grant")
    assert asked(api, **(refresh | {"refresh_token": fresh["refresh_token"]}))[0] == 200


def test_a_consent_is_good_for_half_a_minute(api: Api) -> None:
    def exchange(code: str) -> int:
        return asked(api, grant_type="authorization_code", code=code, **secret(api))[0]

    code = api.sandbox.act("consent")["code"]
    assert (exchange(code), exchange(code)) == (200, 400)
    late = api.sandbox.act("consent")["code"]
    api.sandbox.act("advance", seconds=31)
    assert exchange(late) == 400


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"client_id": "somebody"}, "invalid_client"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"refresh_token": "guess"}, "invalid_grant"),
    ],
)
def test_what_does_not_fit_is_refused(api: Api, params: dict[str, str], error: str) -> None:
    right = {"grant_type": "refresh_token", "refresh_token": known(api)["refresh_token"], **secret(api)}
    assert asked(api, **(right | params))[1]["error"] == error


def test_a_client_that_keeps_its_first_refresh_token_is_locked_out_the_second_time(start: Start) -> None:
    api = start(None, "token_life=60")
    naive = Application(api.sandbox.base, known(api))
    assert len(naive.call("crm.company.list")) == 4
    api.sandbox.act("advance", seconds=61)
    assert len(naive.call("crm.company.list")) == 4
    api.sandbox.act("advance", seconds=61)
    with pytest.raises(KeyError):
        naive.call("crm.company.list")


def test_control_a_client_that_keeps_the_last_one_is_not(start: Start) -> None:
    api = start(None, "token_life=60")
    careful = Careful(api.sandbox.base, known(api))
    for _ in range(4):
        assert len(careful.call("crm.company.list")) == 4
        api.sandbox.act("advance", seconds=61)
    lasting = start()
    naive = Application(lasting.sandbox.base, known(lasting))
    for _ in range(4):
        assert len(naive.call("crm.company.list")) == 4
        lasting.sandbox.act("advance", seconds=61)


def test_questions_for_tokens_fill_no_bucket(start: Start) -> None:
    api = start(None, limits="standard")
    assert {asked(api, grant_type="none", **secret(api))[0] for _ in range(60)} == {400}
    assert api.send("server.time").status_code == 200
