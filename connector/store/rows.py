"""Turns entities into rows of their tables and back, with a hash that tells whether anything changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import RowMapping

from connector.clock import from_micros, to_micros
from connector.errors import RecordError
from connector.model import Client, Entity, Ownership, Ref
from connector.store.columns import Code, dump_json, kind_of, load_json
from connector.store.tables import ENTITY_TABLES, own_fields

VENDOR = "vendor"
_LARGEST = 2**63 - 1


class Row(NamedTuple):
    """One record ready to be written: its key, what decides whether to write it, and the fields' values."""

    external_id: str
    updated_at: int | None
    hash: str
    fields: tuple[Any, ...]
    flags: str
    raw: str
    owner: str | None = None
    created_at: datetime | None = None

    def values(self, source: str, stream: str, seen_at: int) -> tuple[Any, ...]:
        """Return the values of all columns of the entity's table, live and seen."""
        life = (stream, seen_at, self.updated_at, None, None)
        return (source, self.external_id, *self.fields, *life, self.hash, self.flags, self.raw)


@dataclass(frozen=True)
class Stored:
    """A record as the store has it, when it first reached us and when it was found deleted (None: live)."""

    entity: Entity
    seen_at: datetime
    deleted_at: datetime | None


class _Shape(NamedTuple):
    """How the fields of one kind of record are read at once, and the places of those that need encoding."""

    names: tuple[str, ...]
    values: Callable[[Entity], tuple[Any, ...]]
    codes: tuple[tuple[int, Code], ...]


def _shape(entity: type[Entity]) -> _Shape:
    kept = own_fields(entity)
    codes = [(place, kind_of(each).encode) for place, each in enumerate(kept.values())]
    return _Shape(tuple(kept), attrgetter(*kept), tuple((place, code) for place, code in codes if code))


_SHAPES: dict[type[Entity], _Shape] = {entity: _shape(entity) for entity in ENTITY_TABLES}
_DECODERS: dict[type[Entity], dict[str, Code]] = {
    entity: {name: code for name, kept in own_fields(entity).items() if (code := kind_of(kept).decode)}
    for entity in ENTITY_TABLES
}


def encode(entity: Entity) -> Row:
    """Return the row of the entity; RecordError, naming the field, if a number does not fit 64 bits."""
    shape = _SHAPES[type(entity)]
    fields = list(shape.values(entity))
    for place, code in shape.codes:
        if fields[place] is not None:
            fields[place] = code(fields[place])
    updated_at = None if entity.updated_at is None else to_micros(entity.updated_at)
    flags, raw = dump_json(entity.flags), dump_json(entity.raw)
    fields, digest = _digest(entity, fields, [entity.ref.external_id, updated_at, flags, raw])
    owner, created = (entity.owner, entity.created_at) if isinstance(entity, Client) else (None, None)
    known = (VENDOR,) if isinstance(entity, Ownership) else ()
    return Row(entity.ref.external_id, updated_at, digest, (*fields, *known), flags, raw, owner, created)


def decode(entity: type[Entity], row: RowMapping) -> Stored:
    """Turn a row of the entity's table back."""
    codes = _DECODERS[entity]
    values = {
        name: codes[name](row[name]) if name in codes and row[name] is not None else row[name]
        for name in own_fields(entity)
    }
    record = entity.model_validate(
        {
            **values,
            "ref": Ref(row["source"], row["external_id"]),
            "updated_at": _moment(row["updated_at"]),
            "flags": load_json(row["flags"]),
            "raw": load_json(row["raw"]),
        }
    )
    return Stored(record, from_micros(row["seen_at"]), _moment(row["deleted_at"]))


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _digest(entity: Entity, fields: list[Any], rest: list[Any]) -> tuple[list[Any], str]:
    try:
        text = orjson.dumps((fields, rest), option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        # Beyond 53 bits or half a surrogate pair: rare, so only such rows are looked at value by value
        fields = _mended(entity, fields)
        text = dump_json((fields, rest)).encode()
    return fields, hashlib.blake2b(text, digest_size=8).hexdigest()


def _mended(entity: Entity, fields: list[Any]) -> list[Any]:
    external_id = entity.ref.external_id
    if _whole_characters(external_id) != external_id:
        raise RecordError("the id has characters that do not exist", field="external_id")
    for name, value in zip(_SHAPES[type(entity)].names, fields, strict=True):
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise RecordError("a number too large to be kept", field=name, hint="mend it in the CRM")
    return [_whole_characters(value) if isinstance(value, str) else value for value in fields]


def _whole_characters(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
