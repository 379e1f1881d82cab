"""Reads what a request is about: the path below the publication, keys and arguments in it, query options."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from connector.sandbox.onec.errors import ODataError, bad_option, no_instance, unknown_segment
from connector.sandbox.onec.lexing import END, Token, tokens

OPTIONS = ("$filter", "$select", "$orderby", "$top", "$skip", "$inlinecount", "$expand", "$format")
ARGUMENT = re.compile(r"(?:^|,)\s*(\w+)\s*=\s*(?=guid'|datetime'|'|-?\d|true|false|Undefined)")
CALL = re.compile(r"(?P<name>\w+)(?:\((?P<inside>.*)\))?", re.DOTALL)


@dataclass(frozen=True)
class Segment:
    """One step of the path: a name, and what stands in brackets behind it (None without brackets)."""

    name: str
    inside: str | None


@dataclass(frozen=True)
class Asked:
    """The query options of a request; `others` are those without a dollar sign, as they came."""

    options: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return an option, empty if it was not given."""
        return self.options.get(name, "")

    def whole(self, name: str) -> int | None:
        """Return an option that is a whole number from 0 up, None if it was not given."""
        given = self.options.get(name)
        if given is None:
            return None
        if not given.isdigit():
            raise bad_option(name)
        return int(given)

    @property
    def allowed_only(self) -> bool:
        """Tell whether rows without a right to them shall be left out."""
        return self.others.get("allowedOnly", "").lower() == "true"


def decoded(text: str) -> str:
    """Undo percent-encoding, and nothing else: a plus sign stays what it is. ODataError if it is no UTF-8."""
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise ODataError(400, 2, "Неверный формат запроса") from None


def segments(path: str) -> list[Segment]:
    """Cut a decoded path at the slashes that stand outside brackets."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(path):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "/" and depth == 0:
            found.append(path[start:place])
            start = place + 1
    return [segment(part) for part in [*found, path[start:]] if part]


def segment(part: str) -> Segment:
    """Return one step of a path."""
    if part in ("$metadata", "$count"):
        return Segment(part, None)
    found = CALL.fullmatch(part)
    if found is None:
        raise unknown_segment(part)
    return Segment(found["name"], found["inside"])


def asked(query: str) -> Asked:
    """Read the query; ODataError 0 for an option with a dollar sign that 1C does not know."""
    made = Asked()
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        name, value = decoded(name), decoded(value)
        if name.startswith("$"):
            if name not in OPTIONS:
                raise ODataError(400, 0, f"Параметр {name} не поддерживается")
            made.options[name] = value
        else:
            made.others[name] = value
    return made


def arguments(text: str) -> dict[str, str]:
    """Read `Name=literal,...`; quotes inside a condition may stand single or doubled."""
    found = list(ARGUMENT.finditer(text))
    values = {}
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        values[match[1]] = text[match.end() : end].strip()
    return values


def literal(text: str) -> Token:
    """Read one literal."""
    read = list(tokens(text)) or [END]
    if len(read) != 1:
        raise bad_option("$filter")
    return read[0]


def condition(text: str) -> str:
    """Return the condition inside its quotes."""
    inner = text[1:-1] if text.startswith("'") and text.endswith("'") else text
    return inner.replace("''", "'") if re.search(r"(?:guid|datetime|\s|\()''\S", inner) else inner


def object_key(inside: str) -> str:
    """Read the key of an object: `guid'...'` or `Ref_Key=guid'...'`."""
    found = literal(inside.removeprefix("Ref_Key=").strip())
    if found.sort != "guid":
        raise ODataError(400, 7, "Не указано значение ключевого поля Ref_Key")
    return found.value


def record_key(inside: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Read a key of several parts, in the order of the names; ODataError 7 if one is missing."""
    given = arguments(inside)
    for name in names:
        if name not in given:
            raise ODataError(400, 7, f"Не указано значение ключевого поля {name}")
    if set(given) - set(names):
        raise no_instance()
    return tuple(literal(given[name]).value for name in names)
