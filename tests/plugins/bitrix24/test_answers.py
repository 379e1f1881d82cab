"""What the portal's answers mean: codes, texts and statuses as documented or captured."""

from __future__ import annotations

import pytest

from connector.errors import (
    AccessError,
    BlockedError,
    ForbiddenError,
    MissingRecordError,
    RefusedError,
    TransientError,
)
from connector.http.answer import Answer
from connector.http.retry import LimitError
from connector.plugins.bitrix24.answers import (
    MissingMethodError,
    MovedError,
    ScopeError,
    TariffError,
    judge,
)


def judged(status: int, body: object, **headers: str) -> Exception | None:
    answer = Answer("main: crm.company.list", status, headers, body)
    try:
        judge(answer)
    except Exception as error:
        return error
    return None


def said(status: int, code: object, description: object = "") -> Exception | None:
    return judged(status, {"error": code, "error_description": description})


@pytest.mark.parametrize(
    ("status", "code", "description", "kind"),
    [
        (503, "QUERY_LIMIT_EXCEEDED", "Too many requests", LimitError),
        (429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", LimitError),
        (503, "OVERLOAD_LIMIT", "REST API is blocked due to overload", BlockedError),
        (500, "INTERNAL_SERVER_ERROR", "Internal server error", TransientError),
        (200, "ERROR_UNEXPECTED_ANSWER", "Server returned an unexpected response", TransientError),
        (500, "PORTAL_DELETED", "Portal was deleted", AccessError),
        (410, "PORTAL_DELETED", "Portal was deleted", AccessError),
        (401, "expired_token", "The access token provided has expired", AccessError),
        (401, "NO_AUTH_FOUND", "Wrong authorization data", AccessError),
        (401, "invalid_token", "", AccessError),
        (401, "authorization_error", "", AccessError),
        (401, "ERROR_OAUTH", "", AccessError),
        (401, "PAYMENT_REQUIRED", "Payment required", TariffError),
        (401, "METHOD_CONFIRM_WAITING", "", AccessError),
        (403, "insufficient_scope", "The request requires higher privileges", ScopeError),
        (403, "INSUFFICIENT_SCOPE", "The request requires higher privileges", ScopeError),
        (403, "INVALID_CREDENTIALS", "Invalid request credentials", AccessError),
        (403, "ACCESS_DENIED", "REST API is available only on commercial plans", TariffError),
        (403, "user_access_error", "The user does not have access to the application", AccessError),
        (403, "allowed_only_intranet_user", "", AccessError),
        (404, "ERROR_METHOD_NOT_FOUND", "Method not found!", MissingMethodError),
        (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", RefusedError),
        (400, "INVALID_REQUEST", "Https required", RefusedError),
        (400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded", RefusedError),
        (400, "NOT_FOUND", "Element not found", MissingRecordError),
        (400, "ERROR_NOT_FOUND", "Not found", MissingRecordError),
        (400, "ERROR_ENTITY_NOT_FOUND", "", MissingRecordError),
        (400, "INVALID_ARG_VALUE", "Invalid filter: field 'FIELD' is not allowed in filter", RefusedError),
        (400, "ERROR_CORE", "Task title is not specified<br>", RefusedError),
        (400, "100", "Invalid value {} to match with parameter {select}. (internal error)", RefusedError),
        (400, 100, "Could not find value for parameter {fields}", RefusedError),
        (400, 0, "Access denied.", ForbiddenError),
        (400, "0", "Access denied. (internal error)", ForbiddenError),
        (400, "", "Access denied.", ForbiddenError),
        (400, "", "You do not have permission to view user field settings", ForbiddenError),
        (400, "", "Not found", MissingRecordError),
        (400, "", "Not found.", MissingRecordError),
        (400, "", "Company is not found", MissingRecordError),
        (400, "", "The Requisite with ID '27' is not found", MissingRecordError),
        (400, "", "Элемент не найден", MissingRecordError),
        (400, "", "Доступ запрещён", ForbiddenError),
        (400, "", "Parameter 'fields' must be array.", RefusedError),
        (400, "", "The 'USER_TYPE_ID' field is not found.", RefusedError),
        (200, "", "The parameter ownerEntityID is invalid or not defined.", RefusedError),
        (200, "Status is not found.", "Directory item not found.", RefusedError),
        (502, "", "", TransientError),
    ],
)  # fmt: skip
def test_every_code_and_text_has_its_meaning(status, code, description, kind):
    assert type(said(status, code, description)) is kind


def test_an_error_is_an_error_whatever_the_status():
    assert isinstance(said(200, "ACCESS_DENIED"), AccessError)


def test_a_good_answer_is_silent():
    assert judged(200, {"result": []}) is None


def test_an_error_of_rest_3_is_understood():
    error = judged(400, {"error": {"code": "BITRIX_REST_V3_EXCEPTION_X", "message": "Record is bad"}})
    assert str(error) == "main: crm.company.list: Record is bad"


def test_html_in_an_error_is_not_shown():
    assert "<" not in str(said(400, "ERROR_CORE", "Task title is not specified<br>Nor is more"))


@pytest.mark.parametrize("status", [200, 302 + 200, 503])
def test_a_page_instead_of_json_may_pass(status):
    assert type(judged(status, None)) is TransientError


def test_a_gate_that_asks_for_a_login_is_no_token_of_ours():
    assert isinstance(judged(403, None), AccessError)


def test_a_redirect_names_the_new_address_but_does_not_show_it():
    error = judged(302, None, Location="https://new.bitrix24.ru/rest/1/s3cr3t/crm.company.list")
    assert isinstance(error, MovedError)
    assert error.location.startswith("https://new.bitrix24.ru/")
    assert "s3cr3t" not in str(error)


def test_a_full_bucket_pauses_everybody_and_a_full_budget_one_method():
    bucket, budget = said(503, "QUERY_LIMIT_EXCEEDED"), said(429, "OPERATION_TIME_LIMIT")
    assert (bucket.everyone, bucket.retry_after) == (True, 5.0)
    assert (budget.everyone, budget.retry_after) == (False, None)


def test_the_portal_may_say_when_the_budget_is_refilled():
    time = {"finish": 1759759363.5, "operating_reset_at": 1759759963}
    error = judged(429, {"error": "OPERATION_TIME_LIMIT", "error_description": "", "time": time})
    assert error.retry_after == 599.5


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("2024-08-26T16:11:37+03:00", 37.0),
        (1724677897, 37.0),
        ("1724677897", 37.0),
        (1724677000, None),
        (1824677000, 600.0),
        ("soon", None),
        (None, None),
    ],
)
def test_a_reset_comes_as_a_number_or_as_text(reset, seconds):
    """One page of the documents shows ISO 8601; the window is ten minutes, so no reset is further away."""
    time = {"operating_reset_at": reset, "finish": 1724677860.0}
    assert judged(429, {"error": "OPERATION_TIME_LIMIT", "time": time}).retry_after == seconds


@pytest.mark.parametrize("error", ["NO_AUTH_FOUND", "insufficient_scope", "OVERLOAD_LIMIT", "ACCESS_DENIED"])
def test_what_people_must_mend_says_how(error):
    assert said(403, error).hint
