"""What answers mean: by status, by JSON or web page, by what the body says (vendor page "Error codes")."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import (
    AccessError,
    BlockedError,
    ForbiddenError,
    MissingRecordError,
    TransientError,
)
from connector.http.answer import Answer
from connector.http.retry import LimitError
from connector.plugins.amocrm.answers import InvalidError, TokenError, UnpaidError, judge


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    return Answer("main: api/v4/leads", status, headers, body, "" if body else "<html>")


PROBLEM = {"title": "Too Many Requests", "detail": "Please try again later.", "retry_after": 300}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (answer(401, {"title": "Unauthorized"}), TokenError),
        (answer(402, {"title": "Payment Required"}), UnpaidError),
        (answer(403, {"title": "Forbidden"}), ForbiddenError),
        (answer(403), BlockedError),
        (answer(404, {"title": "Not found"}), MissingRecordError),
        (answer(404), AccessError),
        (answer(422, {"title": "Limit 250 per page"}), InvalidError),
        (answer(429, PROBLEM), LimitError),
        (answer(429), LimitError),
        (answer(504), TransientError),
        (answer(200), TransientError),
        (answer(302, Location="https://new.amocrm.ru/api"), AccessError),
    ],
)
def test_each_answer_has_its_meaning(given, meant):
    with pytest.raises(meant) as caught:
        judge(given)
    assert caught.type is meant


@pytest.mark.parametrize("given", [answer(204), answer(202), answer(200, {"id": 1}), answer(201, {"id": 1})])
def test_good_answers_pass(given):
    judge(given)


def test_the_pause_stands_in_the_body_else_in_the_header():
    with pytest.raises(LimitError) as told:
        judge(answer(429, PROBLEM))
    assert told.value.retry_after == 300
    with pytest.raises(LimitError) as told:
        judge(answer(429, **{"Retry-After": "7"}))
    assert told.value.retry_after == 7


def test_refused_items_are_named_by_their_request_id():
    body = {
        "validation-errors": [
            {
                "request_id": "a1",
                "errors": [
                    {
                        "code": "NotSupportedChoice",
                        "path": "responsible_user_id",
                        "detail": "Not a valid choice.",
                    }
                ],
            }
        ],
        "title": "Bad Request",
        "status": 400,
        "detail": "Request validation failed",
    }
    with pytest.raises(InvalidError, match="Bad Request: Request validation failed") as caught:
        judge(answer(400, body))
    assert caught.value.items == {"a1": "responsible_user_id: NotSupportedChoice Not a valid choice."}


def test_the_hint_of_the_token_endpoint_is_told():
    body = {"hint": "Token has been revoked", "title": "Некорректный запрос", "detail": "Параметры невалидны"}
    with pytest.raises(
        TokenError, match=r"Некорректный запрос: Параметры невалидны \(Token has been revoked\)"
    ):
        judge(answer(401, body))


def test_a_move_names_the_new_host_alone():
    with pytest.raises(AccessError, match="the account sends us away, to new.amocrm.ru") as caught:
        judge(answer(302, Location="https://new.amocrm.ru/secret?x=1"))
    assert "secret" not in str(caught.value)
