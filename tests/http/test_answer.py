"""Answers: JSON or the beginning of something else, and how long the vendor asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from requests.structures import CaseInsensitiveDict

from connector import clock
from connector.http.answer import Answer, decode


def answer(**headers: str) -> Answer:
    return Answer(
        "main: x", 429, CaseInsensitiveDict({k.replace("_", "-"): v for k, v in headers.items()}), None
    )


def test_json_is_decoded_and_anything_else_is_quoted():
    assert decode(b'{"a": [1, "\xd0\xb0"]}') == ({"a": [1, "а"]}, "")
    assert decode(b"<html>\n <p>503</p>") == (None, "<html> <p>503</p>")
    assert decode(b"") == (None, "")
    assert decode(b"\xff\xfe") == (None, "\ufffd\ufffd")


def test_the_quote_is_short():
    assert len(decode(b"x" * 5000)[1]) == 200


def test_json_too_deep_is_no_json():
    assert decode(b"[" * 100_000)[0] is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry_After": "120"}, 120.0),
        ({"retry_after": "soon"}, None),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:10 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10.0),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:29:00 GMT"}, 0.0),
    ],
)
def test_the_vendor_says_how_long_to_wait(headers, seconds):
    assert answer(**headers).retry_after() == seconds


def test_without_a_date_header_our_clock_is_the_measure(monkeypatch):
    now = datetime(2026, 10, 1, 9, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    later = format_datetime(now + timedelta(seconds=30), usegmt=True)
    assert answer(Retry_After=later).retry_after() == 30.0


def test_the_senders_clock_is_compared_with_ours():
    ahead = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    assert 7195 < answer(Date=ahead).clock_ahead() <= 7200
    assert answer().clock_ahead() is None
    assert answer(Date="yesterday").clock_ahead() is None
