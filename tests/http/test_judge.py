"""What a status alone means."""

from __future__ import annotations

import pytest

from connector.errors import AccessError, ForbiddenError, MissingRecordError, RefusedError, TransientError
from connector.http.answer import Answer
from connector.http.judge import by_status
from connector.http.retry import LimitError


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, RefusedError),
        (400, RefusedError),
        (401, AccessError),
        (403, ForbiddenError),
        (404, MissingRecordError),
        (408, TransientError),
        (410, MissingRecordError),
        (422, RefusedError),
        (429, LimitError),
        (500, TransientError),
        (504, TransientError),
    ],
)
def test_each_status_has_one_meaning(status, error):
    with pytest.raises(error) as caught:
        by_status(Answer("main: x", status, {}, None))
    assert type(caught.value) is error
    assert str(status) in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_silent(status):
    by_status(Answer("main: x", status, {}, None))


def test_a_page_of_a_proxy_is_no_answer():
    with pytest.raises(TransientError, match="answered 200 with something that is no JSON"):
        by_status(Answer("main: x", 200, {}, None, "<html>"))
