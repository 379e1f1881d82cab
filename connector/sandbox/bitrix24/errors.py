"""How the portal says no: an HTTP status with `error` and `error_description`, in all their spellings."""

from __future__ import annotations

from connector.errors import ConnectorError


class PortalError(ConnectorError):
    """A refusal to be sent to the client; `code` is text or, in old methods, a number, and may be empty."""

    def __init__(self, code: str | int, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status

    def body(self) -> dict[str, str | int]:
        """Return the JSON body."""
        return {"error": self.code, "error_description": self.description}


def not_found(description: str = "Not found") -> PortalError:
    """Say as the classic methods do that there is no such record: an empty code, the meaning in the text."""
    return PortalError("", description)


def denied() -> PortalError:
    """Say as the classic methods do that the user may not see it."""
    return PortalError("", "Access denied.")
