"""Errors in the vendor's form: `application/problem+json`, with the mistakes of each item of a batch."""

from __future__ import annotations

from typing import Any

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}
NOT_A_CHOICE = "The value you selected is not a valid choice."
UNAUTHORIZED = "Invalid user name or password"
TOO_MANY = "You have sent too many requests in a given amount of time. Please try again later."
Mistake = dict[str, str]
"""One mistake of one item: `code`, `path`, `detail`."""


class AmoError(Exception):
    """A refusal: status, detail, and what else the body shows."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.more = more

    def body(self) -> dict[str, Any]:
        """Return the body of the answer."""
        head = {"title": TITLES[self.status], "type": f"https://httpstatus.es/{self.status}"}
        return {**head, "status": self.status, "detail": self.detail, **self.more}


def empty_body() -> AmoError:
    """Say that nothing usable was sent."""
    return AmoError(400, "Request data can not be empty")


def invalid(mistakes: dict[str, list[Mistake]]) -> AmoError:
    """Say which items of a batch are wrong, by their `request_id`."""
    listed = [{"request_id": key, "errors": errors} for key, errors in mistakes.items()]
    return AmoError(400, "Request validation failed", **{"validation-errors": listed})


def no_choice(path: str) -> Mistake:
    """Say that a value is none of those the account knows."""
    return {"code": "NotSupportedChoice", "path": path, "detail": NOT_A_CHOICE}


def wrong_type(path: str, kind: str) -> Mistake:
    """Say that a value has the wrong JSON type."""
    return {"code": "InvalidType", "path": path, "detail": f"This value should be of type {kind}."}


def missing(path: str) -> Mistake:
    """Say that a field is not there."""
    return {"code": "FieldMissing", "path": path, "detail": "This field is missing."}


def blank(path: str) -> Mistake:
    """Say that a field is empty."""
    return {"code": "NotBlank", "path": path, "detail": "This value should not be blank."}


def null(path: str) -> Mistake:
    """Say that a field may not be null."""
    return {"code": "NotNullable", "path": path, "detail": "This value should not be null."}


def extra(path: str) -> Mistake:
    """Say that the method knows no such field."""
    return {"code": "ExtraField", "path": path, "detail": "This field was not expected."}
