"""What stands before 1C: IIS with its limits and pages, and an application server without a base."""

from __future__ import annotations

import re
from base64 import b64decode

from connector.sandbox.exchange import Request
from connector.sandbox.faults import Faults
from connector.sandbox.onec.errors import PageError

LONGEST_QUERY = 2_048
"""IIS's default maxQueryString in bytes; a longer query never reaches 1C."""
LONGEST_SEGMENT = 260
"""Characters of one step of the path that Windows lets through."""
LOGIN, PASSWORD = "Администратор", "sandbox"
REALM = 'Basic realm="1C:Enterprise 8.3"'
FORBIDDEN_IN_PATH = re.compile(r"%3F|%2B|%5C|\+|\\|%[01][0-9A-F]", re.IGNORECASE)


def iis_page(status: int, title: str, text: str, headers: dict[str, str] | None = None) -> PageError:
    """Return a page as IIS writes it."""
    return PageError(
        status,
        f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html><head>'
        f"<title>{status} - {title}</title>"
        f"</head><body><h1>Server Error</h1><h2>{status} - {title}</h2><h3>{text}</h3></body></html>",
        headers,
    )


def v8_page(status: int, text: str) -> PageError:
    """Return the last words of the application server."""
    return PageError(status, f"<html><body>1C:Enterprise 8 application error: {text}</body></html>")


def check_web_server(request: Request, faults: Faults) -> None:
    """Turn away what never reaches 1C; PageError with IIS's page."""
    check_state(faults)
    if len(request.query) > LONGEST_QUERY and not faults.on("long_queries"):
        text = "The resource you are looking for has been removed, had its name changed, or is unavailable."
        raise iis_page(404, "File or directory not found.", text)
    closed = ("PATCH", "PUT", "DELETE") if faults.on("patch_forbidden") else ()
    if request.verb in closed or (request.verb == "DELETE" and faults.on("delete_forbidden")):
        raise iis_page(
            405, "HTTP verb used to access this page is not allowed.", "The page cannot be displayed."
        )
    longest = max(len(part) for part in undo(request.path).split("/"))
    if longest > LONGEST_SEGMENT or FORBIDDEN_IN_PATH.search(request.path):
        html = "<HTML><TITLE>Bad Request</TITLE><BODY><h2>Bad Request - Invalid URL</h2></BODY></HTML>"
        raise PageError(400, html)


def undo(path: str) -> str:
    """Return the characters of a path, percent-encoding undone."""
    return re.sub(r"(?:%[0-9a-fA-F]{2})+", lambda found: unescaped(found[0]), path)


def unescaped(text: str) -> str:
    """Return what a run of percent-encoded bytes spells."""
    return bytes.fromhex(text.replace("%", "")).decode("utf-8", "replace")


def check_state(faults: Faults) -> None:
    """Answer for a web server that is not in order."""
    if faults.on("pool_down"):
        raise PageError(
            503,
            "<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD><BODY>"
            "<h2>Service Unavailable</h2><p>HTTP Error 503. The service is unavailable.</p></BODY></HTML>",
        )
    if faults.on("not_published"):
        raise iis_page(
            404, "File or directory not found.", "The resource you are looking for is unavailable."
        )
    if faults.on("basic_off"):
        text = "You do not have permission to view this directory or page."
        raise iis_page(
            401,
            "Unauthorized: Access is denied due to invalid credentials.",
            text,
            {"WWW-Authenticate": "Negotiate"},
        )


def check_base(faults: Faults) -> None:
    """Answer for a base that takes no sessions."""
    if faults.on("base_locked"):
        raise v8_page(
            503, "Начало сеанса с информационной базой запрещено. Выполняется резервное копирование."
        )
    if faults.on("base_updating"):
        raise v8_page(503, "Выполняется обновление конфигурации базы данных. Начало сеанса запрещено.")


def check_login(request: Request, faults: Faults) -> None:
    """Let the user in by name and password in UTF-8; PageError 401 for anything else."""
    given = request.headers.get("authorization", "")
    wanted = f"{LOGIN}:{faults.text('password') or PASSWORD}"
    if credentials(given) != wanted:
        raise PageError(
            401,
            "<html><body>401 Unauthorized: Идентификация пользователя не выполнена</body></html>",
            {"WWW-Authenticate": REALM},
        )
    if faults.on("no_odata"):
        raise PageError(403, "<html><body>403 Forbidden</body></html>")


def credentials(header: str) -> str:
    """Return name and password of a Basic header, empty if it is none in UTF-8."""
    scheme, _, coded = header.partition(" ")
    try:
        return b64decode(coded, validate=True).decode("utf-8") if scheme.lower() == "basic" else ""
    except ValueError:
        return ""
