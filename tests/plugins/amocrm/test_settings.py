"""Settings: an account's address, a long-lived token or an application, a limit that is never passed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from connector.plugins.amocrm import AmoCrmConfig

GIVEN = {"name": "main", "plugin": "amocrm", "url": "https://firm.amocrm.ru", "token": "long"}


def config(**settings) -> AmoCrmConfig:
    return AmoCrmConfig.model_validate({**GIVEN, **settings})


def test_the_address_is_cut_to_the_account():
    assert config(url="https://firm.amocrm.ru/leads/list?x=1").url == "https://firm.amocrm.ru/"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("firm.amocrm.ru", "is no address"),
        ("", "is no address"),
        ("http://firm.amocrm.ru", "must begin with https://"),
        ("https://www.amocrm.ru", "is the vendor's site"),
    ],
)
def test_what_is_no_account_is_refused(url, said):
    with pytest.raises(ValidationError, match=said):
        config(url=url)


def test_an_application_needs_all_of_its_settings():
    with pytest.raises(ValidationError, match="client_secret and redirect_uri"):
        config(client_id="abc")


def test_the_limit_is_below_seven_a_second_and_shared():
    assert config().limit() == ("amocrm firm.amocrm.ru", 6.95, 1.0)
    assert config(share=0.5).limit() == ("amocrm firm.amocrm.ru", 3.475, 1.0)
    assert config(rate="off").limit() is None


def test_no_secret_is_shown():
    shown = config(
        token="s3cret-token", client_id="a", client_secret="s3cret-key", redirect_uri="https://x.ru"
    )
    assert "s3cret" not in repr(shown)
    assert "s3cret" not in str(shown)
