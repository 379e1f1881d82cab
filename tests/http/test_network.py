"""The way out: which host goes through which proxy."""

from __future__ import annotations

import pytest

from connector.http.network import Network, Route, is_loopback

PROXY = "http://user:pass@proxy.local:3128"


def test_the_configured_proxy_takes_everything_but_the_exceptions():
    network = Network(proxy=PROXY, no_proxy=("1c.example.ru", ".local.firm"))

    assert network.proxies("https://portal.bitrix24.ru/rest/") == {"http": PROXY, "https": PROXY}
    assert network.proxies("https://1c.example.ru/ut11") == {}
    assert network.proxies("https://a.1c.example.ru/ut11") == {}
    assert network.proxies("http://srv.local.firm/") == {}
    assert network.proxies("https://not1c.example.ru/") == {"http": PROXY, "https": PROXY}


def test_a_star_excepts_every_host():
    assert Network(proxy=PROXY, no_proxy=("*",)).proxies("https://portal.bitrix24.ru/") == {}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_never_reached_through_a_proxy(host):
    assert is_loopback(host)
    shown = f"[{host}]" if ":" in host else host
    assert Network(proxy=PROXY).proxies(f"http://{shown}:8080/") == {}


def test_other_hosts_are_not_this_machine():
    assert not is_loopback("portal.bitrix24.ru")
    assert not is_loopback("10.0.0.1")


def test_without_a_setting_the_system_decides(monkeypatch):
    for name in (
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://gate:8080")
    monkeypatch.setenv("no_proxy", "inside.firm")

    assert Network().proxies("https://portal.bitrix24.ru/")["https"] == "http://gate:8080"
    assert Network().proxies("https://inside.firm/") == {}


def test_the_password_of_a_proxy_is_not_shown():
    assert "pass" not in repr(Network(proxy=PROXY))


def test_a_route_says_why(monkeypatch):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    portal = "https://portal.bitrix24.ru/rest/"
    network = Network(proxy=PROXY, no_proxy=("1c.example.ru",))
    assert network.route("http://127.0.0.1:80/").reason == "it is this very machine"
    assert network.route("https://1c.example.ru/").reason == "no_proxy in [network] names it"
    assert network.route(portal) == Route(PROXY, "by proxy in [network]")
    assert network.route(portal).name == "proxy.local:3128"
    assert "pass" not in repr(network.route(portal))
    assert Network().route(portal) == Route(None, "no proxy is set")
    monkeypatch.setenv("https_proxy", "gate:8080")
    monkeypatch.setenv("no_proxy", "inside.firm")
    assert Network().route(portal) == Route("gate:8080", "by the system's settings (HTTPS_PROXY)")
    assert Network().route(portal).name == "gate:8080"
    assert Network().route("https://inside.firm/") == Route(None, "NO_PROXY of the system names it")
    assert Network().route("http://portal.bitrix24.ru/") == Route(None, "no proxy is set for such addresses")
