"""JSON text out of columns: compact, non-ASCII unescaped, floats by Python's repr."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from connector.rules.brief import brief

PART = 200_000
"""Rows whose texts are made at once: each value's text is there beside the row's."""

SMALLEST, LARGEST = 1e-4, 1e16
"""Between them repr writes no exponent."""


def json_values(column: pl.Series) -> pl.Series:
    """Return each value of the column as JSON text; nulls as `null`, dates as ISO strings."""
    return _values(column).fill_null("null")


def json_objects(
    columns: Mapping[str, pl.Series], raw: frozenset[str] = frozenset(), *, short: bool = False
) -> pl.Series:
    """Return one JSON object a row, keys in the mapping's order; columns in `raw` hold JSON text already.

    `short` ones have signs for their keys: see `brief`.
    """
    height = len(next(iter(columns.values())))
    if height <= PART:
        return _objects(columns, raw, short=short)
    parts = (
        {name: column[at : at + PART] for name, column in columns.items()} for at in range(0, height, PART)
    )
    return pl.concat([_objects(part, raw, short=short) for part in parts])


def _objects(columns: Mapping[str, pl.Series], raw: frozenset[str], *, short: bool) -> pl.Series:
    texts = {name: column if name in raw else json_values(column) for name, column in columns.items()}
    pieces: list[pl.Expr] = []
    for name in texts:
        key = f'{"," if pieces else "{"}"{name}":'
        pieces += [pl.lit(brief(key) if short else key), pl.col(name)]
    frame = pl.DataFrame({name: text.alias(name) for name, text in texts.items()})
    return frame.select(pl.concat_str(*pieces, pl.lit("}"))).to_series()


def _floats(column: pl.Series) -> pl.Series:
    """Return the floats as Python's repr writes them, which is the contract.

    Polars writes the same digits, but very small and very large ones in another form.
    """
    alike = (column == 0) | column.abs().is_between(SMALLEST, LARGEST, closed="left")
    texts = column.cast(pl.String)
    odd = column.is_not_null() & ~alike
    if not odd.any():
        return texts
    said = pl.Series([repr(value) for value in column.filter(odd).to_list()], dtype=pl.String)
    return texts.scatter(odd.arg_true(), said)


def _values(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        return _floats(column)
    if column.dtype.is_integer():
        return column.cast(pl.String)
    if column.dtype == pl.Date:
        return '"' + column.dt.to_string("iso") + '"'
    wrapped = column.alias("v").to_frame().select(pl.struct("v").struct.json_encode()).to_series()
    return wrapped.str.strip_prefix('{"v":').str.strip_suffix("}")
