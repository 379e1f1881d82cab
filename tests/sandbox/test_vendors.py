"""Vendors and their lists of faults."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError
from connector.sandbox.vendors import VENDORS, list_faults


def test_the_faults_of_a_vendor_tell_their_form() -> None:
    faults = list_faults("bitrix24")
    assert faults["html_502"] == (
        "an HTML page with HTTP 502 instead of doing the call [[PATTERN][:COUNT][@NTH], default 1]"
    )
    assert faults["expired_token"].endswith("[[PATTERN][:COUNT][@NTH], default all]")
    assert faults["naive_filter_only"].endswith("[no value]")
    assert list(faults) == sorted(faults)


def test_every_vendor_has_the_faults_of_the_wire() -> None:
    for vendor in VENDORS:
        assert {"lost_reply", "cut_before", "html_502", "truncated_json", "slow"} <= set(list_faults(vendor))


def test_an_unknown_vendor_is_refused() -> None:
    with pytest.raises(ConfigError, match="no stand-in for 'excel'"):
        list_faults("excel")
