"""Keeps JSON text of millions of rows short until it is written: what all of them say is a sign in each.

JSON text holds no control character (RFC 8259, 7: they are escaped), so that nothing anybody wrote can be
mistaken for a sign, which begins with one. Signs mean something in the process that made them, and are never
let out of it.
"""

from __future__ import annotations

import json
from itertools import count

import polars as pl

_MARK = "\x01"
_NEXT = count(ord("^"))
_SIGNS: dict[str, str] = {}


def brief(phrase: str) -> str:
    """Return the sign for the phrase, which is a piece of JSON text."""
    return _SIGNS.get(phrase) or _SIGNS.setdefault(phrase, f"{_MARK}{chr(next(_NEXT))}")


def brief_sentence(template: str, *parts: pl.Expr) -> pl.Expr:
    """Return the template as a JSON string, each `{}` in it filled; `null` where a part is null.

    The parts are text that needs no escaping.
    """
    pieces = [brief(json.dumps(piece, ensure_ascii=False)[1:-1]) for piece in template.split("{}")]
    told = [pl.lit(f'"{pieces[0]}')]
    for part, piece in zip(parts, pieces[1:], strict=True):
        told += [part, pl.lit(piece)]
    return pl.concat_str(*told, pl.lit('"')).fill_null("null")


def written(column: str) -> pl.Expr:
    """Return the column's texts with phrases for signs: JSON as the world reads it."""
    signs = dict(_SIGNS)
    return pl.col(column).str.replace_many(list(signs.values()), list(signs)) if signs else pl.col(column)
