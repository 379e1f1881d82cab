"""Says how a field of the model is kept: the SQL type of its column, and the way into the column and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import orjson
from pydantic import AwareDatetime
from sqlalchemy import BigInteger, Boolean, Float, Text
from sqlalchemy.types import TypeEngine

from connector.clock import from_micros, to_micros

Code = Callable[[Any], Any]


class Kind(NamedTuple):
    """One way of keeping values; `encode` and `decode` are None where SQL takes the value as it is."""

    sql: type[TypeEngine[Any]]
    encode: Code | None = None
    decode: Code | None = None


def dump_json(value: Any) -> str:
    """Return JSON text with sorted keys, so that a vendor's order of keys is no change.

    What strict JSON cannot hold (numbers beyond 64 bits, halves of surrogate pairs, foreign types) is kept in
    escaped or text form: a record's raw form must always fit.
    """
    if value == ():
        return "[]"
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return json.dumps(value, default=str, separators=(",", ":"))


def load_json(text: str) -> Any:
    """Turn `dump_json` back."""
    return json.loads(text)


TEXT = Kind(Text)
JSON = Kind(Text, dump_json, load_json)
MOMENT = Kind(BigInteger, to_micros, from_micros)
DAY = Kind(Text, date.isoformat, date.fromisoformat)

_KINDS: dict[Any, Kind] = {
    str: TEXT,
    Literal: TEXT,
    bool: Kind(Boolean),
    int: Kind(BigInteger),
    float: Kind(Float),
    date: DAY,
    AwareDatetime: MOMENT,
    tuple: JSON,
    dict: JSON,
}


def kind_of(annotation: Any) -> Kind:
    """Return how values of that annotation are kept; TypeError for one that the model has not used so far."""
    (only,) = _options(annotation) - {NoneType}
    plain = get_args(only)[0] if get_origin(only) is Annotated else only
    kind = _KINDS.get(get_origin(plain) or plain)
    if kind is None:
        raise TypeError(f"no column is known for {annotation}")
    return kind


def is_optional(annotation: Any) -> bool:
    """Whether None belongs to the annotation."""
    return NoneType in _options(annotation)


def _options(annotation: Any) -> set[Any]:
    return set(get_args(annotation)) if get_origin(annotation) in (Union, UnionType) else {annotation}
