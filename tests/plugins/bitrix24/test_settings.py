"""The settings of a portal: what is accepted, and refusals that do not show the secret."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from connector.plugins.bitrix24.settings import Bitrix24Config

SECRET = "s3cr3tc0de"
COMMON = {"name": "main", "plugin": "bitrix24"}


def made(**given) -> Bitrix24Config:
    return Bitrix24Config.model_validate({**COMMON, **given})


@pytest.mark.parametrize(
    "url",
    [
        f"https://portal.bitrix24.ru/rest/1/{SECRET}/",
        f"https://portal.bitrix24.ru/rest/12/{SECRET}",
        f"http://127.0.0.1:8080/rest/1/{SECRET}/",
        f"http://localhost/rest/1/{SECRET}/",
    ],
)
def test_a_webhook_is_taken(url):
    assert made(webhook_url=url).webhook_url.get_secret_value() == url


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        (f"http://portal.bitrix24.ru/rest/1/{SECRET}/", "https://"),
        (f"https://portal.bitrix24.ru/rest/{SECRET}/", "/rest/USER/CODE/"),
        (f"https://portal.bitrix24.ru/rest/1/{SECRET}/crm.company.list", "/rest/USER/CODE/"),
        (f"portal.bitrix24.ru/rest/1/{SECRET}/", "whole webhook address"),
        (f"ftp://portal.bitrix24.ru/rest/1/{SECRET}/", "whole webhook address"),
    ],
)
def test_anything_else_is_refused_with_advice_and_without_the_secret(url, advice):
    with pytest.raises(ValidationError) as caught:
        made(webhook_url=url)
    assert advice in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_secret_is_not_shown():
    config = made(webhook_url=f"https://portal.bitrix24.ru/rest/7/{SECRET}/")
    assert SECRET not in f"{config!r} {config} {config.model_dump_json()}"
    assert (config.host, config.user) == ("portal.bitrix24.ru", "7")


@pytest.mark.parametrize(
    ("given", "rate", "burst"),
    [
        ({}, 2.0, 49.0),
        ({"rate": "enterprise"}, 5.0, 247.5),
        ({"share": 0.5}, 1.0, 24.5),
        ({"share": 0.01}, 0.02, 1.0),
    ],
)
def test_the_limit_of_the_tariff(given, rate, burst):
    limit = made(webhook_url=f"https://portal.bitrix24.ru/rest/1/{SECRET}/", **given).limit()
    assert (limit.rate, limit.burst) == (rate, burst)
    assert limit.key == "bitrix24 portal.bitrix24.ru"


def test_a_portal_without_a_limit():
    assert made(webhook_url=f"https://portal.bitrix24.ru/rest/1/{SECRET}/", rate="off").limit() is None


@pytest.mark.parametrize(
    "given", [{"rate": "fast"}, {"roles": {"Продажи": "boss"}}, {"event_kinds": {"X": "chat"}}]
)
def test_words_that_mean_nothing_are_refused(given):
    with pytest.raises(ValidationError):
        made(webhook_url=f"https://portal.bitrix24.ru/rest/1/{SECRET}/", **given)
