"""Reads `$metadata` as it streams in, 15 MB of XML in constant memory: types, keys, ways, sets, functions.

Shape by live publications (edm namespace 2009/11; 4,000-7,000 types, 9,000 associations, no AssociationSet;
functions bound by the type of their `bindingParameter` alone).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple
from xml.parsers import expat

from connector.errors import TransientError

Kind = Literal["type", "association", "set", "function", "enum"]
SPACE = "StandardODATA."
MOST_BYTES = 128 * 1024 * 1024
"""Far beyond the 14-17 MB of the largest configurations: what is longer is none."""
ADVICE = (
    "ask again; if it stays so, open .../odata/standard.odata/$metadata in a browser and show what it says"
)


class Item(NamedTuple):
    """One thing that the document tells.

    type: `key` (names), `properties` (name -> Edm type), `ways` (navigation -> [association, role]).
    association: role -> name of the type there. set: `type`. function: `of`, the type it is bound to,
    `result`. enum: `members`.
    """

    kind: Kind
    name: str
    told: dict[str, Any]


def read_metadata(chunks: Iterable[bytes]) -> Iterator[Item]:
    """Yield what the document tells, each as soon as its element ends.

    TransientError where the bytes are cut short, are no XML or tell of no type: a page of the web server.
    """
    reading = _Reading()
    size = types = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise TransientError(f"$metadata exceeds {MOST_BYTES} bytes", hint=ADVICE)
        for item in reading.feed(chunk):
            if _is_name(item.name) and _is_name(item.told.get("of", "")):
                types += item.kind == "type"
                yield item
    yield from reading.feed(b"", last=True)
    if not types:
        raise TransientError(
            "$metadata tells of no type: the composition is empty, or it is a page", hint=ADVICE
        )


class _Reading:
    """One pass of expat over the document; what has ended waits in `done`."""

    def __init__(self) -> None:
        self.done: list[Item] = []
        self._open: list[Item] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.buffer_text = True
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "EntityType": lambda given: self._begin("type", given, key=[], properties={}, ways={}),
            "ComplexType": lambda given: self._begin("type", given, key=[], properties={}, ways={}),
            "Association": lambda given: self._begin("association", given),
            "EnumType": lambda given: self._begin("enum", given, members=[]),
            "FunctionImport": self._function,
            "EntitySet": self._set,
            "PropertyRef": lambda given: self._add("key", given),
            "Member": lambda given: self._add("members", given),
            "Property": self._property,
            "NavigationProperty": self._way,
            "End": self._association_end,
            "Parameter": self._parameter,
        }

    def feed(self, chunk: bytes, *, last: bool = False) -> list[Item]:
        """Take the next bytes; return what ended in them."""
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError) as error:
            raise TransientError(f"$metadata cannot be read: {error}", hint=ADVICE) from None
        done, self.done = self.done, []
        return done

    def _start(self, name: str, given: dict[str, str]) -> None:
        handle = self._starts.get(name.rpartition(" ")[2])
        if handle is not None:
            handle(given)

    def _end(self, name: str) -> None:
        if name.rpartition(" ")[2] in _HOLDERS and self._open:
            item = self._open.pop()
            self.done.append(item)

    def _begin(self, kind: Kind, given: dict[str, str], **told: Any) -> None:
        self._open.append(Item(kind, given.get("Name", ""), told))

    def _function(self, given: dict[str, str]) -> None:
        self._begin("function", given, of="", result=type_name(given.get("ReturnType", "")))

    def _set(self, given: dict[str, str]) -> None:
        told = {"type": type_name(given.get("EntityType", ""))}
        self.done.append(Item("set", given.get("Name", ""), told))

    def _add(self, what: str, given: dict[str, str]) -> None:
        if self._open and what in self._open[-1].told and given.get("Name"):
            self._open[-1].told[what].append(given["Name"])

    def _property(self, given: dict[str, str]) -> None:
        if self._open and "properties" in self._open[-1].told and given.get("Name"):
            self._open[-1].told["properties"][given["Name"]] = given.get("Type", "")

    def _way(self, given: dict[str, str]) -> None:
        if self._open and "ways" in self._open[-1].told and given.get("Name"):
            way = [type_name(given.get("Relationship", "")), given.get("ToRole", "")]
            self._open[-1].told["ways"][given["Name"]] = way

    def _association_end(self, given: dict[str, str]) -> None:
        if self._open and self._open[-1].kind == "association":
            self._open[-1].told[given.get("Role", "")] = type_name(given.get("Type", ""))

    def _parameter(self, given: dict[str, str]) -> None:
        if self._open and self._open[-1].kind == "function" and given.get("Name") == "bindingParameter":
            self._open[-1].told["of"] = type_name(given.get("Type", ""))


_HOLDERS = frozenset({"EntityType", "ComplexType", "Association", "EnumType", "FunctionImport"})


def type_name(full: str) -> str:
    """Return the name of a type without `Collection(...)` and without the namespace; `Edm.` stays."""
    return full.removeprefix("Collection(").removesuffix(")").removeprefix(SPACE)


def _is_name(text: str) -> bool:
    """Tell whether it is a name as 1C has them: what holds a tab or a newline is a spoilt document."""
    return not any(sign.isspace() for sign in text)


def _refuse_doctype(*_: object) -> None:
    raise ValueError("it declares a document type, which 1C never does")
