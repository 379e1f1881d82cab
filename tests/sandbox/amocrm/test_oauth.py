"""Tokens: codes, pairs that are good once, what strict and grace mean, and accounts that moved."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.amocrm.naive import CLIENT, Application, Careful

DAY = 86_400
REVOKED = "Token has been revoked"
Answer = tuple[int, dict[str, Any]]


def token_call(api: Api, **body: str) -> Answer:
    """Return status and body of the token endpoint."""
    url = f"{api.sandbox.url}oauth2/access_token"
    answer = requests.post(url, json={**CLIENT, **body}, timeout=10)
    return answer.status_code, answer.json()


def by_code(api: Api) -> dict[str, Any]:
    """Return the first pair after a consent."""
    status, pair = token_call(api, grant_type="authorization_code", code=api.sandbox.act("consent")["code"])
    assert status == 200
    return pair


def renew(api: Api, refresh: str) -> Answer:
    return token_call(api, grant_type="refresh_token", refresh_token=refresh)


def use(api: Api, access: str) -> int:
    """Return the status of a call with an access token."""
    headers = {"Authorization": f"Bearer {access}"}
    return requests.get(f"{api.sandbox.url}api/v4/account", headers=headers, timeout=10).status_code


def test_a_code_is_good_once_and_for_twenty_minutes(api: Api) -> None:
    code = api.sandbox.act("consent")["code"]
    assert token_call(api, grant_type="authorization_code", code=code)[0] == 200
    status, body = token_call(api, grant_type="authorization_code", code=code)
    assert (status, body["hint"]) == (400, "Authorization code has expired")
    late = api.sandbox.act("consent")["code"]
    api.sandbox.act("advance", seconds=20 * 60)
    assert token_call(api, grant_type="authorization_code", code=late)[0] == 400


def test_a_token_tells_its_end_and_where_to_ask(api: Api) -> None:
    payload = by_code(api)["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert 0 <= claims["exp"] - NOW - DAY < 60
    assert claims["api_domain"] == api.sandbox.base.removeprefix("http://")


def test_an_access_token_lives_a_day(api: Api) -> None:
    access = by_code(api)["access_token"]
    assert use(api, access) == 200
    api.sandbox.act("advance", seconds=DAY)
    assert use(api, access) == 401


def test_its_life_can_be_shortened(start: Start) -> None:
    api = start(None, "token_life=5")
    pair = by_code(api)
    assert (pair["expires_in"], use(api, pair["access_token"])) == (5, 200)
    api.sandbox.act("advance", seconds=6)
    assert use(api, pair["access_token"]) == 401


def test_an_unused_refresh_token_lives_three_months(api: Api) -> None:
    refresh = by_code(api)["refresh_token"]
    api.sandbox.act("advance", seconds=89 * DAY)
    status, pair = renew(api, refresh)
    assert status == 200
    api.sandbox.act("advance", seconds=90 * DAY)
    assert renew(api, pair["refresh_token"])[1]["hint"] == REVOKED


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"grant_type": "password"}, 400),
        ({"redirect_uri": ""}, 400),
        ({"refresh_token": "made up"}, 401),
    ],
)
def test_what_the_token_endpoint_refuses(api: Api, change: dict[str, str], status: int) -> None:
    body = {"grant_type": "refresh_token", "refresh_token": by_code(api)["refresh_token"], **change}
    found, answer = token_call(api, **body)
    assert (found, answer["status"]) == (status, status)
    assert set(answer) == {"hint", "title", "type", "status", "detail"}


def test_a_form_is_no_json(api: Api) -> None:
    url = f"{api.sandbox.url}oauth2/access_token"
    body = {**CLIENT, "grant_type": "refresh_token", "refresh_token": by_code(api)["refresh_token"]}
    assert requests.post(url, data=body, timeout=10).status_code == 401
    broken = requests.post(url, data=b"{", headers={"Content-Type": "application/json"}, timeout=10)
    assert broken.status_code == 401
    assert requests.get(url, timeout=10).status_code == 405


def test_strict_a_refresh_token_is_good_once(api: Api) -> None:
    first = by_code(api)
    status, second = renew(api, first["refresh_token"])
    assert (status, renew(api, first["refresh_token"])[1]["hint"]) == (200, REVOKED)
    assert use(api, second["access_token"]) == 200
    assert renew(api, second["refresh_token"])[0] == 200


def test_the_first_use_of_a_pair_ends_the_one_before(api: Api) -> None:
    first = by_code(api)
    second = renew(api, first["refresh_token"])[1]
    assert use(api, first["access_token"]) == 200
    assert use(api, second["access_token"]) == 200
    assert use(api, first["access_token"]) == 401


def test_grace_a_lost_answer_can_be_asked_for_again_until_the_new_pair_is_used(start: Start) -> None:
    api = start(None, "grace")
    first = by_code(api)
    lost = renew(api, first["refresh_token"])[1]
    status, second = renew(api, first["refresh_token"])
    assert (status, second["refresh_token"] != lost["refresh_token"]) == (200, True)
    assert use(api, second["access_token"]) == 200
    assert renew(api, first["refresh_token"])[1]["hint"] == REVOKED


@pytest.mark.parametrize(("faults", "winners", "alive"), [([], 1, 1), (["grace"], 8, 1)])
def test_of_eight_who_refresh_at_once_one_lives(
    start: Start, faults: list[str], winners: int, alive: int
) -> None:
    api = start(None, *faults)
    refresh = by_code(api)["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: renew(api, refresh), range(8)))
    pairs = [pair for status, pair in answers if status == 200]
    assert len(pairs) == winners
    assert [use(api, pair["access_token"]) for pair in pairs].count(200) == alive


def test_grace_two_who_share_a_token_orphan_each_other(start: Start) -> None:
    api = start(None, "grace")
    shared = by_code(api)["refresh_token"]
    one, other = renew(api, shared)[1], renew(api, shared)[1]
    assert use(api, one["access_token"]) == 200
    assert use(api, other["access_token"]) == 401
    assert renew(api, other["refresh_token"])[1]["hint"] == REVOKED


def test_strict_a_lost_answer_is_the_end(start: Start) -> None:
    for mode, then in (([], 401), (["grace"], 200)):
        api = start(None, "lost_reply=oauth.token@2", *mode)
        refresh = by_code(api)["refresh_token"]
        with pytest.raises(requests.ConnectionError):
            renew(api, refresh)
        assert renew(api, refresh)[0] == then


def test_who_keeps_the_first_refresh_token_is_locked_out_at_the_second_end(api: Api) -> None:
    for kind, last in ((Application, 401), (Careful, 200)):
        pair = by_code(api)
        client = kind(api.sandbox.base, pair["refresh_token"], pair["access_token"])
        assert client.call() == 200
        for expected in (200, last):
            api.sandbox.act("advance", seconds=DAY)
            assert client.call() == expected


def test_an_expired_token_is_renewed_at_most_once(start: Start) -> None:
    api = start(None, "expired_token=account.get:2")
    pair = by_code(api)
    client = Careful(api.sandbox.base, pair["refresh_token"], pair["access_token"])
    assert [client.call(), client.call()] == [401, 200]


def test_taking_the_application_out_kills_its_tokens(start: Start) -> None:
    api = start()
    pair = by_code(api)
    api.sandbox.act("revoke")
    assert use(api, pair["access_token"]) == 401
    assert renew(api, pair["refresh_token"])[1]["hint"] == REVOKED
    assert use(api, "sandbox") == 200
    assert use(api, by_code(api)["access_token"]) == 200


def test_the_long_lived_token_can_be_revoked_too(start: Start) -> None:
    api = start(None, "revoked")
    assert use(api, "sandbox") == 401
    assert renew(api, api.sandbox.state("oauth")["oauth"]["refresh_token"])[1]["hint"] == REVOKED


@pytest.mark.parametrize("header", ["", "sandbox", "Basic sandbox", "Bearer wrong"])
def test_without_a_token_there_is_nothing(api: Api, header: str) -> None:
    answer = requests.get(f"{api.sandbox.url}api/v4/account", headers={"Authorization": header}, timeout=10)
    assert (answer.status_code, answer.json()["detail"]) == (401, "Invalid user name or password")


def test_a_renamed_account_answers_401_and_tells_its_new_name_to_who_asks(start: Start) -> None:
    api = start(None, "renamed=localhost")
    pair = api.sandbox.state("oauth")["oauth"]
    assert use(api, pair["access_token"]) == 401
    assert renew(api, pair["refresh_token"])[0] == 401
    where = f"{api.sandbox.url}oauth2/account/current/subdomain"
    told = requests.get(where, headers={"X-Refresh-Token": pair["refresh_token"]}, timeout=10).json()
    port = api.sandbox.base.rpartition(":")[2]
    assert (told["domain"], told["subdomain"], told["id"]) == (f"localhost:{port}", "localhost", 31000001)
    moved = requests.post(
        f"http://{told['domain']}/oauth2/access_token",
        json={**CLIENT, "grant_type": "refresh_token", "refresh_token": pair["refresh_token"]},
        timeout=10,
    )
    assert moved.status_code == 200
    assert requests.get(where, headers={"X-Refresh-Token": "wrong"}, timeout=10).status_code == 401


def test_following_a_redirect_turns_a_write_into_a_read(start: Start) -> None:
    api = start(None, "rename_302=localhost")
    url = f"{api.sandbox.url}api/v4/tasks"
    body = [{"text": "Т", "complete_till": 1790924400}]
    assert api.send("POST", "tasks", body).status_code == 302
    followed = api.session.post(url, json=body, timeout=10)
    assert followed.request.method == "GET"
    assert api.sandbox.state("writes")["writes"] == []
