"""What a condition is made of once it is read: a tree whose nodes know where they stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

Value = str | float | bool | date


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written down."""

    at: int
    value: Value


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the client, `custom.NAME` included, or a number of the decision."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list, with its arguments."""

    at: int
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    at: int
    sign: str
    of: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """`and`, `or`, a comparison, or arithmetic; `at` is where the sign stands."""

    at: int
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class OneOf:
    """`x in (a, b)`."""

    at: int
    of: Node
    choices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """`'x' in tags`: a list has the value."""

    at: int
    of: Node
    whole: Field


@dataclass(frozen=True, slots=True)
class Like:
    """`x like 'a%'`."""

    at: int
    of: Node
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """`x is null`."""

    at: int
    of: Node


@dataclass(frozen=True, slots=True)
class Null:
    """The word null where a value stands: never right, and told of with what to write instead."""

    at: int


Node = Literal | Field | Call | Unary | Binary | OneOf | Holds | Like | IsNull | Null


def inner(node: Node) -> Iterator[Node]:
    """Yield the node and everything in it."""
    yield node
    match node:
        case Call():
            parts: tuple[Node, ...] = node.arguments
        case Unary() | Like() | IsNull():
            parts = (node.of,)
        case Binary():
            parts = (node.left, node.right)
        case OneOf():
            parts = (node.of, *node.choices)
        case Holds():
            parts = (node.of, node.whole)
        case _:
            parts = ()
    for part in parts:
        yield from inner(part)
