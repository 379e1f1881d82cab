"""Chooses the form of an answer: Atom unless JSON is asked for, and how much metadata JSON carries."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.sandbox.exchange import Request
from connector.sandbox.onec.addressing import Asked
from connector.sandbox.onec.errors import ODataError

JSON = "application/json;odata={}metadata;charset=utf-8"
XML = "application/xml;charset=utf-8"
ATOM = "application/atom+xml;type=feed;charset=utf-8"
LEVELS = {"nometadata": "none", "minimalmetadata": "minimal", "fullmetadata": "full"}
WORDS = {"none": "no", "minimal": "minimal", "full": "full"}
TYPE = re.compile(r"(?:application/)?json(?:;\s*odata=(?P<level>\w+))?(?:;.*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    """The form of an answer: JSON or Atom; `metadata` is none, minimal or full."""

    json: bool
    metadata: str = "minimal"

    @property
    def content_type(self) -> str:
        """Return the header that tells it."""
        return JSON.format(WORDS[self.metadata]) if self.json else ATOM


def chosen(request: Request, asked: Asked) -> Format:
    """Return the form: `$format` first, then the header Accept; ODataError 406 for one 1C does not write."""
    given = asked.get("$format").strip()
    if given:
        if given.lower() in ("atom", "application/atom+xml"):
            return Format(json=False)
        return of(given)
    for part in request.headers.get("accept", "").split(","):
        if TYPE.fullmatch(part.strip()):
            return of(part.strip())
    return Format(json=False)


def of(text: str) -> Format:
    """Read a JSON type; ODataError 406 unless 1C writes it."""
    found = TYPE.fullmatch(text)
    level = (found["level"] or "minimalmetadata").lower() if found else ""
    if level not in LEVELS:
        raise ODataError(406, 0, f"Формат {text} не поддерживается")
    return Format(json=True, metadata=LEVELS[level])
